import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Real engines on sockets of their own, with all they keep in one folder: nothing of the machine's own engine, if it
 * has one, is touched.
 */

export interface RunningEngine {
  readonly socket: string;
  stop(): Promise<void>;
}

/** dockerd without networks, so that it needs nothing of the kernel but to be root. */
export function startDocker(folder: string): Promise<RunningEngine> {
  const socket = join(folder, 'docker.sock');
  const flags = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs'];
  const places = ['--data-root', join(folder, 'docker'), '--exec-root', join(folder, 'docker-run')];
  return start(
    'dockerd',
    [...flags, ...places, '-p', join(folder, 'docker.pid'), '-H', `unix://${socket}`],
    socket,
  );
}

/** The flags by which every call of podman or buildah means the same storage. */
export function storageFlags(folder: string): string[] {
  return [
    '--root',
    join(folder, 'storage'),
    '--runroot',
    join(folder, 'storage-run'),
    '--storage-driver',
    'vfs',
  ];
}

export function startPodman(folder: string): Promise<RunningEngine> {
  const socket = join(folder, 'podman.sock');
  return start(
    'podman',
    [...storageFlags(folder), 'system', 'service', '--time', '0', `unix://${socket}`],
    socket,
  );
}

async function start(program: string, args: readonly string[], socket: string): Promise<RunningEngine> {
  const log = openSync(`${socket}.log`, 'w');
  const child = spawn(program, args, { stdio: ['ignore', log, log] });
  for (let tries = 0; tries < 150; tries++) {
    if (child.exitCode !== null) break;
    if (await answers(socket)) return { socket, stop: () => stop(child) };
    await sleep(200);
  }
  await stop(child);
  throw new Error(`${program} does not answer; its log is ${socket}.log`);
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(10_000).then(() => child.kill('SIGKILL'))]);
}
