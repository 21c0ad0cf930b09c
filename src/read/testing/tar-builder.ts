/*
 * Tar archives described in code, so that an attack can be read where it is tested. Nothing is checked: what a
 * member says is what gets written, lies included.
 */

export interface TarMember {
  /** In the header's name field; longer than 100 bytes it goes into a pax record, unless `raw` or `pax` says a path. */
  readonly name?: string;
  /** Default: `file`, or `directory` for a name that ends in a slash. A single character is taken as the type flag. */
  readonly type?: keyof typeof TYPE_FLAGS | (string & {});
  readonly data?: string | Uint8Array;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  /** The size field, where it lies about `data`. */
  readonly size?: number;
  readonly linkname?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  readonly format?: 'ustar' | 'gnu' | 'v7';
  readonly prefix?: string;
  /** Written as an extended header before the member. Strings are UTF-8. */
  readonly pax?: Readonly<Record<string, string | Uint8Array>>;
  /** Bytes put over the header block before its checksum is made: offset to bytes. */
  readonly raw?: Readonly<Record<number, string | Uint8Array>>;
  /** Put over the checksum field. */
  readonly checksum?: string;
  /** Instead of zeros up to the next block. */
  readonly padding?: string | Uint8Array;
}

export interface TarOptions {
  /** After the last member; the default is two zero blocks. */
  readonly end?: Uint8Array;
  /** After the end. */
  readonly trailing?: string | Uint8Array;
}

const TYPE_FLAGS = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
  contiguous: '7',
  pax: 'x',
  'global-pax': 'g',
  'long-name': 'L',
  'long-link': 'K',
  sparse: 'S',
} as const;

const BLOCK = 512;
const MAGIC = { ustar: 'ustar\x0000', gnu: 'ustar  \0', v7: '' } as const;

/** A whole archive. */
export function tar(members: readonly TarMember[], options: TarOptions = {}): Buffer {
  const end = options.end ?? Buffer.alloc(2 * BLOCK);
  return Buffer.concat([...members.map(tarMember), end, toBytes(options.trailing ?? '')]);
}

/** One member: its extended header if it has one, header block, content, padding. */
export function tarMember(member: TarMember): Buffer {
  const name = toBytes(member.name ?? '');
  const records = { ...(name.length > 100 ? { path: name } : {}), ...member.pax };
  const extended =
    Object.keys(records).length === 0
      ? Buffer.alloc(0)
      : tarMember({ name: 'PaxHeaders/x', type: 'pax', data: paxRecords(records) });
  const data = toBytes(member.data ?? '');
  const missing = -data.length & (BLOCK - 1);
  const padding = Buffer.alloc(missing);
  padding.set(toBytes(member.padding ?? '').subarray(0, missing));
  return Buffer.concat([extended, tarHeader(member, data.length), data, padding]);
}

/** One header block. */
export function tarHeader(member: TarMember, dataLength = 0): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (at: number, text: string | Uint8Array, most: number): void => {
    block.set(toBytes(text).subarray(0, most), at);
  };
  const name = member.name ?? '';
  const type = member.type ?? (name.endsWith('/') ? 'directory' : 'file');
  put(0, name, 100);
  put(100, octal(member.mode ?? (type === 'directory' ? 0o755 : 0o644), 7), 8);
  put(108, octal(member.uid ?? 0, 7), 8);
  put(116, octal(member.gid ?? 0, 7), 8);
  put(124, octal(member.size ?? dataLength, 11), 12);
  put(136, octal(member.mtime ?? 0, 11), 12);
  put(156, type in TYPE_FLAGS ? TYPE_FLAGS[type as keyof typeof TYPE_FLAGS] : type, 1);
  put(157, member.linkname ?? '', 100);
  put(257, MAGIC[member.format ?? 'ustar'], 8);
  if (member.format !== 'v7') {
    put(329, octal(member.devmajor ?? 0, 7), 8);
    put(337, octal(member.devminor ?? 0, 7), 8);
  }
  put(345, member.prefix ?? '', 155);
  for (const [at, bytes] of Object.entries(member.raw ?? {})) put(Number(at), bytes, BLOCK);
  put(148, ' '.repeat(8), 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, member.checksum ?? `${octal(sum, 6)}\0 `, 8);
  return block;
}

/** `LENGTH KEYWORD=VALUE\n` for each. */
export function paxRecords(records: Readonly<Record<string, string | Uint8Array>>): Buffer {
  return Buffer.concat(
    Object.entries(records).map(([keyword, value]) => {
      const rest = Buffer.concat([toBytes(` ${keyword}=`), toBytes(value), toBytes('\n')]);
      let length = rest.length + 1;
      while (`${length}`.length + rest.length !== length) length = `${length}`.length + rest.length;
      return Buffer.concat([toBytes(`${length}`), rest]);
    }),
  );
}

/** A number in GNU's base-256 notation, as a field of `bytes` bytes. */
export function base256(value: number, bytes: number): Buffer {
  const field = Buffer.alloc(bytes);
  let rest = BigInt(value);
  for (let at = bytes - 1; at >= 0; at--) {
    field[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  field[0] = value < 0 ? 0xff : 0x80;
  return field;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function toBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
}
