import type { BlockSource } from '../block-source.ts';
import { type ContainerOptions, openParent } from '../container.ts';
import { closeAll, locatedDisk } from '../located-disk.ts';
import { runOf } from '../runs.ts';
import { Unreadable } from '../unreadable.ts';
import { type Descriptor, isDescriptor, LONGEST_DESCRIPTOR, parseDescriptor } from './descriptor.ts';
import { type Extent, openExtents, openSparse } from './extents.ts';
import { Kept } from './sparse-extent.ts';
import { isSparse, parseSparseHeader, SECTOR, type SparseHeader } from './sparse-header.ts';

/** Whether it is a sparse extent or the text that describes a disk. */
export function isVmdk(head: Buffer): boolean {
  return isSparse(head) || isDescriptor(head);
}

/**
 * Opens a VMDK disk: a sparse file, or the descriptor of one whose extents are in files beside it.
 * @throws Unreadable UNSUPPORTED (names the kind of extent), MALFORMED_DISK, TRUNCATED; Failure of the source and its neighbours
 */
export async function openVmdk(source: BlockSource, options: ContainerOptions): Promise<BlockSource> {
  const header = await readHeader(source);
  const embedsContent = header !== undefined && header.size > 0;
  const descriptor = await readDescriptor(source, header);
  if (descriptor !== undefined) reportOddities(source, descriptor, embedsContent, options);
  const opened: BlockSource[] = [];
  try {
    const parent = await openDescribed(source, descriptor, options);
    if (parent !== undefined) opened.push(parent);
    const place = {
      kept: new Kept(),
      under: (offset: number, most: number) => runOf(parent, offset, most),
    };
    const extents = embedsContent
      ? [await openSparse(source, { ...place, start: 0 }, options.flaw)]
      : await openExtents(source, descriptor?.extents ?? [], place, options, opened);
    return toDisk(source, extents, opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

async function readHeader(source: BlockSource): Promise<SparseHeader | undefined> {
  const head = await source.read(0, Math.min(SECTOR, source.size));
  return isSparse(head) ? parseSparseHeader(head, source.name) : undefined;
}

/** Embedded or by itself; undefined where a sparse extent has none: one of several, or of ESX. */
async function readDescriptor(
  source: BlockSource,
  header: SparseHeader | undefined,
): Promise<Descriptor | undefined> {
  const place = header === undefined ? { offset: 0, length: source.size } : header.descriptor;
  if (place === undefined) return undefined;
  if (place.length > LONGEST_DESCRIPTOR)
    throw new Unreadable(
      'MALFORMED_DISK',
      `${source.name}: its descriptor would be ${place.length} bytes long`,
    );
  const text = (await source.read(place.offset, place.length)).toString('utf8');
  return parseDescriptor(text.split('\0', 1)[0] ?? '', source.name);
}

/** What other readers may take another way. */
function reportOddities(
  { name }: BlockSource,
  { strange, extents, parentId, parentFile }: Descriptor,
  embedded: boolean,
  { flaw }: ContainerOptions,
): void {
  const report = (what: string) => flaw(new Unreadable('MALFORMED_DISK', `${name}: its descriptor ${what}`));
  const [line] = strange;
  if (line !== undefined) report(`has a line that says nothing known: ${JSON.stringify(line)}`);
  if (parentFile !== undefined && parentId === undefined)
    report('names a parent, and says that there is none: it is read over that parent');
  if (embedded && extents.length > 1)
    report(`lists ${extents.length} extents, and is itself in one: only that one is read`);
}

async function openDescribed(
  source: BlockSource,
  descriptor: Descriptor | undefined,
  options: ContainerOptions,
): Promise<BlockSource | undefined> {
  const { parentId, parentFile } = descriptor ?? {};
  if (parentFile === undefined) {
    if (parentId === undefined) return undefined;
    const message = `${source.name} is what changed of another disk, and does not say of which`;
    throw new Unreadable('MALFORMED_DISK', message);
  }
  const openAny: ContainerOptions['openAny'] = async (file, depth, format) => {
    const contentId = await readContentId(file);
    if (parentId !== undefined && contentId !== undefined && contentId !== parentId) {
      const message = `${file.name} was written to since ${source.name} was made over it: what is read is neither disk`;
      options.flaw(new Unreadable('MALFORMED_DISK', message));
    }
    return options.openAny(file, depth, format);
  };
  return openParent(source, { ...options, openAny }, parentFile, 'vmdk');
}

/** Undefined for what is no VMDK, or one without a descriptor. */
async function readContentId(file: BlockSource): Promise<number | undefined> {
  const head = await file.read(0, Math.min(2 * SECTOR, file.size));
  return isVmdk(head) ? (await readDescriptor(file, await readHeader(file)))?.contentId : undefined;
}

function toDisk(
  source: BlockSource,
  extents: readonly Extent[],
  opened: readonly BlockSource[],
): BlockSource {
  const last = extents.at(-1);
  const locate = async (offset: number, most: number) => {
    const extent = extentAt(extents, offset);
    const within = offset - extent.start;
    return extent.locate(within, Math.min(most, extent.size - within));
  };
  const size = last === undefined ? 0 : last.start + last.size;
  return locatedDisk({ name: source.name, size }, locate, [source, ...opened]);
}

/** The last one that starts at or before `offset`, which is inside the disk: one of no bytes is never it. */
function extentAt(extents: readonly Extent[], offset: number): Extent {
  let low = 0;
  let high = extents.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((extents[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const found = extents[low];
  if (found !== undefined) return found;
  throw new Unreadable('MALFORMED_DISK', 'a disk without extents has nothing to read', offset);
}
