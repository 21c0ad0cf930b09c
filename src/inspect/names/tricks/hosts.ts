import type { Suspicion } from '../../../core/naming.ts';
import type { NameBook } from '../book.ts';
import { toAscii, toSkeleton } from '../skeleton.ts';
import type { SplitName } from '../split-name.ts';
import { toSuspicion } from '../suspicion.ts';
import { surestError } from '../word-index.ts';

/*
 * A host that is read as a well-known registry, and is somebody else's: `docker.io.evil.example`, `ghcr.io-cdn.example`,
 * `docker-io.example`, `gchr.io`, `docker.io@evil.example`, letters of another alphabet.
 */

/** Registries shorter than this are one slip from too many honest hosts. */
const SHORTEST = 6;

export function suspectHost(name: SplitName, book: NameBook): Suspicion[] {
  const { host, userinfo } = name;
  const found: Suspicion[] = [];
  if (userinfo !== undefined) {
    const what = `what stands before the @ is no host: the image would come from ${host}`;
    found.push(toSuspicion('userinfo', userinfo.split('/')[0], [[0.95, what]], 'block'));
  }
  const bare = host.replace(/:\d{1,5}$/, '');
  if (book.registries.has(host) || isBelowKnown(bare, book)) return found;
  if (book.registries.has(bare)) return [...found, strangePort(host, bare)];
  const spoof = spoofed(bare, book) ?? twin(bare, book) ?? slip(bare, book) ?? otherDomain(bare, book);
  return spoof === undefined ? found : [...found, spoof];
}

/** `eu.gcr.io`, `mirror.gcr.io`: whoever owns a domain owns what is below it. */
function isBelowKnown(host: string, { registries }: NameBook): boolean {
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    if (registries.has(host.slice(dot + 1))) return true;
  }
  return false;
}

function spoofed(host: string, { registries }: NameBook): Suspicion | undefined {
  for (const registry of registries) {
    if (!registry.includes('.') || host.length <= registry.length) continue;
    const at = host.indexOf(registry);
    const before = host[at - 1];
    const after = host[at + registry.length];
    if (
      at !== -1 &&
      (before === undefined || before === '.' || before === '-') &&
      (after === '.' || after === '-')
    ) {
      return toSuspicion(
        'spoofed-host',
        registry,
        [[0.95, `the host has ${registry} in it, and ends as ${domainOf(host)}`]],
        'block',
      );
    }
    const dashed = registry.replaceAll('.', '-');
    if (host.split('.').includes(dashed)) {
      return toSuspicion(
        'spoofed-host',
        registry,
        [[0.85, `${dashed} is read as ${registry}; the host is below ${domainOf(host)}`]],
        'block',
      );
    }
  }
  return undefined;
}

function domainOf(host: string): string {
  return host.split('.').slice(-2).join('.');
}

/** Well-known registries answer at their usual port only. */
function strangePort(host: string, registry: string): Suspicion {
  const what = `${registry} does not answer at that port: ${host} is somebody in between`;
  return toSuspicion('strange-port', registry, [[0.6, what]]);
}

/** `quay.com`, `evilquay.io`: the name without its end, or the end without the dot before it. */
function otherDomain(host: string, { registries }: NameBook): Suspicion | undefined {
  for (const registry of registries) {
    const dot = registry.indexOf('.');
    if (dot < 4 || registry.indexOf('.', dot + 1) !== -1) continue;
    if (host.endsWith(registry)) {
      return toSuspicion('spoofed-host', registry, [
        [0.65, `${host} ends like ${registry}, and is not below it`],
      ]);
    }
    if (host.startsWith(registry.slice(0, dot + 1)) && host.indexOf('.', dot + 1) === -1) {
      return toSuspicion('other-domain', registry, [[0.6, `${registry} with another end`]]);
    }
  }
  return undefined;
}

function twin(host: string, { hostSkeletons }: NameBook): Suspicion | undefined {
  const of = hostSkeletons.get(toSkeleton(host));
  if (of === undefined) return undefined;
  return toSuspicion(
    'homoglyph',
    of,
    [[0.95, `${toAscii(host)} looks like ${of}, and is another host`]],
    'block',
  );
}

function slip(host: string, { registries }: NameBook): Suspicion | undefined {
  const likely = [...registries].filter((registry) => registry.length >= SHORTEST && registry.includes('.'));
  const error = surestError(host, likely);
  if (error === undefined) return undefined;
  const what = `one slip (${error.kind.replace('-', ' ')}) from the registry ${error.of}`;
  return toSuspicion(error.kind, error.of, [[0.8, what]]);
}
