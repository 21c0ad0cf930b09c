import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect, type Report } from '../../src/index.ts';
import { makeCertificates } from '../../src/read/registry/testing/certificates.ts';
import { assertFails, cli } from '../peers/cli.ts';
import { missingForRegistry, type RunningRegistry, startRegistry } from '../peers/registry.ts';
import { run } from '../peers/run.ts';

/*
 * The main job on a real registry with basic authentication and TLS: the verdict on an image there is the verdict on the
 * file it was pushed from, whatever the format and compression it is kept in.
 */

const PASSWORD = 'secret';
/** How an image is kept: Skopeo's transport and flags that make it so. */
const FORMATS: readonly (readonly [name: string, transport: 'dir' | 'oci', ...flags: string[]])[] = [
  ['docker', 'dir', '--format', 'v2s2', '--dest-compress-format', 'gzip'],
  ['oci-gzip', 'oci', '--dest-compress-format', 'gzip'],
  ['oci-zstd', 'oci', '--dest-compress-format', 'zstd'],
];
const IMAGES = [
  ['trojaned-app', 1, 'deny'],
  ['honest-app', 0, 'allow'],
] as const;

const example = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}.tar`, import.meta.url));

/** What a verdict rests on, without how the layers are stored. */
function verdictOf({ decision, findings, packages }: Report): unknown {
  const told = findings.map(({ rule, tier, location: { layer, path, line, config } }) => [
    rule,
    tier,
    layer?.index,
    path ?? config,
    line,
  ]);
  return [decision.outcome, told, packages.map(({ purl }) => purl)];
}

describe('a registry with basic authentication and TLS', { skip: missingForRegistry() ?? false }, () => {
  const work = mkdtempSync(join(tmpdir(), 'pratique-registry-inspect-'));
  let registry: RunningRegistry;
  let certificates: NonNullable<ReturnType<typeof makeCertificates>>;
  let trust: string;
  const authFile = join(work, 'auth.json');
  const digests = new Map<string, string>();

  before(async () => {
    const made = makeCertificates({ server: 'IP:127.0.0.1' });
    assert.ok(made, 'openssl makes certificates');
    certificates = made;
    writeFileSync(join(work, 'passwords'), execFileSync('htpasswd', ['-Bbn', 'me', PASSWORD]));
    registry = await startRegistry(join(work, 'registry'), {
      auth: { htpasswd: { realm: 'test', path: join(work, 'passwords') } },
      tls: { certificate: join(made.folder, 'server.crt'), key: join(made.folder, 'server.key') },
    });
    trust = join(work, 'trust');
    mkdirSync(trust);
    execFileSync('cp', [made.caFile, join(trust, 'ca.crt')]);
    const login = ['login', '--authfile', authFile, '--cert-dir', trust, '-u', 'me', '-p', PASSWORD];
    run('skopeo', [...login, registry.host]);
    for (const [image] of IMAGES)
      for (const [format, transport, ...flags] of FORMATS) push(image, format, transport, flags);
  });
  after(() => {
    registry?.stop();
    certificates?.remove();
    rmSync(work, { recursive: true, force: true });
  });

  /** In two steps: while it pushes, Skopeo would take layers it knows in whatever compression the registry has. */
  function push(image: string, format: string, transport: string, flags: readonly string[]): void {
    const copy = (...words: string[]) => run('skopeo', ['--insecure-policy', 'copy', '-q', ...words]);
    const access = ['--authfile', authFile, '--dest-cert-dir', trust, '--digestfile', join(work, 'digest')];
    const kept = `${transport}:${join(work, `${image}-${format}`)}`;
    copy('--dest-compress', ...flags, `docker-archive:${example(image)}`, kept);
    copy(...access, '--preserve-digests', kept, `docker://${registry.host}/team/${image}:${format}`);
    digests.set(`${image}:${format}`, readFileSync(join(work, 'digest'), 'utf8').trim());
  }

  const ask = (location: string, env: Record<string, string>) =>
    cli(['inspect', '--no-cache', '--format=json', `--ca-file=${certificates.caFile}`, location], { env });

  for (const [image, status, outcome] of IMAGES) {
    for (const [format] of FORMATS) {
      for (const how of ['tag', 'digest'] as const) {
        test(`${image} as ${format} by ${how}: ${outcome}`, async () => {
          const digest = digests.get(`${image}:${format}`) ?? '';
          const name = `${registry.host}/team/${image}`;
          const result = await ask(how === 'tag' ? `${name}:${format}` : `${name}@${digest}`, {
            REGISTRY_AUTH_FILE: authFile,
          });
          assert.equal(result.status, status, result.stderr);
          assert.equal(result.stderr, '');
          assert.deepEqual(result.left, []);
          const report = JSON.parse(result.stdout) as Report;
          assert.equal(report.image.kind, 'registry');
          assert.equal(report.image.digest, digest);
          assert.deepEqual(report.problems, []);
          const local = await inspect(example(image), { cache: false });
          assert.equal(local.decision.outcome, outcome);
          assert.deepEqual(verdictOf(report), verdictOf(local));
        });
      }
    }
  }

  test('the layers really are kept in each compression', async () => {
    const manifestOf = (format: string) =>
      run('skopeo', [
        'inspect',
        '--raw',
        '--authfile',
        authFile,
        '--cert-dir',
        trust,
        `docker://${registry.host}/team/honest-app:${format}`,
      ]);
    assert.match(manifestOf('docker'), /docker\.image\.rootfs\.diff\.tar\.gzip/);
    assert.match(manifestOf('oci-gzip'), /image\.layer\.v1\.tar\+gzip/);
    assert.match(manifestOf('oci-zstd'), /image\.layer\.v1\.tar\+zstd/);
  });

  test('without credentials: UNAUTHORIZED', async () => {
    const empty = join(work, 'empty.json');
    writeFileSync(empty, '{}');
    const env = { REGISTRY_AUTH_FILE: empty, DOCKER_CONFIG: join(work, 'absent'), HOME: work };
    assertFails(await ask(`${registry.host}/team/honest-app:docker`, env), 'UNAUTHORIZED');
  });

  test('an authority that is not trusted: UNREACHABLE', async () => {
    const env = { REGISTRY_AUTH_FILE: authFile };
    const args = ['inspect', '--no-cache', `${registry.host}/team/honest-app:docker`];
    assertFails(await cli(args, { env }), 'UNREACHABLE');
  });

  test('a tag or digest that is not there: NOT_FOUND', async () => {
    const env = { REGISTRY_AUTH_FILE: authFile };
    const name = `${registry.host}/team/honest-app`;
    assertFails(await ask(`${name}:absent`, env), 'NOT_FOUND');
    assertFails(await ask(`${name}@sha256:${'0'.repeat(64)}`, env), 'NOT_FOUND');
  });
});
