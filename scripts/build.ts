import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/*
 * Builds dist, from nothing, so that no file of an earlier build is shipped: declarations by the compiler, code bundled
 * by esbuild. Node takes longer to open three hundred small modules than to inspect a remembered image.
 */

const root = fileURLToPath(new URL('../', import.meta.url));

/** Libraries that stay packages: binaries, WebAssembly, CommonJS, and what is loaded only when it is needed. */
const EXTERNAL = [
  '@aws-sdk/*',
  '@azure/identity',
  '@cyclonedx/cyclonedx-library',
  '@litko/yara-x',
  '@noble/*',
  '@sigstore/*',
  '@virustotal/yara-x',
  'cborg',
  'commander',
  'google-auth-library',
  'packageurl-js',
  'tuf-js',
  'undici',
  'xz-decompress',
  'yaml',
];

rmSync(`${root}dist`, { recursive: true, force: true });
const compiler = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(
  'package.json',
  'bin/tsc',
);
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status === 0) await bundle();
process.exitCode = status ?? 1;

async function bundle(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/index.ts', 'src/cli/main.ts', 'src/inspect/pool/worker.ts'],
    outbase: 'src',
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: EXTERNAL,
    logLevel: 'warning',
  });
  link();
}

/** npm links the programs of dependencies only; with this, `npx pratique` in a checkout finds the checkout's own. */
function link(): void {
  chmodSync(`${root}dist/cli/main.js`, 0o755);
  if (process.platform === 'win32') return;
  const bin = `${root}node_modules/.bin/pratique`;
  mkdirSync(`${root}node_modules/.bin`, { recursive: true });
  rmSync(bin, { force: true });
  symlinkSync('../../dist/cli/main.js', bin);
}
