import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A cache with two layer facts of 1 MiB and one trust root. */
function filled(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-cache-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['facts-1.entry', 'facts-2.entry', 'tuf/public.entry']) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.alloc(2 ** 20));
  }
  return folder;
}

function cache(folder: string, ...args: string[]): string[] {
  const argv = [main, 'cache', ...args, '--cache-dir', folder];
  return execFileSync(process.execPath, argv, { encoding: 'utf8' }).trimEnd().split('\n');
}

test('cache command: an option before the action is one too, and an unknown action is wrong usage', (context) => {
  const folder = filled(context);
  const argv = [main, 'cache', '--cache-dir', folder];
  assert.match(execFileSync(process.execPath, [...argv, 'clear'], { encoding: 'utf8' }), /removed 3 entries/);
  const { status, stderr } = spawnSync(process.execPath, [...argv, 'empty'], { encoding: 'utf8' });
  assert.equal(status, 64);
  assert.match(stderr, /^pratique: USAGE: .*show, prune, clear/);
});

test('cache command: shows, prunes and clears every part, with a sum', (context) => {
  const folder = filled(context);
  assert.deepEqual(cache(folder, 'show'), [
    folder,
    'layer facts: 2 entries, 2.0 MiB of 1024.0 MiB',
    'attachments: 0 entries, 0.0 MiB of 512.0 MiB',
    'trust roots: 1 entry, 1.0 MiB',
    'together: 3 entries, 3.0 MiB',
  ]);
  assert.deepEqual(cache(folder, 'prune', '--cache-size=1MiB'), [
    'layer facts: removed 1 entry',
    'attachments: removed 0 entries',
    'trust roots: removed 0 entries',
    'together: removed 1 entry',
  ]);
  assert.deepEqual(cache(folder, 'clear'), [
    'layer facts: removed 1 entry',
    'attachments: removed 0 entries',
    'trust roots: removed 1 entry',
    'together: removed 2 entries',
  ]);
});
