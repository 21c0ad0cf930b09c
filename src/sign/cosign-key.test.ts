import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type FailureCode, isFailure } from '../core/failure.ts';
import { parseCosignKey } from './cosign-key.ts';
import { sealAsCosign } from './testing/sealed-key.ts';

const SECRET = Buffer.from('what is kept');

type Sealed = ReturnType<typeof sealAsCosign>;
const toJson = (sealed: unknown): Buffer => Buffer.from(JSON.stringify(sealed));

for (const cost of [2 ** 15, 2 ** 16, 2 ** 17]) {
  test(`a key sealed at cost ${cost} opens with its password and with no other`, async () => {
    const locked = parseCosignKey(toJson(sealAsCosign(SECRET, 'right', cost)));
    assert.deepEqual(await locked.unlock('right'), SECRET);
    assert.equal(await locked.unlock('Right'), undefined);
  });
}

test('an empty password is one, and one beyond ASCII is taken as UTF-8', async () => {
  for (const password of ['', 'pässwörd 🔑']) {
    const locked = parseCosignKey(toJson(sealAsCosign(SECRET, password)));
    assert.deepEqual(await locked.unlock(password), SECRET);
  }
});

const refused: readonly [name: string, change: (sealed: Sealed) => unknown, code: FailureCode][] = [
  ['no object', () => 'x', 'MALFORMED'],
  ['null', () => null, 'MALFORMED'],
  ['no key derivation', ({ kdf: _, ...rest }) => rest, 'MALFORMED'],
  ['another key derivation', (it) => ({ ...it, kdf: { ...it.kdf, name: 'argon2id' } }), 'UNSUPPORTED'],
  ['another cipher', (it) => ({ ...it, cipher: { ...it.cipher, name: 'none' } }), 'UNSUPPORTED'],
  ['memory without end', (it) => withCost(it, { N: 2 ** 40 }), 'UNSUPPORTED'],
  ['blocks without end', (it) => withCost(it, { r: 2 ** 30 }), 'UNSUPPORTED'],
  ['rounds without end', (it) => withCost(it, { p: 2 ** 30 }), 'UNSUPPORTED'],
  ['no cost at all', (it) => withCost(it, { N: 1 }), 'UNSUPPORTED'],
  ['a cost that is no number', (it) => withCost(it, { N: '65536' }), 'MALFORMED'],
  ['a short nonce', (it) => ({ ...it, cipher: { ...it.cipher, nonce: 'AAAA' } }), 'MALFORMED'],
  ['content without a tag', (it) => ({ ...it, ciphertext: 'AAAA' }), 'MALFORMED'],
  ['content that is no Base64', (it) => ({ ...it, ciphertext: '{}' }), 'MALFORMED'],
];

function withCost(it: Sealed, cost: object): unknown {
  return { ...it, kdf: { ...it.kdf, params: { ...it.kdf.params, ...cost } } };
}

for (const [name, change, code] of refused) {
  test(`refused before any password is tried: ${name}`, () => {
    const json = toJson(change(sealAsCosign(SECRET, 'x')));
    assert.throws(
      () => parseCosignKey(json),
      (error) => isFailure(error, code),
    );
  });
}

test('no file breaks the parser', () => {
  const honest = toJson(sealAsCosign(SECRET, 'x'));
  const mutated = fc
    .array(fc.tuple(fc.nat(honest.length - 1), fc.nat(255)), { minLength: 1 })
    .map((changes) => {
      const copy = Buffer.from(honest);
      for (const [at, byte] of changes) copy[at] = byte;
      return copy;
    });
  const cut = fc.nat(honest.length).map((length) => honest.subarray(0, length));
  const any = fc.oneof(mutated, cut, fc.json().map(Buffer.from), fc.uint8Array());
  fc.assert(
    fc.property(any, (bytes) => {
      try {
        parseCosignKey(bytes);
      } catch (error) {
        assert.ok(isFailure(error, 'MALFORMED') || isFailure(error, 'UNSUPPORTED'));
      }
    }),
    { numRuns: 1000 },
  );
});
