import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPlatform, parsePlatform, suitability } from './platform.ts';

const read: [written: string, canonical: string][] = [
  ['linux/amd64', 'linux/amd64'],
  ['linux/x86_64', 'linux/amd64'],
  ['Linux/aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64/v8'],
  ['linux/armhf', 'linux/arm/v7'],
  ['windows/amd64', 'windows/amd64'],
];
for (const [written, canonical] of read) {
  test(`parsePlatform reads ${written}`, () =>
    assert.equal(formatPlatform(parsePlatform(written)), canonical));
}

for (const written of ['', 'linux', 'linux/', '/amd64', 'linux/a/b/c', 'linux/a b', 'linux/arm64/']) {
  test(`parsePlatform refuses "${written}"`, () =>
    assert.throws(() => parsePlatform(written), { code: 'USAGE' }));
}

const ordered: [wanted: string, offers: string[], best: string | undefined][] = [
  ['linux/amd64', ['linux/arm64', 'linux/amd64'], 'linux/amd64'],
  ['linux/arm64', ['linux/arm64/v8'], 'linux/arm64/v8'],
  ['linux/arm64/v8', ['linux/arm64'], 'linux/arm64'],
  ['linux/arm', ['linux/arm/v5', 'linux/arm/v6'], 'linux/arm/v6'],
  ['linux/arm', ['linux/arm/v6', 'linux/arm/v7'], 'linux/arm/v7'],
  ['linux/arm/v6', ['linux/arm/v7', 'linux/arm/v5'], undefined],
  ['linux/amd64', ['linux/amd64/v3'], undefined],
  ['linux/amd64/v3', ['linux/amd64', 'linux/amd64/v3'], 'linux/amd64/v3'],
  ['linux/amd64', ['windows/amd64', 'linux/386'], undefined],
];
for (const [wanted, offers, best] of ordered) {
  test(`suitability: ${wanted} of ${offers.join(', ')} is ${best ?? 'none'}`, () => {
    const scored = offers.map((offer) => ({
      offer,
      score: suitability(parsePlatform(wanted), parsePlatform(offer)),
    }));
    const top = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score)[0];
    assert.equal(top?.offer, best);
  });
}
