import type { ContentClass } from '../../core/file.ts';

/** How many bytes from the start `classify` looks at. */
export const CLASSIFY_BYTES = 4096;

const MAGICS: readonly (readonly [ContentClass, string])[] = [
  ['elf', '\x7fELF'],
  ['pe', 'MZ'],
  ['macho', '\xcf\xfa\xed\xfe'],
  ['macho', '\xfe\xed\xfa\xcf'],
  ['wasm', '\0asm'],
  ['archive', 'PK\x03\x04'],
  ['archive', '\x1f\x8b'],
  ['archive', '\xfd7zXZ\0'],
  ['archive', '\x28\xb5\x2f\xfd'],
  ['archive', 'BZh'],
  ['archive', '!<arch>\n'],
  ['archive', '070701'],
  ['archive', "7z\xbc\xaf'\x1c"],
  ['picture', '\x89PNG\r\n\x1a\n'],
  ['picture', '\xff\xd8\xff'],
  ['picture', 'GIF8'],
];

/** Tells what content is by its first bytes, never by its name. */
export function classify(bytes: Uint8Array): ContentClass {
  if (bytes.length === 0) return 'empty';
  for (const [content, magic] of MAGICS) if (startsWith(bytes, magic)) return content;
  if (startsWith(bytes, '\xca\xfe\xba\xbe'))
    return bytes[6] === 0 && (bytes[7] ?? 0) >= 45 ? 'class' : 'macho';
  if (startsWith(bytes, 'RIFF') && startsWith(bytes.subarray(8), 'WEBP')) return 'picture';
  if (startsWith(bytes.subarray(257), 'ustar')) return 'archive';
  // The kernel looks at nothing else: a NUL further on does not keep a script from running.
  if (startsWith(bytes, '#!')) return 'script';
  return looksLikeText(bytes) ? 'text' : 'binary';
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

/**
 * Text has at most one control byte in fifty: UTF-8 and legacy encodings pass, compressed data does not. But a shell takes
 * any file whose first line is text for a script, and passes over NULs after it, so that line alone makes text too.
 */
function looksLikeText(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, CLASSIFY_BYTES);
  let control = 0;
  for (let i = 0; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 10 && control === 0 && i > 0) return true;
    if ((byte < 32 && (byte < 8 || byte > 13) && byte !== 27) || byte === 127) control++;
  }
  return control * 50 <= end;
}
