import { Failure } from '../core/failure.ts';
import { DEFAULT_LIMITS, type Limits } from '../core/limits.ts';
import type { OpenOptions } from '../read/open.ts';
import type { Settings } from './settings.ts';

/** What says how an image is reached; `inspect` says more. */
export type AccessSettings = Pick<
  Settings,
  | 'platform'
  | 'plainHttp'
  | 'caFile'
  | 'mirror'
  | 'authRealm'
  | 'region'
  | 'endpoint'
  | 'exported'
  | 'maxNesting'
  | 'maxDocument'
> &
  Partial<Settings>;

export function toLimits(settings: AccessSettings): Limits {
  const { maxBytes, maxFiles, maxRatio, maxPathLength, maxFileMemory } = settings;
  return {
    bytes: maxBytes ?? DEFAULT_LIMITS.bytes,
    files: maxFiles ?? DEFAULT_LIMITS.files,
    ratio: maxRatio ?? DEFAULT_LIMITS.ratio,
    nesting: settings.maxNesting,
    pathLength: maxPathLength ?? DEFAULT_LIMITS.pathLength,
    fileMemory: maxFileMemory ?? DEFAULT_LIMITS.fileMemory,
    documentBytes: settings.maxDocument,
  };
}

/** @throws Failure USAGE when a `HOST=VALUE` setting has no `=` */
export function toOpenOptions(settings: AccessSettings, limits: Limits, signal: AbortSignal): OpenOptions {
  return {
    limits,
    signal,
    env: process.env,
    allPlatforms: settings.allPlatforms ?? false,
    ...(settings.platform !== undefined && { platform: settings.platform }),
    cloud: {
      endpoints: toAddresses(settings.endpoint),
      ...(settings.region !== undefined && { region: settings.region }),
      ...(settings.caFile !== undefined && { caFile: settings.caFile }),
      ...(settings.exported !== undefined && { exported: settings.exported }),
    },
    registry: {
      documentBytes: limits.documentBytes,
      plainHttp: settings.plainHttp,
      mirrors: toMap(settings.mirror, '--mirror'),
      authRealms: toMap(settings.authRealm, '--auth-realm'),
      ...(settings.caFile !== undefined && { caFile: settings.caFile }),
    },
  };
}

/** @throws Failure USAGE */
function toAddresses(pairs: readonly string[]): Record<string, string> {
  const addresses = Object.entries(toMap(pairs, '--endpoint'));
  for (const [service, [url = '']] of addresses) {
    if (!SERVICES.includes(service) || !URL.canParse(url))
      throw new Failure(
        'USAGE',
        `--endpoint ${service}=${url}: write one of ${SERVICES.join(', ')} and a URL`,
      );
  }
  return Object.fromEntries(addresses.map(([service, [url = '']]) => [service, url]));
}

const SERVICES = ['ec2', 'ebs', 'compute', 'storage', 'management', 'web'];

function toMap(pairs: readonly string[], flag: string): Record<string, string[]> {
  const map: Record<string, string[]> = Object.create(null);
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at <= 0) throw new Failure('USAGE', `${flag} ${pair}: write HOST=VALUE`);
    const host = pair.slice(0, at);
    map[host] = [...(map[host] ?? []), pair.slice(at + 1)];
  }
  return map;
}
