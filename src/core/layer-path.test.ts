import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalisePath } from './layer-path.ts';

const rows: readonly [raw: string, path: string, escaped: boolean][] = [
  ['usr/bin/ls', 'usr/bin/ls', false],
  ['./usr/bin/ls', 'usr/bin/ls', false],
  ['/usr//bin/./ls', 'usr/bin/ls', false],
  ['usr/../etc/passwd', 'etc/passwd', false],
  ['../../etc/passwd', 'etc/passwd', true],
  ['a/../../b', 'b', true],
  ['..', '', true],
  ['./', '', false],
  ['', '', false],
  ['a/', 'a', false],
  ['...', '...', false],
  ['.hidden/..x', '.hidden/..x', false],
];

for (const [raw, path, escaped] of rows) {
  test(`layer path: ${JSON.stringify(raw)}`, () => assert.deepEqual(normalisePath(raw), { path, escaped }));
}

test('layer path: never keeps a part that a runtime would act on', () => {
  const part = fc.constantFrom('', '.', '..', 'a', 'b c', '...', '\0');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const { path } = normalisePath(parts.join('/'));
      for (const one of path === '' ? [] : path.split('/')) assert.ok(!['', '.', '..'].includes(one), path);
      assert.deepEqual(normalisePath(path), { path, escaped: false });
    }),
  );
});
