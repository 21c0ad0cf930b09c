import type { TestContext } from 'node:test';
import { EBSClient } from '@aws-sdk/client-ebs';
import { type FakeAwsOptions, startFakeAws } from '../../testing/fake-aws.ts';
import { Turns } from '../../web/turns.ts';
import { AWS_TIMING } from '../call.ts';
import { boundAnswers } from '../client-options.ts';
import { SnapshotDisk } from '../snapshot-disk.ts';

export const BLOCK = 512 * 1024;
export const AMI_ID = 'ami-0abcdef1234567890';
export const SNAPSHOT = 'snap-0abcdef1234567890';

/** Three blocks of 16 that are written, the rest zeros. */
export const DISK = Buffer.alloc(16 * BLOCK);
for (const index of [0, 5, 6]) DISK.fill(index + 1, index * BLOCK, (index + 1) * BLOCK);

export const AMI = {
  name: 'debian-12-amd64-20260101-1',
  owner: '136693071363',
  public: true,
  snapshots: [SNAPSHOT],
};

/** Starts what stands in for AWS, and opens snapshots of it. */
export async function start(t: TestContext, options: Partial<FakeAwsOptions> = {}) {
  const fake = await startFakeAws({ images: { [AMI_ID]: AMI }, snapshots: { [SNAPSHOT]: DISK }, ...options });
  t.after(() => fake.close());
  const client = new EBSClient({
    region: 'eu-west-1',
    endpoint: fake.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  boundAnswers(client);
  t.after(() => client.destroy());
  const openDisk = (tokens = 1000, signal = new AbortController().signal) =>
    SnapshotDisk.open(
      { client, snapshot: SNAPSHOT, signal, timing: { ...AWS_TIMING, attempts: 4, backoffMs: 1 } },
      { turns: new Turns(8), keep: 4 * BLOCK, tokens },
    );
  return { fake, openDisk };
}
