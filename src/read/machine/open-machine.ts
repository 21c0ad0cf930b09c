import { createHash } from 'node:crypto';
import { type Digest, toDigest } from '../../core/digest.ts';
import type { Image, ImageIdentity, LayerSource } from '../../core/image.ts';
import type { LayerRef, Problem, VolumeRef } from '../../core/problem.ts';
import type { BlockSource } from '../disk/block-source.ts';
import { toProblem, Unreadable } from '../disk/unreadable.ts';
import { DRIVERS } from '../filesystem/all.ts';
import { NO_CONFIG } from '../manifest/config.ts';
import type { Volume } from '../partition/contract.ts';
import { findVolumes } from '../partition/find-volumes.ts';
import type { Selection } from '../selection.ts';
import { toBootCodeLayer } from './boot-code.ts';
import { naming, openVolumes } from './open-volumes.ts';
import type { OpenedVolume } from './opened-volume.ts';
import { type Placement, planTrees } from './plan.ts';
import { toLayerSource } from './volume-layer.ts';

/** What is known of a machine image besides its disks. */
export interface Machine {
  readonly identity: ImageIdentity;
  /** In the order in which the machine has them. */
  readonly disks: readonly BlockSource[];
  /** What is wrong with the files the disks are in. */
  readonly flaws: readonly Unreadable[];
  readonly problems: readonly Problem[];
  /** True where each read waits for a network. */
  readonly distant: boolean;
  close(): Promise<void>;
}

const HEAD = 128 * 1024;

/**
 * Opens the disks of a machine as an image: one layer for each volume. Every volume is a layer or a problem.
 * @throws Failure of the source. The machine is closed with the image, or when this throws.
 */
export async function openMachine(machine: Machine, { limits }: Selection): Promise<Image> {
  try {
    const { volumes, flaws } = await findVolumes(machine.disks, DRIVERS);
    const { opened, problems } = await openVolumes(volumes);
    const { placements, problems: unlaid } = await planTrees(opened);
    problems.push(...unlaid);
    problems.push(...opened.filter((one) => !isPlaced(one, placements)).map(toRootless));
    const budget = { entries: limits.files };
    const layers: LayerSource[] = [];
    for (const placement of placements) {
      const ref = await toRef(layers.length, placement.volume, toVolumeRef(placement));
      const mounts = placements.flatMap(({ tree, mount = '' }) => (tree === placement.tree ? [mount] : []));
      layers.push(toLayerSource({ ...placement, ref, mounts, distant: machine.distant }, limits, budget));
    }
    let tree = (placements.at(-1)?.tree ?? -1) + 1;
    for (const volume of volumes.filter(({ content }) => content.kind === 'boot-code')) {
      layers.push(toBootCodeLayer(volume, await toRef(layers.length, volume, { name: volume.name }), tree++));
    }
    return {
      identity: machine.identity,
      config: NO_CONFIG,
      layers,
      problems: [
        ...machine.problems,
        ...[...machine.flaws, ...flaws].map((flaw) => toProblem(flaw)),
        ...problems,
        ...(layers.length === 0 ? [NOTHING_READ] : []),
      ],
      close: () => machine.close(),
    };
  } catch (error) {
    await machine.close();
    throw error;
  }
}

function isPlaced({ fileSystem }: OpenedVolume, placements: readonly Placement[]): boolean {
  return placements.some((one) => one.fileSystem === fileSystem);
}

/** It opens, but there is no folder to begin at: it must not be passed over. */
function toRootless({ volume }: OpenedVolume): Problem {
  return naming(volume, new Unreadable('MALFORMED_FILE_SYSTEM', 'its root folder cannot be read'));
}

const NOTHING_READ: Problem = {
  code: 'UNKNOWN_CONTENT',
  message: 'no file system of the image could be read',
  effect: 'incomplete',
};

function toVolumeRef({ volume, fileSystem, base, mount }: Placement): VolumeRef {
  return {
    name: base === '' ? volume.name : `${volume.name}, ${base}`,
    fileSystem: fileSystem.kind,
    ...(fileSystem.label !== undefined && fileSystem.label !== '' && { label: fileSystem.label }),
    ...(mount !== undefined && { mount }),
  };
}

async function toRef(index: number, { source, name }: Volume, volume: VolumeRef): Promise<LayerRef> {
  const digest = await digestOf(source, name);
  return { index, digest, diffId: digest, volume };
}

async function digestOf(source: BlockSource, name: string): Promise<Digest> {
  const hash = createHash('sha256').update(`${name}\0${source.size}\0`);
  hash.update(await source.read(0, Math.min(HEAD, source.size)));
  return toDigest('sha256', hash.digest('hex'));
}
