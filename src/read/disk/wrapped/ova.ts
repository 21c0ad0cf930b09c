import { normalisePath } from '../../../core/layer-path.ts';
import type { BlockSource } from '../block-source.ts';
import { FlawList } from '../flaw-list.ts';
import { Unreadable } from '../unreadable.ts';
import { toMemberSource } from './member-source.ts';
import { hasDigest, parseDigests } from './ova-digests.ts';
import { type Ovf, type OvfDisk, type OvfFile, parseOvf } from './ovf.ts';
import type { TarMember } from './tar-members.ts';

/*
 * An OVA: a tar of a descriptor, disks and perhaps a manifest of digests.
 *
 * The descriptor decides which members are disks, as it does for who imports it. Where it cannot be read, each member that is called a
 * disk is one. The digests are no signature, only what the maker says the files are: a wrong one means that the archive is not
 * what was made.
 */

const LARGEST_DESCRIPTOR = 4 * 2 ** 20;
const DISK_NAMES = /\.(?:vmdk|vhd|vhdx|vdi|qcow2|raw|img|iso)$/i;

/** Members by name. */
export type Members = ReadonlyMap<string, TarMember>;

export interface OvaContent {
  /** Names of members that hold disks, in the order in which the machine has them. */
  readonly disks: readonly string[];
  readonly flaws: readonly Unreadable[];
}

/** @throws Failure of the source, CANCELLED */
export async function readOva(
  archive: BlockSource,
  members: Members,
  descriptor: TarMember,
  signal: AbortSignal | undefined,
): Promise<OvaContent> {
  const flaws = new FlawList();
  const noted = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      flaws.add(error);
      return undefined;
    }
  };
  const ovf = await noted(async () => {
    const source = toMemberSource(archive, descriptor);
    return parseOvf(await readText(source), source.name);
  });
  const stated = ovf === undefined ? undefined : new DiskFinder(archive, members, ovf);
  flaws.addAll(stated?.flaws.all ?? []);
  const called = [...members.keys()].filter((name) => DISK_NAMES.test(name));
  const disks = stated === undefined ? called : [...stated.disks];
  await noted(() => checkDigests(archive, members, [descriptor.name, ...disks], flaws, signal));
  return { disks, flaws: flaws.all };
}

async function readText(source: BlockSource): Promise<Buffer> {
  if (source.size > LARGEST_DESCRIPTOR)
    throw new Unreadable(
      'UNSUPPORTED',
      `${source.name} has ${source.size} bytes, more than a descriptor has`,
    );
  return source.read(0, source.size);
}

/** Goes through what the descriptor names. */
class DiskFinder {
  readonly disks = new Set<string>();
  readonly flaws = new FlawList();
  readonly #archive: BlockSource;
  readonly #members: Members;

  constructor(archive: BlockSource, members: Members, { files, disks }: Ovf) {
    this.#archive = archive;
    this.#members = members;
    const byId = Map.groupBy(files, ({ id }) => id);
    for (const disk of disks) this.#add(disk, byId.get(disk.fileId) ?? []);
    // A CD that is shipped along, as cloud-init's seed is, is no entry of the disk section.
    for (const file of files) if (/\.iso$/i.test(file.href)) this.#addFile(file);
  }

  /** @param files that have the id of the disk's */
  #add({ id, parentId }: OvfDisk, files: readonly OvfFile[]): void {
    const [file] = files;
    if (file === undefined || files.length > 1) {
      this.#mark(
        'MALFORMED_DISK',
        `disk ${show(id)} is in ${file === undefined ? 'no' : 'more than one'} file`,
      );
      return;
    }
    if (parentId !== undefined && parentId !== '')
      this.#mark('UNSUPPORTED', `disk ${show(id)} is laid over ${show(parentId)}, and was read by itself`);
    this.#addFile(file);
  }

  #addFile(file: OvfFile): void {
    const { href, size } = file;
    const member = this.#members.get(href) ?? this.#members.get(toName(href));
    const why = whyUnread(file, member);
    if (member === undefined || why !== undefined) {
      this.#mark('UNSUPPORTED', `${show(href)} ${why}, and was not read`);
      return;
    }
    if (this.disks.has(member.name)) return;
    if (size !== undefined && size !== member.size)
      this.#mark('MALFORMED_DISK', `${show(href)} has ${member.size} bytes, and is said to have ${size}`);
    this.disks.add(member.name);
  }

  #mark(code: 'MALFORMED_DISK' | 'UNSUPPORTED', what: string): void {
    this.flaws.tell(code, `of ${this.#archive.name}, ${what}`);
  }
}

function whyUnread({ isChunked, compression }: OvfFile, member: TarMember | undefined): string | undefined {
  if (isChunked) return 'is in chunks';
  if (compression !== undefined) return `is compressed with ${show(compression)}`;
  return member === undefined ? 'is not in it' : undefined;
}

/** A reference is a URL, relative to the descriptor. */
function toName(href: string): string {
  try {
    return normalisePath(decodeURIComponent(href)).path;
  } catch {
    return href;
  }
}

/** @throws Unreadable, Failure of the source, CANCELLED */
async function checkDigests(
  archive: BlockSource,
  members: Members,
  needed: readonly string[],
  flaws: FlawList,
  signal: AbortSignal | undefined,
): Promise<void> {
  const manifest = [...members.values()].find(({ name }) => /^[^/]+\.mf$/i.test(name));
  if (manifest === undefined) return;
  const source = toMemberSource(archive, manifest);
  const stated = parseDigests((await readText(source)).toString('utf8'), source.name);
  const mark = (code: 'CHECKSUM_MISMATCH' | 'MALFORMED_DISK' | 'UNSUPPORTED', what: string): void => {
    flaws.tell(code, `${source.name}: ${what}`);
  };
  for (const digest of stated) {
    const member = members.get(digest.file);
    const name = show(digest.file);
    if (member === undefined) mark('MALFORMED_DISK', `${name} is listed, and is not in the archive`);
    // Its holes may be endless.
    else if (member.extents !== undefined)
      mark('UNSUPPORTED', `the digest of the sparse ${name} was not checked`);
    else if (!(await hasDigest(toMemberSource(archive, member), digest, signal)))
      mark('CHECKSUM_MISMATCH', `${name} is not what was digested with ${digest.algorithm}`);
  }
  const listed = new Set(stated.map(({ file }) => file));
  for (const name of needed) if (!listed.has(name)) mark('MALFORMED_DISK', `${show(name)} is not listed`);
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
