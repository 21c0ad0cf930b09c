import type { ContentClass } from '../../core/file.ts';

/** How many bytes from the start `classify` looks at. */
const CLASSIFY_BYTES = 4096;

/** First bytes that no text begins with. */
const MAGICS: readonly (readonly [ContentClass, string])[] = [
  ['elf', '\x7fELF'],
  ['macho', '\xcf\xfa\xed\xfe'],
  ['macho', '\xfe\xed\xfa\xcf'],
  ['wasm', '\0asm'],
  ['archive', 'PK\x03\x04'],
  ['archive', '\x1f\x8b'],
  ['archive', '\xfd7zXZ\0'],
  ['archive', '\x28\xb5\x2f\xfd'],
  ['archive', "7z\xbc\xaf'\x1c"],
  ['picture', '\x89PNG\r\n\x1a\n'],
  ['picture', '\xff\xd8\xff'],
];

/** First bytes that text can begin with too: `MZ=1` sets a variable. They count only where the content is no text. */
const PRINTABLE_MAGICS: readonly (readonly [ContentClass, string])[] = [
  ['pe', 'MZ'],
  ['archive', 'BZh'],
  ['archive', '070701'],
  ['picture', 'GIF8'],
];

/** Tells what content is by its first bytes, never by its name. */
export function classify(bytes: Uint8Array): ContentClass {
  if (bytes.length === 0) return 'empty';
  // The kernel looks at nothing else: whatever follows does not keep a script from running.
  if (startsWith(bytes, '#!')) return 'script';
  for (const [content, magic] of MAGICS) if (startsWith(bytes, magic)) return content;
  if (startsWith(bytes, '\xca\xfe\xba\xbe'))
    return bytes[6] === 0 && (bytes[7] ?? 0) >= 45 ? 'class' : 'macho';
  // No shell and no cron gets past this line, and libraries to link with are large.
  if (startsWith(bytes, '!<arch>\n') && startsWith(bytes.subarray(66), '`\n')) return 'archive';
  if (looksLikeText(bytes)) return 'text';
  for (const [content, magic] of PRINTABLE_MAGICS) if (startsWith(bytes, magic)) return content;
  if (startsWith(bytes, 'RIFF') && startsWith(bytes.subarray(8), 'WEBP')) return 'picture';
  return startsWith(bytes.subarray(257), 'ustar') ? 'archive' : 'binary';
}

/** The program a `#!` line runs, by base name, with `env` and its flags and assignments looked through. */
export function interpreterOf(bytes: Uint8Array): string | undefined {
  if (!startsWith(bytes, '#!')) return undefined;
  const end = bytes.indexOf(10);
  const line = Buffer.from(bytes.subarray(2, Math.min(end < 0 ? 256 : end, 256))).toString('latin1');
  const words = line.trim().split(/[ \t]+/);
  const program = (words[0] ?? '').slice((words[0] ?? '').lastIndexOf('/') + 1);
  if (program !== 'env') return program === '' ? undefined : program;
  const word = words.slice(1).find((candidate) => !candidate.startsWith('-') && !candidate.includes('='));
  return word === undefined ? undefined : word.slice(word.lastIndexOf('/') + 1);
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  if (bytes.length < magic.length) return false;
  for (let i = 0; i < magic.length; i++) if (bytes[i] !== magic.charCodeAt(i)) return false;
  return true;
}

/** Above this, odd first lines are those of data: scripts are not so large, and models, media and databases are. */
const SMALL = 2 ** 20;

/**
 * Text has at most one control byte in fifty: UTF-8 and legacy encodings pass, compressed data does not. But a shell takes
 * any file for a script that has no NUL in its first line, and cron does not ask at all; so such a line makes text too:
 * in a small file unless half of it is control bytes, in a large one if nine tenths of it can be printed.
 */
function looksLikeText(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, CLASSIFY_BYTES);
  let control = 0;
  let printable = 0;
  for (let i = 0; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0) return false;
    if (byte === 10 && (bytes.length <= SMALL ? control * 2 <= i : printable * 10 >= i * 9)) return true;
    if (byte === 9 || byte === 13 || (byte >= 32 && byte < 127)) printable++;
    else if ((byte < 32 && (byte < 8 || byte > 13) && byte !== 27) || byte === 127) control++;
  }
  return control * 50 <= end;
}
