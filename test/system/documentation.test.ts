import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scratch } from '../../src/read/testing/scratch.ts';
import { freePort, missingForRegistry } from '../peers/registry.ts';

/* The worked example of docs/signatures.md, typed in as it stands. */

const root = fileURLToPath(new URL('../../', import.meta.url));
const skip = missingForRegistry() ?? false;

test('docs/signatures.md: every command of the example does what the text says', { skip }, async (t) => {
  const folder = scratch(t);
  const port = await freePort();
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  // `npx pratique` in a folder that is not the project.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(
    join(folder, 'bin/npx'),
    `#!/bin/sh\nshift\nexec ${process.execPath} ${join(root, 'src/cli/main.ts')} "$@"\n`,
  );
  chmodSync(join(folder, 'bin/npx'), 0o755);
  const text = readFileSync(join(root, 'docs/signatures.md'), 'utf8').replaceAll('5000', String(port));
  const blocks = [...text.matchAll(/^```sh example(?: exit=(\d+))?\n(.*?)^```$/gms)];
  assert.ok(blocks.length >= 4);
  const script = blocks.map(([, status, commands = '']) =>
    status === undefined ? `set -e\n${commands}` : `set +e\n${commands}test $? -eq ${status} || exit 99\n`,
  );
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    PRATIQUE_CACHE: join(folder, 'cache'),
    NO_COLOR: '1',
  };
  const whole = `trap 'kill $(jobs -p)' EXIT\n${script.join('\n')}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', whole], { cwd: folder, env, encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
});
