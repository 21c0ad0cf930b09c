/* Attributes as an inode or a block holds them; kernel, Documentation/filesystems/ext4/attributes.rst. */

export interface AttributeEntry {
  /** With its prefix. */
  readonly name: string;
  readonly value: AttributeValue;
}

export type AttributeValue =
  | { readonly kind: 'here'; readonly bytes: Buffer }
  | { readonly kind: 'inode'; readonly inode: number; readonly size: number };

export interface AttributeEntries {
  readonly entries: readonly AttributeEntry[];
  /** Why not all of them could be read. */
  readonly wrong?: string;
}

const HEADER = 16;
const PREFIXES: readonly string[] = [
  '',
  'user.',
  'system.posix_acl_access',
  'system.posix_acl_default',
  'trusted.',
  'lustre.',
  'security.',
  'system.',
  'system.richacl',
  'encryption.',
  'gnu.',
];

/** Name under which an inode holds what of its content is not in its map. */
export const INLINE_CONTENT = 'system.data';
export const ENCRYPTION_CONTEXT = 'encryption.c';
export const ACCESS_LISTS: ReadonlySet<string> = new Set([
  'system.posix_acl_access',
  'system.posix_acl_default',
]);

/**
 * @param from where the first entry is
 * @param base what offsets of values count from
 */
export function parseAttributes(bytes: Buffer, from: number, base: number): AttributeEntries {
  const entries: AttributeEntry[] = [];
  for (let at = from; ; ) {
    // Four zeros end the list; so does the end of an inode that has no room for them.
    if (at + 4 > bytes.length || bytes.readUInt32LE(at) === 0) return { entries };
    if (at + HEADER > bytes.length) return { entries, wrong: 'leave the room they have' };
    const nameLength = bytes.readUInt8(at);
    const end = at + HEADER + nameLength;
    if (end > bytes.length) return { entries, wrong: 'leave the room they have' };
    const prefix = PREFIXES[bytes.readUInt8(at + 1)] ?? `unknown-${bytes.readUInt8(at + 1)}.`;
    const name = prefix + bytes.toString('latin1', at + HEADER, end);
    const value = parseValue(bytes, at, base);
    if (value === undefined) return { entries, wrong: 'have values that leave the room they have' };
    entries.push({ name, value });
    at = end + ((4 - (nameLength % 4)) % 4);
  }
}

function parseValue(bytes: Buffer, at: number, base: number): AttributeValue | undefined {
  const size = bytes.readUInt32LE(at + 8);
  const inode = bytes.readUInt32LE(at + 4);
  if (inode !== 0) return { kind: 'inode', inode, size };
  const start = base + bytes.readUInt16LE(at + 2);
  if (size > 0 && start + size > bytes.length) return undefined;
  return { kind: 'here', bytes: Buffer.from(bytes.subarray(start, start + size)) };
}
