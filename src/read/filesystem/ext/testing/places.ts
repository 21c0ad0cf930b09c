/* Where things are in the images of the tests, in bytes. */

/** Where the entry of a name is; the name has to be in a folder that has blocks. */
export function entryOf(image: Buffer, name: string): number {
  for (let at = image.indexOf(name); at >= 0; at = image.indexOf(name, at + 1))
    if (image[at - 2] === name.length && image.readUInt16LE(at - 4) % 4 === 0) return at - 8;
  throw new Error(`no entry ${name}`);
}

/** Where the inode of a name is, in the first group. */
export function inodeAt(image: Buffer, name: string): number {
  const number = image.readUInt32LE(entryOf(image, name));
  const size = image.readUInt16LE(1024 + 0x58);
  const group = Math.floor((number - 1) / image.readUInt32LE(1024 + 0x28));
  const descriptor = (image.readUInt32LE(1024 + 0x60) & 0x80) === 0 ? 32 : 64;
  const table = image.readUInt32LE(2048 + group * descriptor + 8);
  return table * 1024 + ((number - 1) % image.readUInt32LE(1024 + 0x28)) * size;
}

/** Where the block is that an inode names at `at`. */
export function blockOf(image: Buffer, name: string, at: number): number {
  return image.readUInt32LE(inodeAt(image, name) + at) * 1024;
}

/** Where the index of the folder `many` is. */
export function indexAt(image: Buffer): number {
  return blockOf(image, 'many', 0x28 + 20);
}
