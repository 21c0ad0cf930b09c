/** `mkfs.vfat -C -F 12 -n LABEL -i abcd1234 image 64`, filled by `mcopy -m -s`. Packed with gzip. */
export const FAT12 =
  'H4sIAAAAAAACA+3cwWobRxwH4LGSNMEhrskhkFOHJpdCteDQYy8KViDUjZNUKYWSwsZeycLyrtGuwYYQ8gi99w3aHnroIRAIfQG/RW6m' +
  'kGNOUUdSUuqSHkqgLfX3oWXmP7+ZlbQSQtJhjj79dme7X2f9vAmt0wuhFVqPw8uFsJx6bzwOH31y8fCHtc717lqcudHprVxL7dIHz75+' +
  '+OOHvzTnv/x56enZcLj8zdGLa88PLx1ePnrV2xrWMd3Kqol5fFBVTf5gVMTNYb2dxXh7VOR1EYdlXYyP5f1Rtbt7EPNy88Li7rio69Q9' +
  'iNvFQWyq2IxTMsiHZcyyLF5YDLyLe9+/nLx29sXE9Th5vP4n2x8+1M+F8Ot3+/f378/bed7ZC3Uowji0w/vhp82QhyYdIUwm02MyufdF' +
  '92579dHK9AQh9Dbad9p35m0rLKV5q3XI0pIi7Kf1V5swXzU1752KKRuGQdia5zGM0kATpjOnd9uqZ0NVKKf5YDYWU7qV8jwNLuSpLFN3' +
  'Z5oXr7N8tj6mE3dudT7v9h6t9Lpf/enxnQqX0pzr6+u9+dOPy+eO5ae9OQAAAAAAAAAAAAAAAAAAAPjHXNkYVXub7Y2q7A8HtlMBgBMh' +
  'j6OqHMQy3yk+jv1qHOu9ceF7AAD8r2Xxd8vhLfvfZdlf5fP1azdvffZmwvH9887M9v9bW++sdu++LX8vPDnv+gPAv8H//wBw8oyGZRGr' +
  'fmyK/WZRoVAoFAqFQqFQ/CcLv1wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP6e3wAkcy6rAAABAA==';

const SECTOR = 512;
const RESERVED = 32;
const TABLE_SECTORS = 2;
const CLUSTERS = 200;
/** Where cluster 2 is. */
const DATA = (RESERVED + 2 * TABLE_SECTORS) * SECTOR;
export const END = 0x0fffffff;

/** FAT32 with clusters of 512 bytes, made by hand: what no tool makes. */
export class SmallFat32 {
  readonly image = Buffer.alloc(DATA + CLUSTERS * SECTOR);

  constructor() {
    const sector = this.image;
    sector.set([0xeb, 0x58, 0x90]);
    sector.write('by hand ', 3);
    sector.writeUInt16LE(SECTOR, 11);
    sector[13] = 1;
    sector.writeUInt16LE(RESERVED, 14);
    sector[16] = 2;
    sector[21] = 0xf8;
    sector.writeUInt32LE(this.image.length / SECTOR, 32);
    sector.writeUInt32LE(TABLE_SECTORS, 36);
    sector.writeUInt32LE(2, 44);
    sector.writeUInt16LE(6, 50);
    sector[66] = 0x29;
    sector.writeUInt32LE(0x12abcdef, 67);
    sector.write('NO NAME    ', 71);
    sector.writeUInt16LE(0xaa55, 510);
    sector.copy(sector, 6 * SECTOR, 0, SECTOR);
    this.chain(2);
  }

  /** Of the table's copies, all or one. */
  link(cluster: number, next: number, copies: readonly number[] = [0, 1]): this {
    for (const copy of copies)
      this.image.writeUInt32LE(next, (RESERVED + copy * TABLE_SECTORS) * SECTOR + cluster * 4);
    return this;
  }

  chain(...clusters: readonly number[]): this {
    for (const [index, cluster] of clusters.entries()) this.link(cluster, clusters[index + 1] ?? END);
    return this;
  }

  fill(cluster: number, ...content: readonly (Buffer | string)[]): this {
    const bytes = Buffer.concat(content.map((part) => Buffer.from(part as Buffer)));
    bytes.copy(this.image, DATA + (cluster - 2) * SECTOR);
    return this;
  }
}

/** An entry of a folder; its name in eight and three letters. */
export function entryOf(name: string, { attributes = 0x20, cluster = 0, size = 0, flags = 0 } = {}): Buffer {
  const entry = Buffer.alloc(32);
  entry.write(name.padEnd(11), 'latin1');
  entry[11] = attributes;
  entry[12] = flags;
  entry.writeUInt16LE(cluster >>> 16, 20);
  entry.writeUInt16LE(cluster & 0xffff, 26);
  entry.writeUInt32LE(size, 28);
  return entry;
}

/** The slots of a long name in front of an entry. */
export function longNameOf(name: string, checksum: number): Buffer {
  const count = Math.ceil(name.length / 13);
  const letters = Buffer.alloc(count * 26, 0xff);
  letters.write(name.length % 13 === 0 ? name : `${name}\0`, 'utf16le');
  const slots = Array.from({ length: count }, (_, index) => {
    const slot = Buffer.alloc(32);
    slot[0] = (index + 1) | (index === count - 1 ? 0x40 : 0);
    slot[11] = 0x0f;
    slot[13] = checksum;
    letters.copy(slot, 1, index * 26, index * 26 + 10);
    letters.copy(slot, 14, index * 26 + 10, index * 26 + 22);
    letters.copy(slot, 28, index * 26 + 22, index * 26 + 26);
    return slot;
  });
  return Buffer.concat(slots.reverse());
}

export function checksumOf(name: string): number {
  return [...Buffer.from(name.padEnd(11), 'latin1')].reduce(
    (sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff,
    0,
  );
}
