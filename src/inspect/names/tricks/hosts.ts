import type { Suspicion } from '../../../core/naming.ts';
import type { NameBook } from '../book.ts';
import type { HostIndex } from '../host-index.ts';
import { toAscii } from '../skeleton.ts';
import type { SplitName } from '../split-name.ts';
import { toSuspicion } from '../suspicion.ts';

/*
 * A host that is read as a well-known registry, and is somebody else's: `docker.io.evil.example`, `ghcr.io-cdn.example`,
 * `docker-io.example`, `gchr.io`, `docker.io@evil.example`, letters of another alphabet.
 */

export function suspectHost({ host, userinfo }: SplitName, { hosts }: NameBook): Suspicion[] {
  const found: Suspicion[] = [];
  if (userinfo !== undefined) {
    const what = `what stands before the @ is no host: the image would come from ${host}`;
    found.push(toSuspicion('userinfo', userinfo.split('/')[0], [[0.95, what]], 'block'));
  }
  const bare = host.replace(/:\d{1,5}$/, '');
  if (hosts.has(host) || hosts.isBelowKnown(bare)) return found;
  if (hosts.has(bare)) return [...found, strangePort(host, bare)];
  const spoof = spoofed(bare, hosts) ?? twin(bare, hosts) ?? slip(bare, hosts) ?? otherDomain(bare, hosts);
  return spoof === undefined ? found : [...found, spoof];
}

function spoofed(host: string, hosts: HostIndex): Suspicion | undefined {
  const inside = hosts.inside(host);
  if (inside !== undefined) {
    const what = `the host has ${inside} in it, and ends as ${domainOf(host)}`;
    return toSuspicion('spoofed-host', inside, [[0.95, what]], 'block');
  }
  const dashed = hosts.dashed(host);
  if (dashed === undefined) return undefined;
  const what = `${dashed.label} is read as ${dashed.of}; the host is below ${domainOf(host)}`;
  return toSuspicion('spoofed-host', dashed.of, [[0.85, what]], 'block');
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
function otherDomain(host: string, hosts: HostIndex): Suspicion | undefined {
  const end = hosts.endOf(host);
  if (end !== undefined) {
    return toSuspicion('spoofed-host', end, [[0.65, `${host} ends like ${end}, and is not below it`]]);
  }
  const other = hosts.withOtherEnd(host);
  return other === undefined
    ? undefined
    : toSuspicion('other-domain', other, [[0.6, `${other} with another end`]]);
}

function twin(host: string, hosts: HostIndex): Suspicion | undefined {
  const of = hosts.twinOf(host);
  if (of === undefined) return undefined;
  const what = `${toAscii(host)} looks like ${of}, and is another host`;
  return toSuspicion('homoglyph', of, [[0.95, what]], 'block');
}

function slip(host: string, hosts: HostIndex): Suspicion | undefined {
  const error = hosts.slipOf(host);
  if (error === undefined) return undefined;
  const what = `one slip (${error.kind.replace('-', ' ')}) from the registry ${error.of}`;
  return toSuspicion(error.kind, error.of, [[0.8, what]]);
}
