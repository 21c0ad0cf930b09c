import type { Suspicion } from '../../../core/naming.ts';
import type { OfficialImage } from '../catalogue/contract.ts';
import { HUB } from '../split-name.ts';
import { type Part, toSuspicion } from '../suspicion.ts';

/*
 * A tag that no release of an official image has. The catalogue has today's tags only, and older releases are honest: so what
 * counts is a version far above the newest, and words that no tag of the image ever had.
 */

/** Words that releases of years ago had, or many images have. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'latest stable edge mainline beta alpha rc dev nightly lts current alpine slim debian ubuntu centos fedora oraclelinux ol ' +
    'windowsservercore nanoserver ltsc servercore fat minimal onbuild scratch base full core busybox glibc musl uclibc perl otel ' +
    'wheezy jessie stretch buster bullseye bookworm trixie forky sid xenial bionic focal jammy noble trusty rolling testing unstable ' +
    'oldstable oldoldstable backports experimental management apache fpm cli zts jdk jre openjdk temurin corretto eclipse java amd64 ' +
    'arm64 arm32v7 arm64v8 i386 s390x ppc64le standalone community enterprise server client ce ee m snapshot preview milestone ' +
    'boringssl php browsers python node go gcc clang'
  ).split(' '),
);
/** Words that sell something. */
const LURES: ReadonlySet<string> = new Set([
  'xmr',
  'xmrig',
  'miner',
  'mining',
  'crack',
  'cracked',
  'patched',
  'hacked',
  'nulled',
  'backdoor',
  'root',
  'free',
  'unlocked',
  'official',
  'secure',
]);
/** Releases that may have come since the catalogue was made. */
const AHEAD = 3;

export function suspectTag(tag: string, image: OfficialImage): Suspicion[] {
  const { name, tags, retired } = image;
  if (retired || tags.length === 0 || tags.includes(tag)) return [];
  const known = new Set(tags.flatMap(wordsOf));
  const unknown = wordsOf(tag).filter((word) => !known.has(word) && !COMMON.has(word));
  const parts: Part[] = [];
  const lure = unknown.find((word) => LURES.has(word));
  if (lure !== undefined) parts.push([0.6, `"${lure}" is a word to lure with`]);
  if (unknown.length > 0) parts.push([0.3, `no release of ${name} has "${unknown[0]}" in its tag`]);
  const newest = Math.max(...tags.map(majorOf).filter((major) => major < 1000));
  const major = majorOf(tag);
  if (Number.isFinite(newest) && major < 1000 && major > newest + AHEAD) {
    parts.push([0.4, `version ${major} is far above ${newest}, the newest that is known`]);
  }
  const highest = Math.max(0, ...tags.filter((known) => majorOf(known) === major).map(minorOf));
  if (major <= newest && minorOf(tag) > 2 * highest + 10) {
    parts.push([
      0.3,
      `version ${major}.${minorOf(tag)} is far above ${major}.${highest}, the newest that is known`,
    ]);
  }
  return parts.length === 0 ? [] : [toSuspicion('unknown-tag', `${HUB}/library/${name}`, parts)];
}

/** Parts that are no version: `alpine` of `3.20-alpine3.21`. */
function wordsOf(tag: string): string[] {
  return tag
    .toLowerCase()
    .split(/[-_.+]/)
    .map((word) => word.replace(/^v?\d+/, '').replace(/\d+$/, ''))
    .filter((word) => word.length > 2 && !/^\d*$/.test(word) && !/^[0-9a-f]{6,}$/.test(word));
}

function minorOf(tag: string): number {
  return Number(/^v?\d{1,8}\.(\d{1,8})(?=[._-]|$)/.exec(tag)?.[1] ?? 0);
}

function majorOf(tag: string): number {
  return Number(/^v?(\d{1,8})(?=[._-]|$)/.exec(tag)?.[1] ?? 0);
}
