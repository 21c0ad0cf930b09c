import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../../core/failure.ts';
import { parseStatement } from './statement.ts';

const HEX = 'ab'.repeat(32);
const good = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'registry.example/app', digest: { sha256: HEX, sha512: 'cd'.repeat(64) } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { a: 1 },
};
const bytes = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

test('parseStatement: reads both versions', () => {
  for (const _type of ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']) {
    assert.deepEqual(parseStatement(bytes({ ...good, _type })), {
      type: _type,
      subjects: good.subject,
      predicateType: good.predicateType,
      predicate: { a: 1 },
    });
  }
});

test('parseStatement: digests of unknown algorithms are left out, the predicate may be absent', () => {
  const { predicate: _, ...rest } = good;
  const statement = parseStatement(
    bytes({ ...rest, subject: [{ digest: { dirHash: 'h1:x=', sha256: HEX } }] }),
  );
  assert.deepEqual(statement.subjects, [{ digest: { sha256: HEX } }]);
  assert.equal(statement.predicate, undefined);
});

const subject = (digest: unknown, more = {}): unknown => ({ ...good, subject: [{ digest, ...more }] });

const MALFORMED: Readonly<Record<string, unknown>> = {
  'not JSON': '{',
  'not UTF-8': undefined,
  'an array': [],
  null: 'null',
  'another _type': { ...good, _type: 'https://in-toto.io/Statement/v1.0' },
  'a _type with a prefix of the right one': { ...good, _type: 'https://in-toto.io/Statement/v' },
  'no _type': { ...good, _type: undefined },
  'no subject': { ...good, subject: undefined },
  'an empty subject': { ...good, subject: [] },
  'a subject that is null': { ...good, subject: [null] },
  'too many subjects': { ...good, subject: Array.from({ length: 10_001 }, () => good.subject[0]) },
  'no digest': subject(undefined),
  'an empty digest': subject({}),
  'a digest list': subject([HEX]),
  'upper-case hex': subject({ sha256: HEX.toUpperCase() }),
  'short hex': subject({ sha256: HEX.slice(1) }),
  'a sha512 of the length of sha256': subject({ sha512: HEX }),
  'hex with its algorithm': subject({ sha256: `sha256:${HEX}` }),
  'a digest that is a number': subject({ sha256: 1 }),
  'too many algorithms': subject(Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`x${at}`, 'y']))),
  'a name that is no text': subject({ sha256: HEX }, { name: 1 }),
  'no predicate type': { ...good, predicateType: undefined },
  'an empty predicate type': { ...good, predicateType: '' },
  'a predicate type with blanks': { ...good, predicateType: 'https://slsa.dev/provenance/v1 ' },
  'a predicate type as a list': { ...good, predicateType: [good.predicateType] },
  'nesting without end': `{"_type":${'['.repeat(1000)}${']'.repeat(1000)}}`,
  'subject twice': JSON.stringify(good).replace('"predicateType"', '"subject":[],"predicateType"'),
  'a digest twice': JSON.stringify(good).replace('"sha512"', '"sha256"'),
};

for (const [name, value] of Object.entries(MALFORMED)) {
  test(`parseStatement refuses: ${name}`, () => {
    const input = value === undefined ? Buffer.from([0x22, 0xff, 0x22]) : bytes(value);
    assert.throws(
      () => parseStatement(input),
      (error) => isFailure(error, 'MALFORMED'),
    );
  });
}

test('parseStatement: whatever the bytes, a statement with comparable subjects or MALFORMED', () => {
  const text = JSON.stringify(good);
  const mutation = fc.record({
    at: fc.nat(text.length - 1),
    with: fc.string({ maxLength: 3 }),
    cut: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.oneof(mutation, fc.json()), (input) => {
      const mutated =
        typeof input === 'string'
          ? input
          : text.slice(0, input.at) + input.with + text.slice(input.at + input.cut);
      try {
        for (const { digest } of parseStatement(Buffer.from(mutated)).subjects) {
          for (const hex of Object.values(digest)) assert.match(hex, /^[0-9a-f]+$/);
        }
      } catch (error) {
        assert.ok(isFailure(error, 'MALFORMED'), String(error));
      }
    }),
    { numRuns: 3000 },
  );
});
