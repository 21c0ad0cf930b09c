import { Unreadable } from '../../../disk/unreadable.ts';
import {
  BLOCK,
  isGoodBlock,
  type JournalFormat,
  MAGIC,
  parseRevoked,
  parseTags,
  type Tag,
} from './format.ts';

/** A journal of a gigabyte rarely has a thousand. */
const MOST_REVOKED = 2 ** 22;

/** A block that a transaction wrote, and which block of the journal holds it. */
export interface Written {
  readonly tag: Tag;
  readonly index: number;
}

export interface Transaction {
  readonly sequence: number;
  readonly copies: readonly Written[];
}

export interface Log {
  readonly format: JournalFormat;
  /** Those that were committed, the oldest first. */
  readonly transactions: readonly Transaction[];
  /** Blocks that are not to be replayed from this transaction or an earlier one. */
  readonly revoked: ReadonlyMap<number, number>;
  /** Sequence number of what comes after. */
  readonly next: number;
  readonly flaws: readonly Unreadable[];
}

/**
 * Follows the log from its start to where it breaks off: at a block of an earlier round. Once round it at most.
 * @throws Unreadable, Failure of the source
 */
export async function scanLog(format: JournalFormat, read: (index: number) => Promise<Buffer>): Promise<Log> {
  const scan = new Scan(format);
  for (let at = format.start; scan.isOpen; ) {
    const before = scan.blocks;
    scan.take(await read(at), at);
    at = after(format, at, scan.blocks - before);
  }
  const { transactions, revoked, sequence: next, flaws } = scan;
  return { format, transactions, revoked, next, flaws };
}

class Scan {
  readonly transactions: Transaction[] = [];
  readonly revoked = new Map<number, number>();
  readonly flaws: Unreadable[] = [];
  sequence: number;
  /** Blocks of the log that were gone through. */
  blocks = 0;
  isOpen = true;
  readonly #format: JournalFormat;
  #written: Written[] = [];
  #toRevoke: number[] = [];

  constructor(format: JournalFormat) {
    this.#format = format;
    this.sequence = format.sequence;
  }

  take(block: Buffer, at: number): void {
    const type = block.readUInt32BE(4);
    this.blocks++;
    this.isOpen =
      block.readUInt32BE(0) === MAGIC && block.readUInt32BE(8) === this.sequence && KNOWN.has(type);
    if (!this.isOpen) return;
    if (!isGoodBlock(block, type, this.#format)) {
      this.#stop('CHECKSUM_MISMATCH', `its block ${at} has a wrong checksum`);
      return;
    }
    if (type === BLOCK.descriptor) this.#describe(block, at);
    else if (type === BLOCK.revoke) this.#revoke(block);
    else this.#commit();
    if (this.blocks > this.#format.end - this.#format.first)
      this.#stop('MALFORMED_FILE_SYSTEM', 'it goes round without an end');
  }

  #describe(block: Buffer, at: number): void {
    const tags = parseTags(block, this.#format);
    this.blocks += tags.length;
    for (const [place, tag] of tags.entries())
      this.#written.push({ tag, index: after(this.#format, at, place + 1) });
  }

  #revoke(block: Buffer): void {
    this.#toRevoke.push(...parseRevoked(block, this.#format));
    if (this.revoked.size + this.#toRevoke.length > MOST_REVOKED)
      this.#stop('MALFORMED_FILE_SYSTEM', `it revokes more than ${MOST_REVOKED} blocks`);
  }

  #commit(): void {
    this.transactions.push({ sequence: this.sequence, copies: this.#written });
    for (const target of this.#toRevoke) this.revoked.set(target, this.sequence);
    this.#written = [];
    this.#toRevoke = [];
    this.sequence = (this.sequence + 1) >>> 0;
  }

  #stop(code: 'CHECKSUM_MISMATCH' | 'MALFORMED_FILE_SYSTEM', why: string): void {
    this.isOpen = false;
    this.flaws.push(new Unreadable(code, `the journal was not replayed to its end: ${why}`));
  }
}

/** So many blocks on in the log, which begins again after its last one. */
function after({ first, end }: JournalFormat, at: number, count: number): number {
  return first + ((at - first + count) % (end - first));
}

const KNOWN: ReadonlySet<number> = new Set([BLOCK.descriptor, BLOCK.commit, BLOCK.revoke]);
