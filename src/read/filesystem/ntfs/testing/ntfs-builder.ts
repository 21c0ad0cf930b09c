import {
  fileName,
  fileRecord,
  indexEntry,
  indexRoot,
  lastEntry,
  nonResident,
  type RecordOptions,
  type RunSpec,
  resident,
} from './ntfs-parts.ts';

/*
 * Builds small NTFS volumes, so that an attack on one can be read in its test. A folder's names are in its root node unless the
 * test gives the folder an index of its own.
 */

export const CLUSTER = 512;
const RECORDS = 64;
const MFT_CLUSTER = 8;
const RECORD_BYTES = 1024;
const MIRROR_CLUSTER = MFT_CLUSTER + (RECORDS * RECORD_BYTES) / CLUSTER;
const FIRST_FREE = MIRROR_CLUSTER + 8;
const ROOT = 5;
/** 1970-01-02 as Windows counts. */
const MODIFIED = (11_644_473_600n + 86_400n) * 10_000_000n;

export interface FileSpec extends RecordOptions {
  readonly record: number;
  /** By folder record: its names there, with their namespace where it is not 1. */
  readonly names: readonly (readonly [folder: number, name: string, namespace?: number])[];
  readonly attributes?: readonly Buffer[];
  /** Of the reference that folders have to it. */
  readonly namedSequence?: number;
}

export class NtfsBuilder {
  readonly #stored: Buffer[] = [];
  readonly #files: FileSpec[] = [];
  readonly #records = new Map<number, Buffer>();
  #next = FIRST_FREE;
  label = 'Built';
  volumeFlags = 0;
  log = Buffer.alloc(8192, 0xff);

  /** Writes bytes to clusters of their own. */
  store(bytes: Buffer | string): RunSpec {
    const clusters = Math.ceil(bytes.length / CLUSTER);
    const padded = Buffer.alloc(clusters * CLUSTER);
    Buffer.from(bytes).copy(padded);
    this.#stored.push(padded);
    this.#next += clusters;
    return [clusters, this.#next - clusters];
  }

  file(spec: FileSpec): this {
    this.#files.push(spec);
    return this;
  }

  /** A record as it is, beside those of files. */
  record(number: number, bytes: Buffer): this {
    this.#records.set(number, bytes);
    return this;
  }

  build(): Buffer {
    const log = this.store(this.log);
    const boot = this.store(Buffer.from('boot code'));
    const table = nonResident(0x80, [[MIRROR_CLUSTER - MFT_CLUSTER, MFT_CLUSTER]], {
      size: RECORDS * RECORD_BYTES,
    });
    const own: FileSpec[] = [
      { record: 0, names: [[ROOT, '$MFT', 3]], attributes: [table] },
      {
        record: 2,
        names: [[ROOT, '$LogFile', 3]],
        attributes: [nonResident(0x80, [log], { size: this.log.length })],
      },
      { record: 3, names: [[ROOT, '$Volume', 3]], attributes: this.#volume() },
      { record: ROOT, names: [[ROOT, '.', 3]], isFolder: true },
      { record: 7, names: [[ROOT, '$Boot', 3]], attributes: [nonResident(0x80, [boot], { size: 9 })] },
    ];
    const given = new Set(this.#files.map(({ record }) => record));
    const files = [...own.filter(({ record }) => !given.has(record)), ...this.#files];
    const records = new Map(files.map((file) => [file.record, this.#fileRecord(file, files)]));
    for (const [number, bytes] of this.#records) records.set(number, bytes);
    return this.#lay(records);
  }

  #volume(): Buffer[] {
    const information = Buffer.alloc(12);
    information.writeUInt16LE(this.volumeFlags, 10);
    return [resident(0x60, Buffer.from(this.label, 'utf16le')), resident(0x70, information)];
  }

  #fileRecord(file: FileSpec, files: readonly FileSpec[]): Buffer {
    const standard = Buffer.alloc(48);
    standard.writeBigUInt64LE(MODIFIED, 8);
    const names = file.names.map(([folder, name, namespace]) =>
      resident(0x30, fileName(folder, name, namespace)),
    );
    const others = [...(file.attributes ?? [])];
    if (file.isFolder === true && !others.some((attribute) => attribute.readUInt32LE(0) === 0x90))
      others.push(indexRoot([...entriesOf(file.record, files), lastEntry()], 1024));
    return fileRecord([resident(0x10, standard), ...names, ...others], file);
  }

  #lay(records: ReadonlyMap<number, Buffer>): Buffer {
    const clusters = this.#next;
    const disk = Buffer.alloc((clusters + 1) * CLUSTER);
    for (const [number, bytes] of records) {
      bytes.copy(disk, MFT_CLUSTER * CLUSTER + number * RECORD_BYTES);
      if (number < 4) bytes.copy(disk, MIRROR_CLUSTER * CLUSTER + number * RECORD_BYTES);
    }
    let at = FIRST_FREE * CLUSTER;
    for (const bytes of this.#stored) at += bytes.copy(disk, at);
    const boot = bootSector({ clusters });
    boot.copy(disk, 0);
    boot.copy(disk, clusters * CLUSTER);
    return disk;
  }
}

/** Entries of a folder for all the names that files have in it, in no order. */
export function entriesOf(folder: number, files: readonly FileSpec[]): Buffer[] {
  return files.flatMap(({ record, names, namedSequence }) =>
    names
      .filter(([where]) => where === folder)
      .map(([, name, namespace]) =>
        indexEntry(record, fileName(folder, name, namespace), undefined, namedSequence),
      ),
  );
}

/** Where a file record begins in a built volume. */
export function recordAt(number: number): number {
  return MFT_CLUSTER * CLUSTER + number * RECORD_BYTES;
}

export function bootSector({
  clusters = 1000,
  sectorSize = CLUSTER,
  sectorsPerCluster = 1,
  record = 2,
}: {
  readonly clusters?: number;
  readonly sectorSize?: number;
  /** As encoded. */
  readonly sectorsPerCluster?: number;
  /** As encoded. */
  readonly record?: number;
}): Buffer {
  const sector = Buffer.alloc(512);
  sector.write('NTFS    ', 3, 'latin1');
  sector.writeUInt16LE(sectorSize, 11);
  sector.writeUInt8(sectorsPerCluster, 13);
  sector.writeBigUInt64LE(BigInt(clusters), 40);
  sector.writeBigUInt64LE(BigInt(MFT_CLUSTER), 48);
  sector.writeBigUInt64LE(BigInt(MIRROR_CLUSTER), 56);
  sector.writeInt8(record, 64);
  sector.writeInt8(2, 68);
  sector.writeBigUInt64LE(0x0123456789abcdefn, 72);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
