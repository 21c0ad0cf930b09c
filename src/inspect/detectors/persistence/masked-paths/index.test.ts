import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { maskedPaths } from './index.ts';

const RULE = 'persistence/masked-path';

const cases = [
  {
    name: 'files with content',
    layers: [{ 'dev/shm/x': '\x7fELF inert', 'proc/a': 'x', 'sys/fs/b': { data: 'x', mode: 0o755 } }],
    expected: [`review ${RULE} dev/shm/x`, `review ${RULE} proc/a`, `review ${RULE} sys/fs/b`],
  },
  {
    name: 'what builders leave is nothing',
    layers: [
      {
        'dev/console': '',
        'dev/pts/': {},
        'dev/null': { kind: 'character' as const },
        'dev/stdout': { link: '/proc/self/fd/1' },
        'proc/': {},
        '.dockerenv': '',
      },
    ],
    expected: [],
  },
  {
    name: 'output written to a device that was none is a note, a program there is not',
    layers: [{ 'dev/null': 'warning\n' }, { 'dev/null': { data: '#!/bin/sh\n', mode: 0o755 } }],
    expected: [`note ${RULE} dev/null`, `review ${RULE} dev/null`],
  },
  {
    name: 'other places are nothing',
    layers: [{ 'usr/dev/x': 'x', 'device/x': 'x', 'system/x': 'x' }],
    expected: [],
  },
  {
    name: 'deleted ones still ship',
    layers: [{ 'dev/x': 'x' }, { 'dev/x': null }],
    expected: [`review ${RULE} dev/x`],
  },
];

for (const { name, layers, expected } of cases) {
  test(`masked-paths: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers }, [maskedPaths]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}
