import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PackageURL } from 'packageurl-js';
import { type PurlParts, toPurl } from './purl.ts';

const debian = { id: 'debian', idLike: [], version: '12' };

const cases: readonly {
  readonly name: string;
  readonly parts: PurlParts;
  readonly distribution?: typeof debian;
  readonly expected: string;
}[] = [
  {
    name: 'deb',
    parts: {
      type: 'deb',
      vendor: 'debian',
      name: 'libstdc++6',
      version: '1:12.2.0-14+b1',
      qualifiers: { arch: 'amd64' },
    },
    distribution: debian,
    expected: 'pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bb1?arch=amd64&distro=debian-12',
  },
  {
    name: 'no distribution',
    parts: { type: 'apk', vendor: 'alpine', name: 'musl', version: '1.2.5-r0', qualifiers: {} },
    expected: 'pkg:apk/alpine/musl@1.2.5-r0',
  },
  {
    name: 'a blank name has no form, and is still told apart',
    parts: { type: 'rpm', vendor: 'rpm', name: ' ', version: '1', qualifiers: {} },
    expected: 'pkg:rpm/rpm/%20@1',
  },
];

for (const { name, parts, distribution, expected } of cases) {
  test(`purl: ${name}`, () => {
    assert.equal(toPurl(parts, distribution), expected);
  });
}

test('purl: any name and version give a bounded purl that parses back', () => {
  const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(word, word, (name, version) => {
      const purl = toPurl({ type: 'rpm', vendor: 'x', name, version, qualifiers: { arch: version } }, debian);
      assert.ok(purl.length < 12_000);
      if (/^[a-z]/i.test(name) && !/[\s/]/.test(name + version)) PackageURL.fromString(purl);
    }),
  );
});
