import { EBSClient } from '@aws-sdk/client-ebs';
import { type Image as Ami, DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { Failure } from '../../../core/failure.ts';
import type { CloudFacts, Image } from '../../../core/image.ts';
import type { Problem } from '../../../core/problem.ts';
import { toProblem, Unreadable } from '../../disk/unreadable.ts';
import { openMachine } from '../../machine/open-machine.ts';
import type { Selection } from '../../selection.ts';
import type { CloudOptions } from '../options.ts';
import { costAfter, costBefore } from './cost.ts';
import { toAwsFailure } from './failures.ts';
import { SnapshotDisk } from './snapshot-disk.ts';

/** Throttling is answered with back-off by the SDK; a snapshot of a terabyte meets it often. */
const ATTEMPTS = 10;
/** Devices of one image; EC2 has fewer than 128. */
const MAX_DISKS = 128;

/**
 * Opens an AMI: what EC2 says of it, and the blocks of its snapshots.
 * @param id `ami-…`
 * @throws Failure NOT_FOUND, FORBIDDEN, UNAUTHORIZED, RATE_LIMITED, UNREACHABLE, REGISTRY_ERROR, USAGE, CANCELLED
 */
export async function openAmi(id: string, cloud: CloudOptions, selection: Selection): Promise<Image> {
  const { location, signal } = selection;
  const ec2 = new EC2Client(clientOptions(cloud, 'ec2'));
  const ebs = new EBSClient(clientOptions(cloud, 'ebs'));
  try {
    const region = await regionOf(ec2);
    const ami = await describe(ec2, id, region, signal);
    const facts = toFacts(ami, id, region);
    const { disks, problems } = await openSnapshots(ebs, facts, selection);
    if (disks.length > 0) problems.unshift(notice(costBefore(disks)));
    const image = await openMachine(
      {
        identity: { location, kind: 'aws', tags: [], cloud: facts },
        disks,
        flaws: [],
        problems,
        distant: true,
        async close() {
          ec2.destroy();
          ebs.destroy();
        },
      },
      selection,
    );
    return { ...image, spent: () => (disks.length === 0 ? [] : [notice(costAfter(disks))]) };
  } catch (error) {
    ec2.destroy();
    ebs.destroy();
    throw error;
  }
}

function clientOptions({ region, endpoints }: CloudOptions, service: string) {
  const endpoint = endpoints[service];
  return {
    maxAttempts: ATTEMPTS,
    retryMode: 'adaptive' as const,
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  };
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
  const answer = await client
    .send(new DescribeImagesCommand({ ImageIds: [id], IncludeDeprecated: true, IncludeDisabled: true }), {
      abortSignal: signal,
    })
    .catch((error: unknown) => {
      throw toAwsFailure(error, `${id} in ${region}`, signal);
    });
  const [ami] = answer.Images ?? [];
  if (ami === undefined)
    throw new Failure('NOT_FOUND', `there is no ${id} in ${region}, or it is not shared with this account`);
  return ami;
}

function toFacts(ami: Ami, id: string, region: string): CloudFacts {
  const disks = (ami.BlockDeviceMappings ?? []).flatMap(({ Ebs: ebs }) => ebs?.SnapshotId ?? []);
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
    disks: disks.slice(0, MAX_DISKS),
  };
}

interface Opened {
  readonly disks: SnapshotDisk[];
  readonly problems: Problem[];
}

async function openSnapshots(
  client: EBSClient,
  { disks: snapshots }: CloudFacts,
  { signal }: Selection,
): Promise<Opened> {
  const disks: SnapshotDisk[] = [];
  const problems: Problem[] = [];
  for (const snapshot of snapshots) {
    try {
      disks.push(await SnapshotDisk.open(client, snapshot, signal));
    } catch (error) {
      problems.push(toSnapshotProblem(error, snapshot));
    }
  }
  return { disks, problems };
}

/** AWS does not let one read public snapshots of others, nor copy what is not shared: what helps is said here. */
const WAYS =
  'AWS lets only the owner, and those it is shared with, read a snapshot: ask the owner to share it, inspect a copy that you own, or start the image in quarantine and inspect a snapshot of that volume; what AWS says of the image was checked all the same';

/** @throws what is no refusal */
function toSnapshotProblem(error: unknown, snapshot: string): Problem {
  if (error instanceof Unreadable) return toProblem(error);
  if (!(error instanceof Failure) || !['FORBIDDEN', 'NOT_FOUND'].includes(error.code)) throw error;
  return {
    code: 'NO_PERMISSION',
    message: `${snapshot} was not read: ${error.message}. ${WAYS}`,
    effect: 'incomplete',
  };
}

function notice(message: string): Problem {
  return { code: 'CLOUD_COST', message, effect: 'notice' };
}
