import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

/* `pratique ami-lint` as its users run it. */

const program = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pratique-lint-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function lint(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'ami-lint', ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

function write(name: string, text: string): string {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
  return name;
}

const NEWEST =
  'data "aws_ami" "web" {\n  most_recent = true\n  filter {\n    name   = "name"\n    values = ["ubuntu/images/*"]\n  }\n}\n';
const SOUND = NEWEST.replace('most_recent', 'owners = ["099720109477"]\n  most_recent');

test('a folder with a look-up that anybody can answer is denied, with file and line', () => {
  write('bad/infra/main.tf', NEWEST);
  write('bad/.terraform/x.tf', NEWEST);
  const { status, stdout } = lint('bad');
  assert.equal(status, 1);
  assert.match(stdout, /The newest image of a name is taken, whoever made it/);
  assert.match(stdout, /bad\/infra\/main\.tf:1\n/);
  assert.match(stdout, /1 image look-up in 1 file, 1 finding/);
});

test('a sound one is allowed', () => {
  write('good/main.tf', SOUND);
  const { status, stdout } = lint('good');
  assert.deepEqual([status, stdout], [0, '1 image look-up in 1 file, 0 findings\n']);
});

test('a file that cannot be parsed is named, and is no allow', () => {
  write('broken/main.tf', 'data "aws_ami" "x" {\n');
  const { status, stdout } = lint('broken');
  assert.equal(status, 2);
  assert.match(stdout, /! broken\/main\.tf was not read: the block in line 1 does not end/);
});

test('JSON and SARIF', () => {
  write('both/main.tf', NEWEST);
  const { status, stdout } = lint('both', '-f', 'json', '-f', 'sarif=out.sarif');
  assert.equal(status, 1);
  const [finding] = JSON.parse(stdout).findings;
  assert.deepEqual(
    [finding.rule, finding.file, finding.line],
    ['ami-lint/most-recent-without-owner', 'both/main.tf', 1],
  );
  const sarif = JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8'));
  const [run] = sarif.runs;
  const [result] = run.results;
  assert.equal(result.ruleId, run.tool.driver.rules[0].id);
  const { artifactLocation, region } = result.locations[0].physicalLocation;
  assert.deepEqual([artifactLocation.uri, region.startLine, result.level], ['both/main.tf', 1, 'error']);
});

test('your own accounts are known', () => {
  write('own/main.tf', SOUND.replace('099720109477', '123456789012'));
  write(
    'names.yaml',
    'version: 1\npublishers:\n  - registry: aws\n    namespace: "123456789012"\n    name: us\n',
  );
  assert.equal(lint('own').status, 2);
  assert.equal(lint('own', '--names', 'names.yaml').status, 0);
});

test('what is not there is said', () => {
  const { status, stderr } = lint('nowhere');
  assert.deepEqual([status, stderr], [3, 'pratique: NOT_FOUND: nowhere does not exist\n']);
});
