import { baseNameOf } from '../../../../core/layer-path.ts';
import type { PackageWithFiles } from '../../../../core/package.ts';
import type { ImageView, TreeEntry } from '../../../contract.ts';

/** A packaged file that boot loader scripts copy from. */
export interface Original extends TreeEntry {
  readonly package: PackageWithFiles;
}

/** What a file may be a copy of. */
export interface Copies {
  /** One that a package brought. Where there is none, nothing is known. */
  readonly first: Original | undefined;
  /** Digests of all of those, and of what was made on the machine, which is as good. */
  readonly sha256s: readonly ReadonlySet<string | undefined>[];
}

/** Those of one name: a copy of any will do. */
interface Namesakes {
  readonly first: Original;
  readonly sha256s: Set<string | undefined>;
}

/** By the name that a copy has, in lower case. */
export interface Originals {
  readonly packaged: ReadonlyMap<string, Namesakes>;
  /** Digests of what grub-install makes where it takes no signed one. */
  readonly made: ReadonlySet<string | undefined>;
}

/** Debian and its kin sign shim and GRUB there; systemd-boot has its own; Fedora and its kin keep kernels with their modules. */
const SOURCE =
  /^(?:usr\/lib\/(?:grub\/[^/]{1,40}-signed|shim|systemd\/boot\/efi)\/[^/]{1,80}\.efi(?:\.signed)?|(?:usr\/)?lib\/modules\/[^/]{1,80}\/vmlinuz)$/;
const MADE = /^boot\/grub2?\/[^/]{1,40}-efi\/(?:core|grub)\.efi$/;
/** The name that firmware starts by itself: shim, systemd-boot or GRUB under another name. */
const DEFAULT = /^boot(x64|aa64|ia32|riscv64)\.efi$/;

export function originalsIn(image: ImageView): Originals {
  const packaged = new Map<string, Namesakes>();
  const made = new Set<string | undefined>();
  for (const entry of image.final.entries()) {
    const { path, kind, sha256 } = entry.record;
    if (kind !== 'file') continue;
    if (MADE.test(path)) made.add(sha256);
    if (!SOURCE.test(path)) continue;
    const owner = image.owner(path);
    if (owner === undefined) continue;
    const name = nameOfCopy(path);
    const known = packaged.get(name);
    if (known === undefined)
      packaged.set(name, { first: { ...entry, package: owner.package }, sha256s: new Set([sha256]) });
    else known.sha256s.add(sha256);
  }
  return { packaged, made };
}

/** What the file at a path would be a copy of, by its name. */
export function copiesOf(path: string, { packaged, made }: Originals): Copies {
  const name = baseNameOf(path).toLowerCase();
  const machine = DEFAULT.exec(name)?.[1];
  const names = machine === undefined ? [name] : [`shim${machine}.efi`, `systemd-boot${machine}.efi`];
  const originals = names.flatMap((one) => packaged.get(one) ?? []);
  const loader = machine === undefined ? undefined : packaged.get(`grub${machine}.efi`);
  const all = loader === undefined ? originals : [...originals, loader];
  return { first: originals[0]?.first, sha256s: [...all.map(({ sha256s }) => sha256s), made] };
}

/** `shimx64.efi.signed` is copied as `shimx64.efi`, `lib/modules/6.1/vmlinuz` as `vmlinuz-6.1`. */
function nameOfCopy(path: string): string {
  const kernel = /modules\/([^/]+)\/vmlinuz$/.exec(path)?.[1];
  if (kernel !== undefined) return `vmlinuz-${kernel}`.toLowerCase();
  return baseNameOf(path)
    .toLowerCase()
    .replace(/\.signed$/, '');
}
