import { arch } from 'node:process';
import { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/image.ts';

/*
 * Which platform of an index is meant. Names follow GOOS and GOARCH, as OCI image-spec image-index.md demands; the
 * names people and kernels use for them are understood too. A container is nearly always Linux, so that is the
 * default wherever this program runs.
 */

const ARCHITECTURE_ALIASES: ReadonlyMap<string, { architecture: string; variant?: string }> = new Map([
  ['x86_64', { architecture: 'amd64' }],
  ['x86-64', { architecture: 'amd64' }],
  ['x64', { architecture: 'amd64' }],
  ['aarch64', { architecture: 'arm64' }],
  ['armhf', { architecture: 'arm', variant: 'v7' }],
  ['armel', { architecture: 'arm', variant: 'v6' }],
  ['i386', { architecture: '386' }],
  ['i686', { architecture: '386' }],
  ['ia32', { architecture: '386' }],
  ['ppc64el', { architecture: 'ppc64le' }],
]);

/** What an absent variant means. */
const DEFAULT_VARIANTS: ReadonlyMap<string, string> = new Map([
  ['arm64', 'v8'],
  ['arm', 'v7'],
  ['amd64', 'v1'],
]);

const PART = /^[A-Za-z0-9_.-]{1,64}$/;

/** @throws Failure USAGE unless it reads `os/architecture` or `os/architecture/variant` */
export function parsePlatform(written: string): Platform {
  const [os, architecture, variant, ...rest] = written.split('/');
  const parts = [os, architecture, variant ?? 'none'];
  if (os === undefined || architecture === undefined || rest.length > 0 || !parts.every(isPart))
    throw new Failure(
      'USAGE',
      `"${written.slice(0, 80)}" is no platform: write os/architecture, as in linux/arm64 or linux/arm/v7`,
    );
  return canonical({ os, architecture, ...(variant === undefined ? {} : { variant }) });
}

function isPart(part: string | undefined): boolean {
  return part !== undefined && PART.test(part);
}

/** Linux on the architecture this runs on. */
export function hostPlatform(): Platform {
  return canonical({ os: 'linux', architecture: arch });
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/**
 * How well an image's platform serves the one wanted: 0 not at all, higher is better. The variant wanted is
 * matched exactly where it was written; where it was not, the usual one is best and, on 32-bit ARM only, older
 * ones do, for those run on a newer processor.
 */
export function suitability(wanted: Platform, offered: Platform): number {
  const want = canonical(wanted);
  const offer = canonical(offered);
  if (want.os !== offer.os || want.architecture !== offer.architecture) return 0;
  const usual = DEFAULT_VARIANTS.get(want.architecture) ?? '';
  const [asked, given] = [want.variant ?? usual, offer.variant ?? usual];
  if (asked === given) return 100;
  if (want.variant !== undefined || want.architecture !== 'arm') return 0;
  return given === 'v6' ? 6 : given === 'v5' ? 5 : 0;
}

/** `unknown/unknown` marks what is no image: BuildKit's attestations. No runtime ever picks it. */
export function isRunnable(platform: Platform): boolean {
  return platform.os !== 'unknown' || platform.architecture !== 'unknown';
}

function canonical({ os, architecture, variant }: Platform): Platform {
  const lower = architecture.toLowerCase();
  const known = ARCHITECTURE_ALIASES.get(lower) ?? { architecture: lower };
  const chosen = variant?.toLowerCase() || known.variant;
  return {
    os: os.toLowerCase(),
    architecture: known.architecture,
    ...(chosen === undefined ? {} : { variant: chosen }),
  };
}
