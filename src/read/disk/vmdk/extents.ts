import type { BlockSource } from '../block-source.ts';
import { type ContainerOptions, requireFileName } from '../container.ts';
import type { Run } from '../runs.ts';
import { Unreadable } from '../unreadable.ts';
import type { ExtentLine } from './descriptor.ts';
import { type ExtentPlace, SparseExtent } from './sparse-extent.ts';
import { parseSparseHeader, SECTOR, type SparseHeader } from './sparse-header.ts';
import { checkStream } from './stream.ts';

/** A part of the disk that is kept in one way in one file. */
export interface Extent {
  /** Byte of the disk. */
  readonly start: number;
  readonly size: number;
  /** As `Locate` has it, from the start of the extent. */
  locate(offset: number, most: number): Promise<Run>;
}

type Flaw = ContainerOptions['flaw'];

/** Types whose file holds the content as it is. VMFS has no offset. */
const FLAT = ['FLAT', 'VMFS'];
/** Types whose file has a sparse header. */
const SPARSE = ['SPARSE', 'VMFSSPARSE'];

/**
 * Opens the extents that a descriptor lists, one after the other.
 * @param opened takes every file that was opened
 * @throws Unreadable UNSUPPORTED (names the type), MALFORMED_DISK, TRUNCATED; Failure of the neighbours
 */
export async function openExtents(
  source: BlockSource,
  lines: readonly ExtentLine[],
  place: Omit<ExtentPlace, 'start'>,
  { neighbour, flaw }: ContainerOptions,
  opened: BlockSource[],
): Promise<Extent[]> {
  if (lines.length === 0) throw new Unreadable('MALFORMED_DISK', `${source.name} lists no extents`);
  const files = new Map<string, BlockSource>();
  const open = async (name: string): Promise<BlockSource> => {
    const file = files.get(name) ?? (await neighbour(requireFileName(source, name), source));
    if (!files.has(name)) opened.push(file);
    files.set(name, file);
    return file;
  };
  const extents: Extent[] = [];
  let start = 0;
  for (const line of lines) {
    const extent = await openExtent(source, line, { ...place, start }, open, flaw);
    extents.push(extent);
    start += line.size;
    if (!Number.isSafeInteger(start))
      throw new Unreadable('MALFORMED_DISK', `${source.name} would be more than 2^53 bytes`);
  }
  return extents;
}

async function openExtent(
  source: BlockSource,
  line: ExtentLine,
  place: ExtentPlace,
  open: (name: string) => Promise<BlockSource>,
  flaw: Flaw,
): Promise<Extent> {
  const { size, type, offset, access } = line;
  const { start } = place;
  if (access === 'NOACCESS') return { start, size, locate: async () => refuseAccess(source, start) };
  if (type === 'ZERO') return { start, size, locate: async (_, most) => ({ kind: 'zeros', length: most }) };
  if (!FLAT.includes(type) && !SPARSE.includes(type))
    throw new Unreadable('UNSUPPORTED', `${source.name} has an extent of type ${type}, which is not read`);
  if (line.file === undefined)
    throw new Unreadable(
      'MALFORMED_DISK',
      `${source.name} has an extent of type ${type} and does not say where`,
    );
  const file = await open(line.file);
  if (FLAT.includes(type)) return flat(file, start, size, offset);
  const sparse = await openSparse(file, place, flaw);
  // The last grain may be larger than what is left of the disk.
  if (sparse.size >= size) return { ...sparse, size };
  const message = `${file.name} has ${sparse.size} bytes where ${source.name} says ${size}`;
  throw new Unreadable('MALFORMED_DISK', message);
}

function flat(source: BlockSource, start: number, size: number, offset: number): Extent {
  return {
    start,
    size,
    locate: async (at, most) => ({ kind: 'stored', source, offset: offset + at, length: most }),
  };
}

function refuseAccess({ name }: BlockSource, offset: number): never {
  throw new Unreadable('UNSUPPORTED', `${name} has an extent that nobody may read`, offset);
}

/**
 * Opens a file that is one sparse extent.
 * @throws Unreadable MALFORMED_DISK, UNSUPPORTED, TRUNCATED; Failure of the source
 */
export async function openSparse(source: BlockSource, place: ExtentPlace, flaw: Flaw): Promise<Extent> {
  const first = parseSparseHeader(await source.read(0, Math.min(SECTOR, source.size)), source.name);
  if (first.size === 0)
    throw new Unreadable('MALFORMED_DISK', `${source.name} is a sparse extent of no bytes`);
  if (first.changedLineEnds) {
    const message = `${source.name} was transferred as text: line ends in it were changed`;
    flaw(new Unreadable('MALFORMED_DISK', message, 73));
  }
  const header = first.directory === undefined ? await readFooter(source, first, flaw) : first;
  if (header.size === 0)
    throw new Unreadable('MALFORMED_DISK', `${source.name} ends as an extent of no bytes`);
  const directory = chooseDirectory(source, header, flaw);
  const extent = new SparseExtent(source, header, directory, place);
  if (header.markers) await tellStray(source, header, extent, flaw);
  return {
    start: place.start,
    size: header.size,
    locate: (offset, most) => extent.locate(offset, most),
  };
}

async function tellStray(
  source: BlockSource,
  header: SparseHeader,
  extent: SparseExtent,
  flaw: Flaw,
): Promise<void> {
  try {
    const stray = await checkStream(source, header, (offset) => extent.placeOf(offset));
    if (stray !== undefined) flaw(stray);
  } catch (error) {
    // One table that cannot be read does not keep the others from being read.
    if (!(error instanceof Unreadable)) throw error;
    flaw(error);
  }
}

/** Marker, header, end-of-stream marker: the last three sectors of a file that was written front to back. */
async function readFooter(source: BlockSource, first: SparseHeader, flaw: Flaw): Promise<SparseHeader> {
  const at = (Math.floor(source.size / SECTOR) - 2) * SECTOR;
  const bytes = await source.read(Math.max(at, 0), Math.min(SECTOR, source.size));
  if (bytes.toString('latin1', 0, 4) !== 'KDMV') {
    const message = `${source.name} ends without its footer, which says where its grains are`;
    throw new Unreadable('TRUNCATED', message, at);
  }
  const footer = parseSparseHeader(bytes, source.name, at);
  if (footer.size !== first.size || footer.grainSize !== first.grainSize) {
    const message = `${source.name}: its header says ${first.size} bytes, its footer ${footer.size}, in other grains perhaps: the footer is followed`;
    flaw(new Unreadable('MALFORMED_DISK', message, at));
  }
  return footer;
}

/** The first, unless it cannot be there and its copy can. */
function chooseDirectory(source: BlockSource, header: SparseHeader, flaw: Flaw): number {
  const { directory, redundantDirectory, size, grainSize, entriesPerTable } = header;
  const length = Math.ceil(size / (grainSize * entriesPerTable)) * 4;
  const fits = (at: number | undefined): at is number =>
    at !== undefined && at > 0 && at + length <= source.size;
  if (fits(directory)) return directory;
  const shown = directory ?? 'the end';
  if (fits(redundantDirectory)) {
    const message = `${source.name}: its grain directory cannot be at ${shown}: the copy at ${redundantDirectory} is used`;
    flaw(new Unreadable('MALFORMED_DISK', message, 56));
    return redundantDirectory;
  }
  const message = `${source.name} ends at byte ${source.size}: its grain directory of ${length} bytes cannot be at ${shown}`;
  throw new Unreadable('TRUNCATED', message, 56);
}
