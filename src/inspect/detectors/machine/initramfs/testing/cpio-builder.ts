/** A file of an archive: its content, or what else is said of it. */
export type CpioFile = string | Buffer | CpioFileEntry;

export interface CpioFileEntry {
  readonly data?: string | Buffer;
  /** With the type. A regular file that may be run where absent. */
  readonly mode?: number;
  readonly inode?: number;
  readonly links?: number;
}

export const SYMLINK = 0o120777;

/** A cpio archive in the "newc" format. */
export function buildCpio(files: Readonly<Record<string, CpioFile>>): Buffer {
  const parts = Object.entries({ ...files, 'TRAILER!!!': '' }).map(([name, file]) => {
    const entry: CpioFileEntry = typeof file === 'string' || Buffer.isBuffer(file) ? { data: file } : file;
    const { mode = 0o100755, inode = 1, links = 1 } = entry;
    const content = Buffer.from(entry.data ?? '');
    const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
    return Buffer.concat([pad(Buffer.from(header, 'latin1')), pad(content)]);
  });
  return Buffer.concat(parts);
}

/** LZ4's legacy frame around blocks of literals only: valid, and no smaller. */
export function buildLz4Legacy(bytes: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([0x02, 0x21, 0x4c, 0x18])];
  for (let at = 0; at < bytes.length; at += 8 * 2 ** 20) {
    const literals = bytes.subarray(at, at + 8 * 2 ** 20);
    const rest = literals.length - 15;
    const head =
      rest < 0
        ? [literals.length << 4]
        : [0xf0, ...Array<number>(Math.floor(rest / 255)).fill(255), rest % 255];
    const size = Buffer.alloc(4);
    size.writeUInt32LE(head.length + literals.length);
    parts.push(size, Buffer.from(head), literals);
  }
  return Buffer.concat(parts);
}

function pad(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
