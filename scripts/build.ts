import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/* Compiles src to dist, from nothing, so that no file of an earlier build is shipped. */

const root = fileURLToPath(new URL('../', import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
const compiler = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(
  'package.json',
  'bin/tsc',
);
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status === 0) link();
process.exitCode = status ?? 1;

/** npm links the programs of dependencies only; with this, `npx pratique` in a checkout finds the checkout's own. */
function link(): void {
  chmodSync(`${root}dist/cli/main.js`, 0o755);
  if (process.platform === 'win32') return;
  const bin = `${root}node_modules/.bin/pratique`;
  mkdirSync(`${root}node_modules/.bin`, { recursive: true });
  rmSync(bin, { force: true });
  symlinkSync('../../dist/cli/main.js', bin);
}
