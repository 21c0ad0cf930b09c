import { requireUnreadable, Unreadable } from '../../disk/unreadable.ts';
import { toShownAccessList } from './access-list.ts';
import {
  ACCESS_LISTS,
  type AttributeEntries,
  type AttributeEntry,
  ENCRYPTION_CONTEXT,
  INLINE_CONTENT,
  parseAttributes,
} from './attribute-entries.ts';
import { mapOf, throwFlaw } from './block-map.ts';
import { checksum, checksumWithout } from './checksum.ts';
import { readMapped } from './content.ts';
import { READ_ONLY_COMPAT } from './features.ts';
import { FLAG, type Inode, malformed } from './inode.ts';
import { has } from './superblock.ts';
import type { Volume } from './volume.ts';

/*
 * The attack: one block of attributes that a million inodes share, or one large value that each of them names, so that what is
 * four kilobytes on disk is gigabytes here. What is shared on disk is shared in memory, as far as a budget goes.
 */

const MAGIC = 0xea020000;
const BLOCK_HEADER = 32;
const BLOCK_CHECKSUM = 0x10;
/** What Linux takes (XATTR_SIZE_MAX). */
const LARGEST_VALUE = 65536;
/** Of one inode, values in inodes included. */
const MOST_BYTES = 2 ** 20;
const BUDGET = 32 * 2 ** 20;

export interface Attributes {
  readonly xattrs: Readonly<Record<string, string>>;
  /** The part of its content that an inode holds here. */
  readonly inline?: Buffer;
  readonly flaws: readonly Unreadable[];
}

interface Shown {
  readonly name: string;
  readonly value: string;
}

interface Part {
  readonly shown: readonly Shown[];
  readonly inline?: Buffer;
  readonly flaws: readonly Unreadable[];
}

export class AttributeReader {
  readonly #volume: Volume;
  readonly #blocks = new Map<number, Promise<Part>>();
  readonly #values = new Map<number, Promise<string>>();
  #bytes = 0;

  constructor(volume: Volume) {
    this.#volume = volume;
  }

  /** What could not be read is a flaw. @throws Failure of the source */
  async read(inode: Inode): Promise<Attributes | undefined> {
    const { tail } = inode;
    const inInode = tail.length >= 8 && tail.readUInt32LE(0) === MAGIC;
    if (!inInode && inode.attributes === 0) return undefined;
    const own = inInode ? await this.#show(parseAttributes(tail, 4, 4)) : NOTHING;
    const shared = inode.attributes === 0 ? NOTHING : await this.#block(inode.attributes);
    const xattrs: Record<string, string> = Object.create(null);
    // The inode's own come last: where both have a name, Linux shows the inode's.
    for (const { name, value } of [...shared.shown, ...own.shown]) xattrs[name] = value;
    const flaws = [...own.flaws, ...shared.flaws].map(
      (flaw) => new Unreadable(flaw.code, `of inode ${inode.number} ${flaw.message}`, flaw.offset),
    );
    return { xattrs, ...(own.inline !== undefined && { inline: own.inline }), flaws };
  }

  #block(number: number): Promise<Part> {
    const known = this.#blocks.get(number);
    if (known !== undefined) return known;
    const part = this.#readBlock(number);
    this.#spend(this.#volume.superblock.blockSize);
    this.#blocks.set(number, part);
    part.catch(() => this.#blocks.delete(number));
    return part;
  }

  async #readBlock(number: number): Promise<Part> {
    const { superblock } = this.#volume;
    let bytes: Buffer;
    try {
      bytes = await this.#volume.block(number);
    } catch (error) {
      const { code, message } = requireUnreadable(error);
      return { shown: [], flaws: [new Unreadable(code, `the attributes could not be read: ${message}`)] };
    }
    const at = number * superblock.blockSize;
    if (bytes.readUInt32LE(0) !== MAGIC)
      return {
        shown: [],
        flaws: [new Unreadable('MALFORMED_FILE_SYSTEM', `block ${number} holds no attributes`, at)],
      };
    const part = await this.#show(parseAttributes(bytes, BLOCK_HEADER, 0));
    if (!has(superblock, 'readOnlyCompat', READ_ONLY_COMPAT.checksums)) return part;
    const place = Buffer.alloc(8);
    place.writeBigUInt64LE(BigInt(number));
    const sum = checksumWithout(checksum(superblock.seed, place), bytes, BLOCK_CHECKSUM, 4);
    if (sum === bytes.readUInt32LE(BLOCK_CHECKSUM)) return part;
    const flaw = new Unreadable(
      'CHECKSUM_MISMATCH',
      `the attributes in block ${number} have a wrong checksum`,
      at,
    );
    return { ...part, flaws: [...part.flaws, flaw] };
  }

  async #show({ entries, wrong }: AttributeEntries): Promise<Part> {
    const shown: Shown[] = [];
    const flaws: Unreadable[] = [];
    let inline: Buffer | undefined;
    let bytes = 0;
    if (wrong !== undefined) flaws.push(new Unreadable('MALFORMED_FILE_SYSTEM', `the attributes ${wrong}`));
    for (const entry of entries) {
      const { name, value } = entry;
      if (name === ENCRYPTION_CONTEXT) continue;
      if (name === INLINE_CONTENT && value.kind === 'here') {
        inline ??= value.bytes;
        continue;
      }
      bytes += value.kind === 'inode' ? value.size : 0;
      try {
        if (bytes > MOST_BYTES)
          throw new Unreadable('LIMIT_FILE_MEMORY', `is beyond ${MOST_BYTES} bytes of them`);
        shown.push({ name, value: await this.#valueOf(entry) });
      } catch (error) {
        const { code, message } = requireUnreadable(error);
        flaws.push(new Unreadable(code, `the attribute ${name} could not be read: ${message}`));
      }
    }
    return { shown, flaws, ...(inline !== undefined && { inline }) };
  }

  async #valueOf({ name, value }: AttributeEntry): Promise<string> {
    if (value.kind === 'inode') return this.#large(value.inode, value.size);
    if (!ACCESS_LISTS.has(name)) return value.bytes.toString('latin1');
    const list = toShownAccessList(value.bytes);
    if (list === undefined) throw new Unreadable('MALFORMED_FILE_SYSTEM', 'it is no access list');
    return list.toString('latin1');
  }

  #large(number: number, size: number): Promise<string> {
    const known = this.#values.get(number);
    if (known !== undefined) return known.then((value) => requireSize(value, number, size));
    const value = this.#readLarge(number, size);
    this.#spend(size);
    this.#values.set(number, value);
    value.catch(() => this.#values.delete(number));
    return value;
  }

  async #readLarge(number: number, size: number): Promise<string> {
    if (size > LARGEST_VALUE) throw malformed(number, `is said to hold an attribute of ${size} bytes`);
    const inode = await this.#volume.inode(number);
    if ((inode.flags & FLAG.attributeValue) === 0) throw malformed(number, 'holds no attribute');
    if (inode.size !== size) throw malformed(number, `holds ${inode.size} bytes where ${size} are expected`);
    for (const flaw of inode.flaws) throw flaw;
    const bytes = await readMapped(this.#volume, mapOf(this.#volume, inode, throwFlaw), 0, size);
    if (checksum(this.#volume.superblock.seed, bytes) !== inode.atime)
      throw new Unreadable('CHECKSUM_MISMATCH', `inode ${number} holds an attribute with a wrong checksum`);
    return bytes.toString('latin1');
  }

  #spend(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= BUDGET) return;
    this.#blocks.clear();
    this.#values.clear();
    this.#bytes = bytes;
  }
}

function requireSize(value: string, number: number, size: number): string {
  if (value.length === size) return value;
  throw malformed(number, `holds ${value.length} bytes where ${size} are expected`);
}

const NOTHING: Part = { shown: [], flaws: [] };
