import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ImageReference } from '../../core/reference.ts';
import { type Access, Authorization } from './authorization.ts';
import { findCredentials } from './credentials.ts';
import type { Endpoint } from './mirrors.ts';
import { DEFAULT_TIMING, type RegistryOptions } from './options.ts';
import { Repository } from './repository.ts';
import { Transport } from './transport.ts';
import { TrustStore } from './trust.ts';

export interface Connection {
  readonly transport: Transport;
  /** In the order of the endpoints. */
  readonly repositories: readonly Repository[];
}

/**
 * What is needed to talk to a repository at each of its endpoints. Nothing is sent yet.
 * @throws Failure USAGE when an option is malformed
 */
export function connect(
  { registry }: ImageReference,
  endpoints: readonly Endpoint[],
  options: RegistryOptions,
  access: Access,
): Connection {
  const env = options.env ?? process.env;
  const homeDir = options.homeDir ?? homedir();
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const certsDirs = options.certsDirs ?? [
    '/etc/docker/certs.d',
    '/etc/containers/certs.d',
    join(homeDir, '.config', 'containers', 'certs.d'),
  ];
  const transport = new Transport(new TrustStore(options.caFile, certsDirs), timing, env);
  const sources = {
    ...(options.credentials === undefined ? {} : { explicit: options.credentials }),
    explicitHost: registry,
    env,
    homeDir,
    helperMs: timing.helperMs,
  };
  const repositories = endpoints.map((endpoint) => {
    const authorization = new Authorization({
      endpoint,
      transport,
      timing,
      authRealms: options.authRealms ?? {},
      findCredentials: (signal) => findCredentials(endpoint.name, endpoint.repository, sources, signal),
      access,
    });
    return new Repository(endpoint, transport, authorization, timing);
  });
  return { transport, repositories };
}
