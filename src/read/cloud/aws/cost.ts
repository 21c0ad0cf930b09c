import type { SnapshotDisk } from './snapshot-disk.ts';

/*
 * Prices of the EBS direct APIs in us-east-1 (aws.amazon.com/ebs/pricing): other regions differ by a third at most. GetSnapshotBlock is billed
 * by call of up to 512 KiB, ListSnapshotBlocks by call.
 */
const DOLLARS_PER_GET = 0.003 / 1000;
const DOLLARS_PER_LIST = 0.0006 / 1000;

/** What reading every block would cost: less is read, mostly. */
export function costBefore(disks: readonly SnapshotDisk[]): string {
  const blocks = disks.reduce((sum, { written }) => sum + written, 0);
  return `reading costs at most ${toDollars(blocks * DOLLARS_PER_GET)} (${blocks.toLocaleString('en')} blocks of 512 KiB, price of us-east-1)`;
}

export function costAfter(disks: readonly SnapshotDisk[]): string {
  const gets = disks.reduce((sum, { requests }) => sum + requests.blocks, 0);
  const lists = disks.reduce((sum, { requests }) => sum + requests.lists, 0);
  const written = disks.reduce((sum, disk) => sum + disk.written, 0);
  return `reading cost about ${toDollars(gets * DOLLARS_PER_GET + lists * DOLLARS_PER_LIST)}: ${gets.toLocaleString('en')} calls for blocks, of which ${written.toLocaleString('en')} are written`;
}

function toDollars(dollars: number): string {
  return `$${dollars.toFixed(4)}`;
}
