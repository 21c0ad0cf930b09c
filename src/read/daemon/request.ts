import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Failure, messageOf } from '../../core/failure.ts';
import { errorCode, throwIfCancelled } from '../archive/local-file.ts';
import type { Endpoint } from './endpoint.ts';

/** Podman writes the whole archive before it answers: minutes for a large image on a slow disk. */
const SILENCE_MS = 10 * 60_000;

/**
 * Sends a GET; resolves with the head of the answer, whose body the caller reads or destroys.
 * @throws Failure ENGINE_UNAVAILABLE, NO_PERMISSION, CANCELLED
 */
export function ask(engine: Endpoint, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { target } = engine;
    const options = {
      path,
      signal,
      timeout: SILENCE_MS,
      agent: false as const,
      // The engine takes any host; a name that is none keeps a path of a socket out of the header.
      headers: { host: 'engine', accept: 'application/json, application/x-tar' },
    };
    const sent =
      target.kind === 'socket'
        ? requestHttp({ ...options, socketPath: target.path })
        : target.kind === 'http'
          ? requestHttp({ ...options, host: target.host, port: target.port })
          : requestHttps({ ...options, host: target.host, port: target.port, ...target.tls });
    sent.on('response', resolve);
    sent.on('timeout', () => sent.destroy(new Error(`silent for ${SILENCE_MS / 60_000} minutes`)));
    sent.on('error', (error) => reject(toFailure(error, engine, signal)));
    sent.end();
  });
}

function toFailure(cause: unknown, { kind, where }: Endpoint, signal: AbortSignal): Failure {
  try {
    throwIfCancelled(signal);
  } catch (cancelled) {
    return cancelled as Failure;
  }
  const code = errorCode(cause);
  if (code === 'EACCES' || code === 'EPERM')
    return new Failure(
      'NO_PERMISSION',
      `this user may not use ${where}: run as one who may, or add them to the ${kind} group`,
      { cause },
    );
  const advice =
    kind === 'docker'
      ? 'start Docker, or set DOCKER_HOST'
      : 'run "systemctl start podman.socket" or "podman system service"';
  const why = code === 'ENOENT' ? 'there is no socket' : messageOf(cause);
  return new Failure('ENGINE_UNAVAILABLE', `${kind} does not answer at ${where} (${why}): ${advice}`, {
    cause,
  });
}
