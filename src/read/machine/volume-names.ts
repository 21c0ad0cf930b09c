import type { FileSystem } from '../filesystem/contract.ts';
import type { VolumeNames } from '../partition/contract.ts';

/** Whether this is how a mount calls that volume. */
export function isMeant(
  what: string,
  names: VolumeNames,
  { uuid, label }: Pick<FileSystem, 'uuid' | 'label'>,
): boolean {
  const tag = /^(UUID|LABEL|PARTUUID|PARTLABEL)=(.+)$/is.exec(what);
  const link = /^\/dev\/disk\/by-(uuid|label|partuuid|partlabel)\/(.+)$/s.exec(what);
  const [, key = '', written = ''] = tag ?? link ?? [];
  const value = link === null ? written : decodeLink(written);
  switch (key.toLowerCase()) {
    case 'uuid':
      return same(uuid, value);
    case 'label':
      return label !== undefined && label === value;
    case 'partuuid':
      return same(names.partUuid, value);
    case 'partlabel':
      return names.partLabel !== undefined && names.partLabel === value;
    default:
      return names.devices.includes(what) || isPartition(what, names);
  }
}

/** udev writes what a name cannot have as `\x20`. */
function decodeLink(name: string): string {
  return name.replace(/(?:\\x[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('\\x', ''), 'hex').toString('utf8'),
  );
}

function same(known: string | undefined, given: string): boolean {
  return known !== undefined && known.toLowerCase() === given.toLowerCase();
}

/** `/dev/sda1`, `/dev/xvdb2`, `/dev/nvme0n1p1`: the letter, or the first number, counts disks. */
function isPartition(device: string, { partition, disk }: VolumeNames): boolean {
  const lettered = /^\/dev\/(?:s|h|v|xv)d([a-z])(\d{1,3})?$/.exec(device);
  const numbered = /^\/dev\/(?:nvme(\d{1,2})n1|mmcblk(\d{1,2}))(?:p(\d{1,3}))?$/.exec(device);
  const match = lettered ?? numbered;
  if (match === null || disk === undefined) return false;
  const [index, part] =
    lettered === null
      ? [Number(numbered?.[1] ?? numbered?.[2]), numbered?.[3]]
      : [(lettered[1] ?? 'a').charCodeAt(0) - 97, lettered[2]];
  return index === disk && (part === undefined ? undefined : Number(part)) === partition;
}

/** Number of the partition that a device's name ends in, where it does: `…-part2`, `/dev/sdb2`, `p2`. */
export function partitionIn(what: string): number | undefined {
  const number = /^\/dev\/.*(?:-part|[a-z]d[a-z]|\dp)(\d{1,3})$/.exec(what)?.[1];
  return number === undefined ? undefined : Number(number);
}
