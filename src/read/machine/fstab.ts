import { toLayerPath } from '../../core/layer-path.ts';

/*
 * What the tables of mounts say, as libmount and systemd read them and not as it looks: a table is an attacker's, and each blank, quote
 * or escape that is taken another way here lays a folder where the machine does not have it.
 */

/** One line of `/etc/fstab`, or a systemd mount unit: what is mounted where. */
export interface Mount {
  readonly source: MountSource;
  /** Layer path of the mount point; links on the way are not followed. */
  readonly where: string;
  /** Of btrfs: the subvolume, as a path below the top level. */
  readonly subvolume?: string;
  /** Of btrfs: the subvolume by its number, which is used where no path is given. */
  readonly subvolumeId?: number;
  /** An option that has another file system read than the one that is known by its place: `sb=131072`. */
  readonly elsewhere?: string;
}

export type MountSource =
  /** `UUID=…`, `LABEL=…`, `PARTUUID=…`, `/dev/…`; quotes taken off. */
  | { readonly kind: 'device'; readonly what: string }
  /** A folder of the system that is bound, or a file that holds a file system. */
  | { readonly kind: 'path'; readonly path: string }
  /** Folders of the system that are laid over each other, the lowest first. */
  | { readonly kind: 'merged'; readonly paths: readonly string[] }
  /** Nothing that is on a disk: another machine's folder, a program that makes one up. */
  | { readonly kind: 'elsewhere'; readonly what: string };

/** What the kernel makes of nothing, or of the machine itself: no file comes into the system by it. */
const WITHOUT_FILES =
  /^(?:tmpfs|ramfs|proc|sysfs|devpts|devtmpfs|cgroup2?|mqueue|hugetlbfs|debugfs|tracefs|securityfs|selinuxfs|configfs|fusectl|binfmt_misc|efivarfs|pstore|bpf|usbfs|usbdevfs|nfsd|rpc_pipefs|swap|ignore|autofs)$/;

/** Another superblock, another part of the device, a journal or data on another device. */
const ELSEWHERE = /^(?:sb|offset|sizelimit|journal_dev|journal_path|logdev|rtdev|device)=/;

/** fstab(5). What brings no files along (tmpfs, swap) is left out. */
export function parseFstab(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [what = '', where = '', type = '', options = ''] = line
      .replace(/^[ \t]+|[ \t\r]+$/g, '')
      .split(/[ \t]+/, 4)
      .map(unescapeBlanks);
    return what.startsWith('#') ? [] : toMount(what, where, type, options);
  });
}

/**
 * @param type of the file system, empty where it is not said
 * @returns none where it brings no files along, or is none
 */
export function toMount(what: string, where: string, type: string, options: string): Mount[] {
  const list = splitOptions(options);
  const source = sourceOf(unquoteTag(what), type, list);
  if (!where.startsWith('/') || source === undefined) return [];
  const subvolume = settingOf(list, 'subvol');
  const id = settingOf(list, 'subvolid');
  const elsewhere = list.find((option) => ELSEWHERE.test(option));
  return [
    {
      source,
      where: toLayerPath(where),
      ...(subvolume !== undefined && { subvolume: toLayerPath(subvolume) }),
      // As strtoull has it: `0x105`, `0405`.
      ...(id !== undefined && { subvolumeId: Number(id.replace(/^0(?=\d)/, '0o')) }),
      ...(elsewhere !== undefined && { elsewhere }),
    },
  ];
}

function sourceOf(what: string, type: string, options: readonly string[]): MountSource | undefined {
  const isBound = options.some((option) => /^r?bind$/.test(option)) || /^(?:bind|rbind)$/.test(type);
  if (type === 'overlay' || type === 'overlayfs') {
    const lower = (settingOf(options, 'lowerdir') ?? '').split(/(?<!\\)::?/).reverse();
    const paths = [...lower, settingOf(options, 'upperdir') ?? ''].map((path) =>
      path.replace(/\\(.)/g, '$1'),
    );
    return { kind: 'merged', paths: paths.filter((path) => path.startsWith('/')) };
  }
  if (what === '' || (!isBound && WITHOUT_FILES.test(type))) return undefined;
  if (/^(?:UUID|LABEL|PARTUUID|PARTLABEL|ID)=|^\/dev\//i.test(what)) return { kind: 'device', what };
  if (what.startsWith('/') && !/^(?:fuse\.|nfs|cifs|smb)/.test(type) && !what.startsWith('//'))
    return { kind: 'path', path: what };
  return what === 'none' && type === 'none' ? undefined : { kind: 'elsewhere', what };
}

/** Of one that is there several times, the last counts. */
function settingOf(options: readonly string[], name: string): string | undefined {
  const found = options.findLast((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
  return found?.replace(/^"(.*)"$/, '$1');
}

/** A comma in quotes is none. */
function splitOptions(options: string): readonly string[] {
  return options.match(/(?:"[^"]*"|[^",]|")+/g) ?? [];
}

/** `LABEL="x"`: either quote, where it is around all of the value. */
function unquoteTag(what: string): string {
  return what.replace(/^([A-Z]+=)(["'])(.*)\2$/i, '$1$3');
}

/** fstab writes blanks as octal, each byte by itself. */
function unescapeBlanks(field: string): string {
  return field.replace(/(?:\\[0-7]{3})+/g, (escapes) => {
    const bytes = escapes.slice(1).split('\\');
    return Buffer.from(bytes.map((octal) => Number.parseInt(octal, 8) % 256)).toString('utf8');
  });
}
