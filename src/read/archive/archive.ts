import { Failure } from '../../core/failure.ts';
import type { Image } from '../../core/image.ts';
import type { Problem } from '../../core/problem.ts';
import { WITHOUT_ATTACHMENTS } from '../location.ts';
import { ROOT_FOLDERS } from '../rootfs/root-names.ts';
import { openRootTar } from '../rootfs/root-tar.ts';
import type { Selection } from '../selection.ts';
import { detectCompression, MAGIC_BYTES } from '../unpack/compression.ts';
import { decompressed } from '../unpack/decompress.ts';
import { openDockerArchive } from './docker-archive.ts';
import { LocalFile } from './local-file.ts';
import { type OpenedLayout, openLayout, openLayoutSubject } from './oci-layout.ts';
import { spool } from './spool.ts';
import { indexTar, type TarIndex } from './tar-index.ts';
import { TarStore } from './tar-store.ts';

export type ArchiveKind = 'oci-archive' | 'docker-archive' | 'rootfs';

/**
 * Opens a file that holds an image: an OCI archive, a docker archive or a tar of a root file system, plain or
 * compressed with gzip, zstd or xz. A compressed one is spooled first (see `spool.ts`).
 *
 * @param kind undefined: the members tell
 * @throws Failure NOT_FOUND, NO_PERMISSION, NOT_AN_IMAGE, TRUNCATED, MALFORMED, UNSUPPORTED, TOO_LARGE, DISK_FULL,
 * CANCELLED; and what `openLayout` and `openDockerArchive` throw
 */
export async function openArchive(
  path: string,
  kind: ArchiveKind | undefined,
  reference: string | undefined,
  selection: Selection,
): Promise<Image[]> {
  const { file, problems, index, told } = await openListed(path, kind, selection);
  const images = await openTold(told, file, index, reference, selection);
  return images.map((image) => ({ ...image, problems: [...problems, ...image.problems] }));
}

/**
 * Opens an OCI archive for what is attached to an image in it.
 * @param kind undefined: the members tell
 * @throws Failure as `openArchive`; UNSUPPORTED for an archive of another kind
 */
export async function openArchiveSubject(
  path: string,
  kind: 'oci-archive' | undefined,
  reference: string | undefined,
  selection: Selection,
): Promise<OpenedLayout> {
  const { file, index, told } = await openListed(path, kind, selection);
  if (told === 'oci-archive') return openLayoutSubject(await toStore(file, index), reference, selection);
  await file.close();
  throw new Failure('UNSUPPORTED', `${path} is a ${told} archive: ${WITHOUT_ATTACHMENTS}`);
}

interface Listed extends Plain {
  readonly index: TarIndex;
  readonly told: ArchiveKind;
}

async function openListed(
  path: string,
  kind: ArchiveKind | undefined,
  selection: Selection,
): Promise<Listed> {
  const plain = await openPlain(path, selection);
  try {
    const index = await listOrRefuse(plain.file, selection.signal);
    return { ...plain, index, told: kind ?? kindOf(index, plain.file.name) };
  } catch (error) {
    await plain.file.close();
    throw error;
  }
}

interface Plain {
  readonly file: LocalFile;
  readonly problems: readonly Problem[];
}

async function openPlain(path: string, { limits, signal }: Selection): Promise<Plain> {
  const file = await LocalFile.open(path, { follow: true });
  let compression: ReturnType<typeof detectCompression>;
  try {
    compression = detectCompression(await file.read(0, MAGIC_BYTES));
    if (compression === 'none') return { file, problems: [] };
    const problems: Problem[] = [];
    const source = decompressed(
      file.stream(0, file.size, signal),
      compression,
      limits,
      signal,
      ({ offset }) => {
        problems.push({
          code: 'MALFORMED_ARCHIVE',
          effect: 'notice',
          message: `the archive holds bytes behind its compressed content, at offset ${offset}, that no tool reads`,
        });
      },
    );
    const spooled = await spool(source, { what: path, identity: file.identity, most: limits.bytes, signal });
    await file.close();
    return { file: spooled, problems };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function listOrRefuse(file: LocalFile, signal: AbortSignal): Promise<TarIndex> {
  const index = await indexTar(file, signal);
  if (index !== undefined) return index;
  if (file.size === 0) throw new Failure('NOT_AN_IMAGE', `${file.name} is empty`);
  throw new Failure(
    'NOT_AN_IMAGE',
    `${file.name} is no tar, plain or compressed: neither an image archive nor a root file system`,
  );
}

/**
 * An archive with both tables is opened as `docker load` does, and refused should they disagree. One with neither is
 * a root file system if it looks like one: an image archive that lost its tables does not.
 */
function kindOf({ members, flaw }: TarIndex, name: string): ArchiveKind {
  if (members.has('manifest.json')) return 'docker-archive';
  if (members.has('oci-layout') && members.has('index.json')) return 'oci-archive';
  const tops = new Set([...members.keys()].map((path) => path.split('/', 1)[0]));
  if (ROOT_FOLDERS.some((folder) => tops.has(folder))) return 'rootfs';
  if (flaw !== undefined) throw flaw;
  throw new Failure(
    'NOT_AN_IMAGE',
    `${name} holds neither the tables of an image archive nor a root file system: if it is the latter all the same, write rootfs:${name}`,
  );
}

async function openTold(
  kind: ArchiveKind,
  file: LocalFile,
  index: TarIndex,
  reference: string | undefined,
  selection: Selection,
): Promise<Image[]> {
  if (kind === 'rootfs') return [await openRootTar(file, selection)];
  const store = await toStore(file, index);
  if (kind === 'oci-archive') return openLayout(store, kind, reference, selection);
  return openDockerArchive(store, { kind, tags: [] }, reference, selection);
}

async function toStore(file: LocalFile, index: TarIndex): Promise<TarStore> {
  try {
    return new TarStore(file, index);
  } catch (error) {
    await file.close();
    throw error;
  }
}
