import type { FileSystem } from '../filesystem/contract.ts';
import type { VolumeNames } from '../partition/contract.ts';

/** One line of `/etc/fstab`, or a systemd mount unit: what is mounted where. */
export interface Mount {
  /** `UUID=…`, `LABEL=…`, `PARTUUID=…`, `/dev/…`; quotes taken off. */
  readonly what: string;
  /** Layer path of the mount point. */
  readonly where: string;
  /** Of btrfs: the subvolume, as a path below the top level. */
  readonly subvolume?: string;
}

/** Lines looked at; more is no table. */
const MAX_LINES = 1000;

/** fstab(5). What is no mount of a disk (bind, tmpfs, swap) is left out. */
export function parseFstab(text: string): Mount[] {
  return text
    .split('\n', MAX_LINES)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => {
      const [what = '', where = '', , options = ''] = line.split(/\s+/, 6).map(unescapeBlanks);
      return toMount(what, where, options);
    });
}

/** systemd.mount(5). */
export function parseMountUnit(text: string): Mount[] {
  const values = new Map<string, string>();
  for (const line of text.split('\n', MAX_LINES)) {
    const at = line.indexOf('=');
    if (at > 0) values.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return toMount(values.get('What') ?? '', values.get('Where') ?? '', values.get('Options') ?? '');
}

function toMount(what: string, where: string, options: string): Mount[] {
  const list = options.split(',');
  if (!where.startsWith('/') || list.includes('bind') || list.includes('rbind')) return [];
  if (!/^(?:UUID|LABEL|PARTUUID|PARTLABEL)=|^\/dev\//i.test(what)) return [];
  const subvolume = list.find((option) => option.startsWith('subvol='))?.slice('subvol='.length);
  return [
    {
      what: what.replace(/"/g, ''),
      where: trimSlashes(where),
      ...(subvolume !== undefined && { subvolume: trimSlashes(subvolume) }),
    },
  ];
}

/** fstab writes blanks as octal. */
function unescapeBlanks(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function trimSlashes(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '')
    .join('/');
}

/** Whether this is how a mount calls that volume. */
export function isMeant(
  what: string,
  names: VolumeNames,
  { uuid, label }: Pick<FileSystem, 'uuid' | 'label'>,
): boolean {
  const [, key = '', value = ''] =
    /^(UUID|LABEL|PARTUUID|PARTLABEL)=(.+)$/i.exec(what) ??
    /^\/dev\/disk\/by-(uuid|label|partuuid|partlabel)\/(.+)$/.exec(what) ??
    [];
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
