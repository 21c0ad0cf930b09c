import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isInstalled } from './run.ts';

/* Debian's `docker-registry` on the loopback interface, with all it keeps in one folder. */

export interface RegistryParts {
  /** As in distribution's configuration, "auth". */
  readonly auth?: object;
  /** As in "http: tls". */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

export interface RunningRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  stop(): void;
}

/** Why a registry cannot be started and filled here; undefined when it can. */
export function missingForRegistry(): string | undefined {
  const programs = ['docker-registry', 'skopeo', 'openssl', 'htpasswd'];
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) return undefined;
  return `missing: ${missing.join(', ')} (apt-get install docker-registry skopeo openssl apache2-utils)`;
}

/** Starts a registry in a folder that is not there yet, and waits until it listens. */
export async function startRegistry(
  folder: string,
  { auth = {}, tls }: RegistryParts = {},
): Promise<RunningRegistry> {
  const host = `127.0.0.1:${await freePort()}`;
  mkdirSync(folder);
  // YAML is a superset of JSON.
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host, tls: tls ?? {} },
    auth,
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  if (await listens(child, `${tls === undefined ? 'http' : 'https'}://${host}/`))
    return { host, stop: () => child.kill('SIGKILL') };
  child.kill('SIGKILL');
  throw new Error(`docker-registry in ${folder} did not come up`);
}

async function listens(child: ChildProcess, url: string): Promise<boolean> {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    const up = await fetch(url).then(
      () => true,
      (error: Error) => /certificate|verify/.test(String(error.cause)),
    );
    if (up) return true;
    await sleep(100);
  }
  return false;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port on the loopback interface');
  return address.port;
}
