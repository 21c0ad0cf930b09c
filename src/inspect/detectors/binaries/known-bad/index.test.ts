import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { isFailure } from '../../../../core/failure.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { parseDigestList } from './digest-list.ts';
import { knownBad, toKnownBad } from './index.ts';
import { KNOWN_BAD_SAMPLES } from './samples.ts';

const digest = createHash('sha256').update('sample').digest('hex');

test('known-bad: a file with a listed digest is refused in every layer, others are nothing', () => {
  const detector = toKnownBad([{ sha256: digest, name: 'test sample', source: 'a list' }]);
  const { findings } = inspectFixture(
    { layers: [{ 'srv/a': 'sample', 'srv/b': 'else' }, { 'srv/a': null }] },
    [detector],
  );
  assert.deepEqual(summary(findings), ['block binaries/known-bad srv/a']);
  assert.match(findings[0]?.evidence ?? '', /^test sample: sha256 /);
  assert.equal(findings[0]?.location.hidden?.by, 'deleted');
});

test('known-bad: the list that ships does not know the file', () => {
  assert.deepEqual(
    inspectFixture({ layers: [{ 'srv/a': 'sample', 'srv/empty': '' }] }, [knownBad]).findings,
    [],
  );
});

test('known-bad: every sample that ships is well-formed, listed once, and has its report', () => {
  const digests = KNOWN_BAD_SAMPLES.map(({ sha256 }) => sha256);
  assert.equal(new Set(digests).size, digests.length);
  for (const { sha256, source } of KNOWN_BAD_SAMPLES) {
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.equal(new URL(source).protocol, 'https:');
  }
});

test('known-bad: a digest list is read as sha256sum writes it', () => {
  assert.deepEqual(
    parseDigestList(`# mine\n\n${digest.toUpperCase()}  evil.bin\n${digest}\r\n`, 'list.txt'),
    [
      { sha256: digest, name: 'evil.bin', source: 'list.txt' },
      { sha256: digest, name: 'listed file', source: 'list.txt' },
    ],
  );
});

test('known-bad: a line that is no digest is named', () => {
  assert.throws(
    () => parseDigestList(`${digest}\nnonsense\n`, 'list.txt'),
    (error) => isFailure(error, 'RULES_INVALID') && error.message.startsWith('list.txt:2:'),
  );
});
