import type { Problem, ProblemCode } from '../../core/problem.ts';
import type { BlockSource } from '../disk/block-source.ts';
import { requireInside } from '../disk/bounded.ts';
import { Recent } from '../disk/recent.ts';
import { toProblem, Unreadable } from '../disk/unreadable.ts';
import { DRIVERS } from '../filesystem/all.ts';
import { PIECE } from '../filesystem/content.ts';
import type { Node } from '../filesystem/contract.ts';
import { findVolumes } from '../partition/find-volumes.ts';
import { openVolumes } from './open-volumes.ts';
import { below, childrenOf, type OpenedVolume, topOf, type VolumeFolder } from './opened-volume.ts';

/*
 * File systems in files. A live system, an appliance, a loop mount: the volume holds one large file, and the system is in that. A file is
 * looked into where something mounts it, or a live system would have it; everywhere else it is a file like others.
 */

/** Where live systems have theirs: Debian, Ubuntu, dracut (dmsquash-live), Arch and its kin. */
const FOLDERS = ['', 'live', 'casper', 'LiveOS', 'arch/x86_64', 'arch/aarch64', 'images'];
/** What a kernel unpacks is no file system, and large. */
const NAMES = /^(?!initr(?:d|amfs)).*\.(?:squashfs|sfs|img|erofs|raw|ext[234]|xfs|btrfs)$/i;
/** Smaller ones are no system. */
const LEAST_BYTES = 4096;
const MAX_IMAGES = 32;
const KEPT_BYTES = 16 * 2 ** 20;

export interface OpenedImages {
  readonly opened: readonly OpenedVolume[];
  readonly problems: readonly Problem[];
}

/** What in the usual places may be a live system, and what such a one has in it again. @throws Failure of the source */
export async function openLiveImages(volumes: readonly OpenedVolume[]): Promise<OpenedImages> {
  const opened: OpenedVolume[] = [];
  const problems: Problem[] = [];
  for (let level = volumes; level.length > 0; ) {
    const next: OpenedVolume[] = [];
    for (const file of (await Promise.all(level.map(liveImagesOn))).flat()) {
      if (opened.length + next.length >= MAX_IMAGES) {
        const message = `more than ${MAX_IMAGES} file systems are in files: ${file.base} of ${file.volume.name} was not looked into`;
        return {
          opened: [...opened, ...next],
          problems: [...problems, toProblem(new Unreadable('LIMIT_FILES', message))],
        };
      }
      // Not every file that is called so holds a file system.
      const found = await openImage(file, 'UNKNOWN_CONTENT');
      next.push(...found.opened);
      problems.push(...found.problems);
    }
    opened.push(...next);
    level = level === volumes ? next : [];
  }
  return { opened, problems };
}

async function liveImagesOn(volume: OpenedVolume): Promise<VolumeFolder[]> {
  const top = await topOf(volume);
  if (top === undefined) return [];
  const files: VolumeFolder[] = [];
  for (const path of FOLDERS) {
    const folder = path === '' ? top : await below(top, path);
    if (folder?.start.kind !== 'directory') continue;
    for await (const { name, open } of childrenOf(folder)) {
      const start = NAMES.test(name) ? await open() : undefined;
      if (start?.kind === 'file' && start.size >= LEAST_BYTES)
        files.push({ ...folder, start, base: path === '' ? name : `${path}/${name}` });
      // One more than are looked into, which is said.
      if (files.length > MAX_IMAGES) return files;
    }
  }
  return files;
}

/**
 * The file systems in a file.
 * @param leftOut a problem that is none here
 * @throws Failure of the source
 */
export async function openImage(
  { volume, start, base }: VolumeFolder,
  leftOut?: ProblemCode,
): Promise<OpenedImages> {
  const name = `${volume.name}, ${base}`;
  const { volumes, flaws } = await findVolumes([toSource(start, name)], DRIVERS);
  const isOne = volumes.length === 1;
  const named = volumes.map((one) => ({
    ...one,
    name: isOne ? name : `${name}, ${one.name}`,
    names: { devices: [] },
  }));
  const { opened, problems } = await openVolumes(named);
  const all = [...flaws.map((flaw) => toProblem(flaw)), ...problems];
  const isNone = opened.length === 0 && all.every(({ code }) => code === leftOut);
  return { opened, problems: isNone ? [] : all };
}

/** It owns nothing: closing it does nothing. */
function toSource(node: Node, name: string): BlockSource {
  const kept = new Recent<number>(KEPT_BYTES);
  const pieceAt = (index: number): Promise<Buffer> =>
    kept.get(index, () => node.read(index * PIECE, Math.min(PIECE, node.size - index * PIECE)));
  const source: BlockSource = {
    name,
    size: node.size,
    async read(offset, length) {
      requireInside(source, offset, length);
      const parts: Buffer[] = [];
      for (let at = offset; at < offset + length; ) {
        const index = Math.floor(at / PIECE);
        const from = at - index * PIECE;
        const part = (await pieceAt(index)).subarray(from, from + offset + length - at);
        parts.push(part);
        at += part.length;
      }
      const [only] = parts;
      return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
    },
    async close() {},
  };
  return source;
}
