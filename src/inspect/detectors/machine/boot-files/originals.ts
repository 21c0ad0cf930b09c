import { baseNameOf } from '../../../../core/layer-path.ts';
import type { PackageWithFiles } from '../../../../core/package.ts';
import type { ImageView, TreeEntry } from '../../../contract.ts';

/** A packaged file that boot loader scripts copy from. */
export interface Original extends TreeEntry {
  readonly package: PackageWithFiles;
}

/** What a file may be a copy of. */
export interface Copies {
  /** Of packages. Where there are none, nothing is known. */
  readonly originals: readonly Original[];
  /** Made on the machine, and as good. */
  readonly others: readonly TreeEntry[];
}

/** By the name that a copy has, in lower case. */
export interface Originals {
  readonly packaged: ReadonlyMap<string, readonly Original[]>;
  /** What grub-install makes where it takes no signed one. */
  readonly made: readonly TreeEntry[];
}

/** Debian and its kin sign shim and GRUB there; systemd-boot has its own; Fedora and its kin keep kernels with their modules. */
const SOURCE =
  /^(?:usr\/lib\/(?:grub\/[^/]{1,40}-signed|shim|systemd\/boot\/efi)\/[^/]{1,80}\.efi(?:\.signed)?|(?:usr\/)?lib\/modules\/[^/]{1,80}\/vmlinuz)$/;
const MADE = /^boot\/grub2?\/[^/]{1,40}-efi\/(?:core|grub)\.efi$/;
/** The name that firmware starts by itself: shim, systemd-boot or GRUB under another name. */
const DEFAULT = /^boot(x64|aa64|ia32|riscv64)\.efi$/;

export function originalsIn(image: ImageView): Originals {
  const packaged = new Map<string, Original[]>();
  const made: TreeEntry[] = [];
  for (const entry of image.final.entries()) {
    const { path, kind } = entry.record;
    if (kind !== 'file') continue;
    if (MADE.test(path)) made.push(entry);
    if (!SOURCE.test(path)) continue;
    const owner = image.owner(path);
    if (owner === undefined) continue;
    const name = nameOfCopy(path);
    packaged.set(name, [...(packaged.get(name) ?? []), { ...entry, package: owner.package }]);
  }
  return { packaged, made };
}

/** What the file at a path would be a copy of, by its name. */
export function copiesOf(path: string, { packaged, made }: Originals): Copies {
  const name = baseNameOf(path).toLowerCase();
  const machine = DEFAULT.exec(name)?.[1];
  const names = machine === undefined ? [name] : [`shim${machine}.efi`, `systemd-boot${machine}.efi`];
  const originals = names.flatMap((one) => packaged.get(one) ?? []);
  const loader = machine === undefined ? [] : (packaged.get(`grub${machine}.efi`) ?? []);
  return { originals, others: [...loader, ...made] };
}

/** `shimx64.efi.signed` is copied as `shimx64.efi`, `lib/modules/6.1/vmlinuz` as `vmlinuz-6.1`. */
function nameOfCopy(path: string): string {
  const kernel = /modules\/([^/]+)\/vmlinuz$/.exec(path)?.[1];
  if (kernel !== undefined) return `vmlinuz-${kernel}`.toLowerCase();
  return baseNameOf(path)
    .toLowerCase()
    .replace(/\.signed$/, '');
}
