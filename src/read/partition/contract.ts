import type { BlockSource } from '../disk/block-source.ts';
import type { Unreadable } from '../disk/unreadable.ts';

/** One part of the disks of a machine image. Every byte range that can hold something is in one, walked or accounted for. */
export interface Volume {
  /** The same whatever file the disk came in: `partition 1`, `logical volume vg0/root`, `array md0`, `disk`; with `of disk 2` where there are several disks. */
  readonly name: string;
  readonly source: BlockSource;
  /** How `/etc/fstab` may call it, besides by what its file system says. */
  readonly names: VolumeNames;
  readonly content: VolumeContent;
}

export interface VolumeNames {
  /** Lower case, with dashes. For MBR `xxxxxxxx-NN`. */
  readonly partUuid?: string;
  readonly partLabel?: string;
  /** `/dev/vg0/root`, `/dev/mapper/vg0-root`, `/dev/md0`. */
  readonly devices: readonly string[];
  /** Number of the partition, for `/dev/sda1`, `/dev/nvme0n1p1`, `/dev/xvda1`. */
  readonly partition?: number;
  /** Where systemd mounts a partition of its type when no table says otherwise, as a layer path (Discoverable Partitions Specification). */
  readonly usualMount?: string;
  /** Index of the disk, from 0. */
  readonly disk?: number;
}

/** What a volume is, told by its content and never by its type code or name. */
export type VolumeContent =
  /** To be opened by a file system driver; `driver` is the name of the driver whose magic is there. */
  | { readonly kind: 'file-system'; readonly driver: string }
  /** Code that is started before there is a file system: the gap after the MBR, a BIOS boot partition. Inspected as one file. */
  | { readonly kind: 'boot-code' }
  /** Nothing but zeros where anything known would begin, and all of it where it is small. */
  | { readonly kind: 'empty' }
  /** Known, with nothing in it to inspect: swap. */
  | { readonly kind: 'accounted'; readonly what: string }
  /** Known or not, but not read: LUKS, BitLocker, a thin pool, RAID 5, an unknown file system. Always a problem of the report. */
  | { readonly kind: 'unread'; readonly problem: Unreadable };

export interface Partitioning {
  readonly volumes: readonly Volume[];
  /** Of the tables themselves: a bad checksum, partitions that overlap, a volume group without one of its disks. */
  readonly flaws: readonly Unreadable[];
}
