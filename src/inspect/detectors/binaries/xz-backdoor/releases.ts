import type { Package } from '../../../../core/package.ts';

/*
 * Which installed versions are the backdoored releases, by how each distribution numbered its way back:
 *
 *   Debian, Ubuntu, Kali  5.6.1+really5.4.5-1 and later      (DSA 5649-1)
 *   openSUSE              5.6.1.revertto5.4-3.2
 *   Fedora                1:5.4.6-3
 *   Alpine, Wolfi         5.6.1-r2: the same version, built from the repository instead of the release archive
 */
const NAMES: ReadonlySet<string> = new Set([
  'liblzma5',
  'liblzma-dev',
  'xz-utils',
  'xzdec',
  'xz',
  'xz-libs',
  'xz-devel',
  'xz-static',
  'liblzma5-32bit',
  'libxz',
  'liblzma',
]);
/** 5.6.0 or 5.6.1 and then a release or nothing: `+really…` and `.revertto…` go on otherwise. */
const BAD = /^(?:\d{1,4}:)?5\.6\.[01](?:-|$)/;
const ALPINE_REVISION = /-r(\d{1,6})$/;
const FIRST_CLEAN_ALPINE_REVISION = 2;

export function isOfXz({ name, source }: Package): boolean {
  return NAMES.has(name) || source?.name === 'xz-utils' || source?.name === 'xz';
}

export function isBackdoored({ type, version }: Package): boolean {
  if (!BAD.test(version)) return false;
  if (type !== 'apk') return true;
  return Number(ALPINE_REVISION.exec(version)?.[1] ?? 0) < FIRST_CLEAN_ALPINE_REVISION;
}

/** Distributions without a package database that is read here, which shipped clean builds under the same number. */
export const REBUILT_ELSEWHERE: ReadonlySet<string> = new Set([
  'arch',
  'archarm',
  'manjaro',
  'gentoo',
  'nixos',
  'guix',
  'void',
]);
