import { EBSClient } from '@aws-sdk/client-ebs';
import { type Image as Ami, DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { Failure } from '../../../core/failure.ts';
import type { CloudFacts, Image } from '../../../core/image.ts';
import { toOneLine } from '../../../core/one-line.ts';
import type { Problem } from '../../../core/problem.ts';
import { toProblem, Unreadable } from '../../disk/unreadable.ts';
import { openMachine } from '../../machine/open-machine.ts';
import type { Selection } from '../../selection.ts';
import type { CloudOptions } from '../options.ts';
import { Turns } from '../web/turns.ts';
import { isSnapshotId, requireAmi } from './ami-id.ts';
import { AWS_TIMING, callAws } from './call.ts';
import { boundAnswers, openAgent, toClientOptions } from './client-options.ts';
import { costAfter, costBefore } from './cost.ts';
import { isKeyRefused } from './failures.ts';
import { SnapshotDisk } from './snapshot-disk.ts';

/** Devices of one image; EC2 has fewer than 128. */
const MAX_DISKS = 128;
/** Calls at once, over all disks. */
const MOST_AT_ONCE = 32;
/** Bytes of blocks that are kept, over all disks. */
const KEPT = 48 * 2 ** 20;
/** Tokens of blocks that are kept, over all disks: a hundred bytes each. */
const TOKENS = 2 ** 19;

/**
 * Opens an AMI: what EC2 says of it, and the blocks of its snapshots.
 * @param id `ami-…`
 * @throws Failure NOT_FOUND, FORBIDDEN, UNAUTHORIZED, RATE_LIMITED, UNREACHABLE, REGISTRY_ERROR, USAGE, CANCELLED
 */
export async function openAmi(id: string, cloud: CloudOptions, selection: Selection): Promise<Image> {
  const { location, signal } = selection;
  requireAmi(id, cloud.region);
  const agent = await openAgent(cloud);
  const ec2 = new EC2Client(toClientOptions(cloud, 'ec2', agent));
  const ebs = new EBSClient(toClientOptions(cloud, 'ebs', agent));
  boundAnswers(ec2);
  boundAnswers(ebs);
  const close = async (): Promise<void> => {
    ec2.destroy();
    ebs.destroy();
    agent?.destroy();
  };
  try {
    const region = await regionOf(ec2);
    const ami = await describe(ec2, id, region, signal);
    const snapshots = snapshotsOf(ami);
    const facts = toFacts(ami, id, region, snapshots);
    const { disks, problems } = await openSnapshots(ebs, snapshots, signal);
    if (disks.length > 0) problems.unshift(notice(costBefore(disks)));
    const identity = { location, kind: 'aws', tags: [], cloud: facts } as const;
    const image = await openMachine(
      { identity, disks, flaws: [], problems, distant: true, close },
      selection,
    );
    return { ...image, spent: () => (disks.length === 0 ? [] : [notice(costAfter(disks))]) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function regionOf(client: EC2Client): Promise<string> {
  try {
    return await client.config.region();
  } catch (cause) {
    throw new Failure('USAGE', 'which region the image is in is not known: say --region, or set AWS_REGION', {
      cause,
    });
  }
}

async function describe(client: EC2Client, id: string, region: string, signal: AbortSignal): Promise<Ami> {
  const command = { ImageIds: [id], IncludeDeprecated: true, IncludeDisabled: true };
  const answer = await callAws(`${id} in ${region}`, signal, AWS_TIMING, () =>
    client.send(new DescribeImagesCommand(command), { abortSignal: signal }),
  );
  const [ami] = answer.Images ?? [];
  if (ami === undefined)
    throw new Failure('NOT_FOUND', `there is no ${id} in ${region}, or it is not shared with this account`);
  if (ami.ImageId === id) return ami;
  throw new Failure('REGISTRY_ERROR', `asked for ${id} in ${region}, AWS tells of another image`);
}

interface Snapshot {
  readonly id: string;
  readonly encrypted: boolean;
}

/** Each once: two devices may begin as the same snapshot. */
function snapshotsOf(ami: Ami): Snapshot[] {
  const found = new Map<string, Snapshot>();
  for (const { Ebs: ebs } of ami.BlockDeviceMappings ?? []) {
    const id = ebs?.SnapshotId;
    if (id !== undefined && id !== '' && !found.has(id))
      found.set(id, { id: id.slice(0, 100), encrypted: ebs?.Encrypted === true });
  }
  return [...found.values()];
}

function toFacts(ami: Ami, id: string, region: string, snapshots: readonly Snapshot[]): CloudFacts {
  return {
    asked: new Date().toISOString(),
    id,
    region,
    ...(ami.Name !== undefined && { name: ami.Name }),
    ...(ami.OwnerId !== undefined && { owner: ami.OwnerId }),
    ...(ami.ImageOwnerAlias !== undefined && { ownerAlias: ami.ImageOwnerAlias }),
    ...(ami.Public !== undefined && { public: ami.Public }),
    ...(ami.PlatformDetails !== undefined && { system: ami.PlatformDetails }),
    ...(ami.CreationDate !== undefined && { created: ami.CreationDate }),
    ...(ami.DeprecationTime !== undefined && { deprecated: ami.DeprecationTime }),
    productCodes: (ami.ProductCodes ?? []).flatMap(({ ProductCodeId: code }) => code ?? []),
    disks: snapshots.slice(0, MAX_DISKS).map((snapshot) => snapshot.id),
  };
}

interface Opened {
  readonly disks: SnapshotDisk[];
  readonly problems: Problem[];
}

async function openSnapshots(
  client: EBSClient,
  snapshots: readonly Snapshot[],
  signal: AbortSignal,
): Promise<Opened> {
  const disks: SnapshotDisk[] = [];
  const problems: Problem[] = [];
  const some = snapshots.slice(0, MAX_DISKS);
  const turns = new Turns(MOST_AT_ONCE);
  const share = { turns, keep: KEPT / some.length, tokens: TOKENS / some.length };
  for (const snapshot of some) {
    try {
      if (!isSnapshotId(snapshot.id))
        throw new Unreadable('UNSUPPORTED', `AWS names ${toOneLine(snapshot.id)}, which is no snapshot`);
      const access = { client, snapshot: snapshot.id, signal, timing: AWS_TIMING };
      disks.push(await SnapshotDisk.open(access, share));
    } catch (error) {
      problems.push(toSnapshotProblem(error, snapshot));
    }
  }
  if (snapshots.length > MAX_DISKS) {
    const message = `${snapshots.length - MAX_DISKS} of ${snapshots.length} snapshots were not read: no machine has more than ${MAX_DISKS}`;
    problems.push(toProblem(new Unreadable('LIMIT_FILES', message)));
  }
  return { disks, problems };
}

const CHECKED = 'what AWS says of the image was checked all the same';
/** AWS does not let one read public snapshots of others, nor copy what is not shared: what helps is said here. */
const WAYS = `AWS lets only the owner, and those it is shared with, read a snapshot: ask the owner to share it, inspect a copy that you own, or start the image in quarantine and inspect a snapshot of that volume; ${CHECKED}`;

/** @throws what is no refusal */
function toSnapshotProblem(error: unknown, { id, encrypted }: Snapshot): Problem {
  if (error instanceof Unreadable) return toProblem(error);
  if (!(error instanceof Failure) || !['FORBIDDEN', 'NOT_FOUND'].includes(error.code)) throw error;
  const key = encrypted
    ? ` It is encrypted: with its key shared too, kms:Decrypt is needed (docs/clouds.md).`
    : '';
  const ways = isKeyRefused(error.cause) ? CHECKED : `${WAYS}.${key}`;
  return {
    code: 'NO_PERMISSION',
    message: `${id} was not read: ${error.message}. ${ways}`,
    effect: 'incomplete',
  };
}

function notice(message: string): Problem {
  return { code: 'CLOUD_COST', message, effect: 'notice' };
}
