import { isPipedIntoProgram, programRun, substitutionIn } from './execution.ts';
import { type Cut, findPatterns, inOrder, type ShellMatch, toMatch } from './match.ts';
import { SavedFiles } from './saved-files.ts';
import { type Statement, statementsOf } from './statements.ts';
import { DECODER } from './words.ts';

/** A place where decoded or decompressed bytes are run. */
export interface DecodeMatch extends ShellMatch {
  /** `piped`: straight into an interpreter. `saved`: written to a file that a later statement runs. */
  readonly how: 'piped' | 'saved';
}

/** Literals of which one occurs in every text with a match. */
export const DECODE_NEEDLES = [
  'base64',
  'base32',
  'openssl',
  'uudecode',
  'gunzip',
  'bzcat',
  'xzcat',
  'zstdcat',
  'bunzip2',
  'zlib::inflate',
  'zlib-flate',
  '.decode(',
  'gzip ',
  'bzip2',
  'zcat ',
  'xxd -',
  'b64decode',
  'b32decode',
  'b85decode',
  'a85decode',
  'decompress',
  'unhexlify',
  'fromhex',
  'decode_',
  'unpack',
  'gzinflate',
  'gzuncompress',
  'str_rot13',
  'hex2bin',
  'decode64',
  'atob(',
  'eval(buffer',
  'eval(new buffer',
  'function(buffer',
  'function(new buffer',
  'context(buffer',
  'context(new buffer',
  '_compile(buffer',
  'printf ',
  'echo -e',
  'echo -n',
] as const;

const DECODE = new RegExp(DECODER, 'i');
const GAP = '(?:__import__\\(\\s{0,4}[\'"]\\w{1,20}[\'"]\\s{0,4}\\)|[^\\n;)]){0,160}?';
const CODE = [
  // Python
  new RegExp(
    `\\b(?:exec|eval)\\s{0,4}\\(${GAP}(?:\\bb(?:64|32|85)decode|\\ba85decode|\\b(?:zlib|lzma|bz2|gzip)(?:['"]\\s{0,4}\\))?\\.decompress|\\bunhexlify|\\bbytes\\.fromhex|\\.decode\\(\\s{0,4}['"](?:base64|hex|rot_?13|zlib)['"])`,
    'gi',
  ),
  // Perl
  /\beval\s{0,4}[({]?\s{0,4}(?:decode_base64|(?:un)?pack\s{0,4}\(?\s{0,4}(?:['"](?:u|H)|u\s{0,4}=>))/g,
  // PHP
  /\b(?:eval|assert|create_function)\s{0,4}\(\s{0,4}(?:@?\w{1,40}\s{0,4}\(\s{0,4}){0,6}(?:base64_decode|gzinflate|gzuncompress|gzdecode|str_rot13|hex2bin)\s{0,4}\(/gi,
  // Ruby
  /\beval\s{0,4}\(?\s{0,4}(?:Base64\.(?:strict_|urlsafe_)?decode64|Zlib::Inflate\.inflate|['"][A-Za-z0-9+/=]{16,4000}['"]\.unpack1?\(?\s{0,2}['"]m)/g,
  // Node
  /\b(?:eval|Function|runInThisContext|runInNewContext|_compile)\s{0,4}\(\s{0,4}(?:atob\s{0,4}\(|(?:new\s{1,4})?Buffer(?:\.from)?\s{0,4}\(\s{0,4}(?:['"`][A-Za-z0-9+/=]{24}|[\w.]{1,40}\s{0,4},\s{0,4}['"](?:base64|hex)['"]))/g,
];
const ESCAPES = /(?:\bprintf\b|\becho\s{1,4}-\w{0,3}e)[^\n]{0,200}(?:\\x[0-9a-f]{2}){4}/i;

/**
 * Finds text that decodes and runs: `base64 -d | sh`, `eval "$(… | xxd -r -p)"`, `exec(zlib.decompress(…`,
 * `eval(base64_decode(…`, `printf '\x63…' | sh` and, as `saved`, `base64 -d … > f; sh f`.
 */
export function findDecodeToShell(text: string, cut?: Cut): Generator<DecodeMatch> {
  const code = findPatterns(text, CODE).map((match) => ({ ...match, how: 'piped' as const }));
  return inOrder<DecodeMatch>(code, findCommands(text, cut));
}

function* findCommands(text: string, cut: Cut | undefined): Generator<DecodeMatch> {
  if (!DECODE.test(text) && !ESCAPES.test(text)) return;
  const saved = new SavedFiles<DecodeMatch>('decoded files', cut);
  for (const statement of statementsOf(text)) {
    const decode = DECODE.exec(statement.text) ?? ESCAPES.exec(statement.text);
    if (decode === null) {
      const written = saved.take(programRun(statement));
      if (written !== undefined) yield written;
      continue;
    }
    const match = toMatch(statement.offset, statement.text);
    if (isRun(statement, decode.index)) {
      yield { ...match, how: 'piped' };
      continue;
    }
    const file = />\s{0,4}["']?([\w./~$][\w./${}~+-]{0,200})/.exec(statement.text.slice(decode.index))?.[1];
    if (file !== undefined) saved.add(file, { ...match, how: 'saved' });
  }
}

function isRun(statement: Statement, at: number): boolean {
  const opened = substitutionIn(statement);
  if (opened !== undefined && opened < at) return true;
  return isPipedIntoProgram(statement, (command) => DECODE.test(command) || ESCAPES.test(command));
}
