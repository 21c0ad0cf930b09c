import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Oddity } from '../../../../core/image.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { unaccountedBytes } from './index.ts';

function inspect(oddity: Oddity) {
  return inspectFixture({ layers: [{ 'etc/motd': 'hello' }], oddities: [oddity] }, [unaccountedBytes])
    .findings;
}

const head = '#!/bin/sh\n\x1b[2Jecho inert';
const cases: readonly { oddity: Oddity; expected: string[] }[] = [
  {
    oddity: { kind: 'padding-data', path: 'etc/motd', offset: 1029, length: 400, head },
    expected: ['block archive/unaccounted-bytes etc/motd'],
  },
  {
    oddity: { kind: 'trailing-data', offset: 4096, length: 1, head },
    expected: ['block archive/unaccounted-bytes'],
  },
  {
    oddity: { kind: 'compression-trailer', offset: 900, length: 64, head },
    expected: ['block archive/unaccounted-bytes'],
  },
  { oddity: { kind: 'duplicate-path', path: 'etc/motd', offset: 0, length: 0, head: '' }, expected: [] },
];

for (const { oddity, expected } of cases) {
  test(`unaccounted-bytes: ${oddity.kind} is ${expected.length > 0 ? 'refused' : 'nothing here'}`, () => {
    const findings = inspect(oddity);
    assert.deepEqual(summary(findings), expected);
    if (findings[0] === undefined) return;
    assert.equal(findings[0].location.offset, oddity.offset);
    assert.match(findings[0].evidence, /^\d+ bytes? .*: #!\/bin\/sh\\n\\x1b\[2J/);
  });
}
