import { Unreadable } from '../../../disk/unreadable.ts';
import type { Extent } from './extent.ts';
import { BadRecord, type LogRecord, readRecords, requireReadable } from './record.ts';
import type { Ring } from './ring.ts';

/*
 * Operations are pieces of transactions, several of which may be written between each other. One is what it says from its start to its
 * commit, in regions; a region that did not fit into a record goes on in the next. What was not committed did not happen. The rules
 * are those of Linux (`xlog_recovery_process_trans`), down to what it passes over.
 */

const START = 0x01;
const COMMIT = 0x02;
const CONTINUE = 0x04;
const WAS_CONTINUED = 0x08;
const END = 0x10;
const UNMOUNT = 0x20;
const CLIENTS: readonly number[] = [0x69, 0xaa];
const OPERATION = 12;
const HEADER_MAGIC = 0x5452414e;
const HEADER = 16;
/** What XFS makes (XLOG_MAX_REGIONS_IN_ITEM). */
const MOST_REGIONS = 257;
/** Bytes of transactions that are not committed yet; the kernel's are 32 MiB at most. */
const MOST_HELD = 256 * 2 ** 20;
/** What a region or a transaction costs besides. */
const OVERHEAD = 200;

/** One thing that was changed: a head that says what, and what of it is new. */
export interface Item {
  readonly type: number;
  readonly regions: readonly Buffer[];
}

export interface Transaction {
  /** Of the record it began in: what is on disk with a higher one is newer than it. */
  readonly lsn: bigint;
  readonly items: readonly Item[];
}

/**
 * Those that were committed, in the order of that.
 * @throws Unreadable, Failure of the source
 */
export async function* readTransactions(ring: Ring, { tail, head }: Extent): AsyncGenerator<Transaction> {
  const assembly = new Assembly();
  for await (const record of readRecords(ring, tail, head)) {
    if (record instanceof BadRecord) throw record.reason;
    requireReadable(record.header, ring);
    yield* assembly.take(record);
  }
}

interface Growing {
  readonly count: number;
  /** Each region in the pieces it was written in. */
  readonly regions: Buffer[][];
}

class Open {
  readonly lsn: bigint;
  readonly items: Growing[] = [];
  /** Whether all of its header was seen: what follows is items. */
  isBegun = false;
  held = OVERHEAD;

  constructor(lsn: bigint) {
    this.lsn = lsn;
  }

  add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (!this.isBegun) {
      if (bytes.length > HEADER || (bytes.length >= 4 && bytes.readUInt32LE(0) !== HEADER_MAGIC))
        throw wrong('a transaction does not begin as one');
      this.isBegun = bytes.length === HEADER;
      return;
    }
    const last = this.items.at(-1);
    if (last !== undefined && last.regions.length < last.count) last.regions.push([bytes]);
    else this.items.push({ count: toCount(bytes), regions: [[bytes]] });
  }

  goOn(bytes: Buffer): void {
    if (!this.isBegun) {
      if (bytes.length > HEADER) throw wrong('a transaction does not begin as one');
      this.isBegun = true;
      return;
    }
    const region = this.items.at(-1)?.regions.at(-1);
    if (region === undefined) throw wrong('a transaction goes on with what it did not begin');
    region.push(bytes);
  }

  finish(): Transaction {
    const items = this.items.map(({ count, regions }) => {
      const whole = regions.map((pieces) =>
        pieces.length === 1 ? (pieces[0] ?? EMPTY) : Buffer.concat(pieces),
      );
      if (whole.length < count)
        throw wrong(`a transaction has ${whole.length} of ${count} parts of a change`);
      return { type: whole[0]?.readUInt16LE(0) ?? 0, regions: whole };
    });
    return { lsn: this.lsn, items };
  }
}

const EMPTY = Buffer.alloc(0);

function toCount(bytes: Buffer): number {
  const count = bytes.length < 4 ? 0 : bytes.readUInt16LE(2);
  if (count > 0 && count <= MOST_REGIONS) return count;
  throw wrong(`a transaction has a change in ${count} parts`);
}

class Assembly {
  readonly #open = new Map<number, Open>();
  #held = 0;

  *take({ header, content }: LogRecord): Generator<Transaction> {
    let at = 0;
    for (let left = header.operations; at < content.length && left > 0; left--) {
      if (at + OPERATION > content.length) throw wrong('an operation leaves its record');
      const length = content.readUInt32BE(at + 4);
      const start = at + OPERATION;
      if (!CLIENTS.includes(content.readUInt8(at + 8))) throw wrong('an operation is of no known kind');
      if (start + length > content.length) throw wrong(`an operation of ${length} bytes leaves its record`);
      const id = content.readUInt32BE(at);
      const flags = content.readUInt8(at + 9);
      const transaction = this.#open.get(id);
      if (transaction === undefined) this.#begin(id, flags, header.lsn);
      else yield* this.#process(transaction, id, flags, content.subarray(start, start + length));
      at = start + length;
    }
  }

  /** What began before the oldest record that is needed is in place. */
  #begin(id: number, flags: number, lsn: bigint): void {
    if ((flags & START) === 0) return;
    this.#hold(OVERHEAD);
    this.#open.set(id, new Open(lsn));
  }

  *#process(transaction: Open, id: number, flags: number, bytes: Buffer): Generator<Transaction> {
    const kind = flags & ~END & ~((flags & WAS_CONTINUED) !== 0 ? CONTINUE : 0);
    if (kind === COMMIT || kind === UNMOUNT) {
      this.#open.delete(id);
      this.#held -= transaction.held;
      if (kind === COMMIT) yield transaction.finish();
      return;
    }
    const cost = bytes.length + OVERHEAD;
    this.#hold(cost);
    transaction.held += cost;
    // A copy: a few bytes would else keep all of their record.
    if (kind === 0 || kind === CONTINUE) transaction.add(Buffer.from(bytes));
    else if (kind === WAS_CONTINUED) transaction.goOn(Buffer.from(bytes));
    else throw wrong(`an operation has flags 0x${flags.toString(16)}`);
  }

  #hold(bytes: number): void {
    this.#held += bytes;
    if (this.#held > MOST_HELD)
      throw new Unreadable('LIMIT_BYTES', `transactions in the log have more than ${MOST_HELD} bytes`);
  }
}

function wrong(message: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `in the log, ${message}`);
}
