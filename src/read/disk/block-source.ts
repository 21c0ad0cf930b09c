/**
 * Bytes that are read by offset: a disk, a partition of one, a logical volume over several. Every layer of a machine
 * image is one of these over others: file, container format, partition, volume.
 */
export interface BlockSource {
  /** For messages: `disk.qcow2`, `partition 3 of disk.qcow2`. */
  readonly name: string;
  /** Bytes; a safe integer. What an image claims is bounded where the claim is read. */
  readonly size: number;
  /** Bytes of one logical sector, where the container says; else 512 and 4096 are both tried. */
  readonly sectorSize?: number;
  /**
   * Exactly `length` bytes from `offset`. The memory may be shared: it is not to be written to. Reads may be under way
   * at the same time.
   *
   * @throws Unreadable where the image is at fault (truncated, damaged, beyond the end); Failure where the source
   * itself is (network, permission, cancelled)
   */
  read(offset: number, length: number): Promise<Buffer>;
  /** Gives back handles and connections, of what it was made over too. Safe to call twice. */
  close(): Promise<void>;
}
