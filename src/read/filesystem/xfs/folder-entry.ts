/** One name in a folder. */
export interface FolderEntry {
  readonly name: Buffer;
  /** A string where it is larger than a number can be: then there is no such inode. */
  readonly inode: number | string;
}

export function toInodeNumber(bytes: Buffer, at: number, width: 4 | 8): number | string {
  if (width === 4) return bytes.readUInt32BE(at);
  const high = bytes.readUInt32BE(at);
  return high < 2 ** 21 ? high * 2 ** 32 + bytes.readUInt32BE(at + 4) : bytes.readBigUInt64BE(at).toString();
}

/** The folder itself and the one above: not told by the driver. */
export function isDot(name: Buffer): boolean {
  return name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e));
}
