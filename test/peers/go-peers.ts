import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PEER_FOLDER } from './debian.ts';
import { freePort, type RunningRegistry } from './registry.ts';
import { isInstalled } from './run.ts';

/* Peers that no distribution has: built from source once, and kept outside the repository. */

const SOURCES = {
  cosign: 'github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3',
  crane: 'github.com/google/go-containerregistry/cmd/crane@v0.22.1',
} as const;

export type GoPeer = keyof typeof SOURCES;

/** Go downloads and compiles some hundred packages. */
const BUILD_MS = 15 * 60_000;
const BIN = join(PEER_FOLDER, 'bin');

/** Why these programs are not to be had here; undefined when they are. They are built where they can be. */
export function missingGoPeers(...names: readonly GoPeer[]): string | undefined {
  for (const name of names) {
    const why = existsSync(join(BIN, name)) ? undefined : build(name);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Where the program is, after `missingGoPeers` found nothing missing. */
export function goPeer(name: GoPeer): string {
  return join(BIN, name);
}

function build(name: GoPeer): string | undefined {
  if (!isInstalled('go')) return `missing: ${name}, and Go to build it with (apt-get install golang-go)`;
  mkdirSync(BIN, { recursive: true });
  const draft = mkdtempSync(join(BIN, '.part-'));
  try {
    const env = { ...process.env, GOBIN: draft, GOFLAGS: '-trimpath', CGO_ENABLED: '0' };
    const options = { env, encoding: 'utf8', timeout: BUILD_MS } as const;
    const { status, stderr } = spawnSync('go', ['install', SOURCES[name]], options);
    if (status !== 0) return `missing: ${name}, which did not build: ${stderr?.trim().slice(-200)}`;
    renameSync(join(draft, name), join(BIN, name));
    return undefined;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The registry that comes with crane: in memory, without TLS, users and the referrers API. */
export async function startCraneRegistry(): Promise<RunningRegistry> {
  const host = `127.0.0.1:${await freePort()}`;
  const child = spawn(goPeer('crane'), ['registry', 'serve', '--address', host], { stdio: 'ignore' });
  if (await listens(child, `http://${host}/v2/`)) return { host, stop: () => child.kill('SIGKILL') };
  child.kill('SIGKILL');
  throw new Error(`crane registry serve on ${host} did not come up`);
}

async function listens(child: ChildProcess, url: string): Promise<boolean> {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return true;
    await sleep(100);
  }
  return false;
}
