import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { Report } from '../../src/index.ts';
import { startFakeAws } from '../../src/read/cloud/testing/fake-aws.ts';
import { startFakeAzure } from '../../src/read/cloud/testing/fake-azure.ts';
import { startFakeGcp } from '../../src/read/cloud/testing/fake-gcp.ts';
import { serve, serveRange } from '../../src/read/cloud/testing/ranges.ts';
import { makeCertificates } from '../../src/read/registry/testing/certificates.ts';
import { holdBlob, startAzurite, withoutAzurite } from '../peers/azurite.ts';
import { assertFails, cli } from '../peers/cli.ts';
import { makeMachine, missingFor } from '../peers/machines.ts';
import { isInstalled, run } from '../peers/run.ts';

/*
 * The command line against each cloud's emulated endpoints: what is found in a disk in a cloud is what is found in the same disk in a file.
 */

const folder = mkdtempSync(join(tmpdir(), 'pratique-clouds-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const noMachine = missingFor('debian') ?? false;

/** No credentials of whoever runs the tests. */
const ENV = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  GOOGLE_APPLICATION_CREDENTIALS: '',
};

const made = new Map<boolean, string>();

function diskOf(backdoored: boolean): string {
  const disk = made.get(backdoored) ?? makeMachine(folder, 'debian', backdoored);
  made.set(backdoored, disk);
  return disk;
}

/** The arguments of one inspection; `disk` is what the cloud is to hold. */
type Cloud = (t: TestContext, disk: string) => Promise<readonly string[]>;

const AMI = 'ami-0abcdef1234567890';
const SNAPSHOT = 'snap-1';
const IMAGES = {
  [AMI]: { name: 'own', owner: '111122223333', created: new Date().toISOString(), snapshots: [SNAPSHOT] },
};

const aws: Cloud = async (t, disk) => {
  const fake = await startFakeAws({
    images: IMAGES,
    snapshots: { [SNAPSHOT]: disk },
    pageSize: 50,
    throttled: 2,
  });
  t.after(() => fake.close());
  return awsAt(fake.url);
};

function awsAt(url: string): string[] {
  return ['--endpoint', `ec2=${url}`, '--endpoint', `ebs=${url}`, '--region', 'eu-west-1', `aws:${AMI}`];
}

const gcp: Cloud = async (t, disk) => {
  const packed = `${disk}.tar.gz`;
  const raw = join(folder, 'disk.raw');
  run('cp', ['--sparse=always', disk, raw]);
  run('truncate', ['-s', '1G', raw]);
  run('tar', ['--format=oldgnu', '-Sczf', packed, '-C', folder, 'disk.raw']);
  const image = { name: 'own', diskSizeGb: '1', creationTimestamp: '2026-01-01T00:00:00Z' };
  const fake = await startFakeGcp({
    images: { 'own-project/own': image },
    objects: { 'bucket/own.tar.gz': readFileSync(packed) },
    throttled: 2,
  });
  t.after(() => fake.close());
  const endpoints = ['--endpoint', `compute=${fake.url}`, '--endpoint', `storage=${fake.url}`];
  return [...endpoints, '--exported', 'gs://bucket/own.tar.gz', 'gcp:projects/own-project/global/images/own'];
};

const azure: Cloud = async (t, disk) => {
  const vhd = `${disk}.vhd`;
  run('qemu-img', ['convert', '-f', 'raw', '-O', 'vpc', '-o', 'subformat=fixed,force_size=on', disk, vhd]);
  const id = `/subscriptions/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}/resourceGroups/g/providers/Microsoft.Compute/snapshots/s`;
  const sas = await holdBlob(await startAzurite(t), 'disks', readFileSync(vhd));
  const fake = await startFakeAzure({
    resources: { [id.toLowerCase()]: { name: 's', location: 'westeurope', properties: {} } },
    disks: {},
    held: { [id.toLowerCase()]: sas },
    throttled: 2,
    polls: 2,
  });
  t.after(() => {
    assert.ok(fake.requests.at(-1)?.endsWith('/endgetaccess'), 'access is given back');
    return fake.close();
  });
  return ['--endpoint', `management=${fake.url}`, `azure:${id}`];
};

async function inspect(args: readonly string[], status: number): Promise<Report> {
  const all = ['inspect', '--no-cache', '--jobs', '1', '-f', 'json', ...args];
  const result = await cli(all, { env: ENV });
  assert.equal(result.status, status, result.stderr || result.stdout.slice(0, 3000));
  assert.deepEqual(result.left, []);
  if (args.at(-1) === `aws:${AMI}`) assert.match(result.stderr, /^aws:.*: reading costs at most \$\d/);
  assert.doesNotMatch(result.stdout, /sig=/);
  return JSON.parse(result.stdout) as Report;
}

/** The size of the volume and of the disk, and what the cloud is called, are its own. */
function substance({ packages, findings, problems, decision }: Report) {
  const plain = findings.map(({ rule, tier, evidence, location: { path } }) => ({
    rule,
    tier,
    evidence,
    path,
  }));
  return { packages, plain, problems: problems.filter(({ code }) => code !== 'CLOUD_COST'), decision };
}

for (const [name, cloud, without] of [
  ['aws', aws, false],
  ['gcp', gcp, false],
  ['azure', azure, withoutAzurite],
] as const) {
  for (const backdoored of [false, true]) {
    const what = backdoored ? 'a backdoored machine is refused' : 'an honest machine is allowed';
    test(`${name}: ${what}, as it is from a file`, { skip: noMachine || without }, async (t) => {
      const status = backdoored ? 1 : 0;
      const expected = await inspect([diskOf(backdoored)], status);
      const report = await inspect(await cloud(t, diskOf(backdoored)), status);
      assert.deepEqual(substance(report), substance(expected));
      assert.equal(report.image.kind, name);
      assert.ok(report.image.cloud?.disks.length === 1);
      const [grave] = report.findings.filter(({ tier }) => tier === 'block');
      if (backdoored) assert.match(grave?.location.layer?.volume?.name ?? '', /partition 1/);
    });
  }
}

const noOpenssl = isInstalled('openssl') ? false : 'needs openssl';

test('clouds behind an authority of one’s own, with --ca-file', {
  skip: noMachine || noOpenssl,
}, async (t) => {
  const certificates = makeCertificates({ server: 'IP:127.0.0.1' });
  assert.ok(certificates);
  t.after(() => certificates.remove());
  const tls = certificates.pem('server');
  const bytes = readFileSync(diskOf(false));
  const web = await serve((request, response) => serveRange(request, response, { bytes, etag: '"1"' }), tls);
  t.after(() => web.close());
  const fake = await startFakeAws({ images: IMAGES, snapshots: { [SNAPSHOT]: diskOf(false) }, tls });
  t.after(() => fake.close());
  for (const words of [[`${web.url}/disk.raw`], awsAt(fake.url)]) {
    await inspect(['--ca-file', certificates.caFile, ...words], 0);
    const refused = await cli(['inspect', '--no-cache', ...words], { env: ENV });
    assertFails(refused, 'UNREACHABLE');
    assert.match(refused.stderr, /unknown authority.*--ca-file/);
  }
});
