import { Failure } from '../../../core/failure.ts';

/** Short ids are from before 2018, and still valid. */
const AMI = /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
/** A label of a host name, which is what a region becomes a part of: `eu-west-1`, and whatever a private cloud calls its own. */
const REGION = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const SNAPSHOT = /^snap-[0-9a-f]{1,17}$/;

/** @throws Failure USAGE, before anything is asked */
export function requireAmi(id: string, region: string | undefined): void {
  if (!AMI.test(id))
    throw new Failure(
      'USAGE',
      `aws:${JSON.stringify(id.slice(0, 100)).slice(1, -1)} is no AMI: write ami- and 8 or 17 hexadecimal digits, as in aws:ami-0abcdef1234567890`,
    );
  if (region !== undefined && !REGION.test(region))
    throw new Failure(
      'USAGE',
      `--region ${JSON.stringify(region.slice(0, 100))} is no region: eu-west-1 is one`,
    );
}

/** Whether AWS names a snapshot so. What stands in for AWS may name anything, and it becomes a part of a URL. */
export function isSnapshotId(id: string): boolean {
  return SNAPSHOT.test(id);
}
