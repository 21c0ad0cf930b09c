import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IN_TOTO_PAYLOAD } from '../../../core/statement.ts';
import { REJECTION_CODES } from '../../../core/vouching.ts';
import type { Proof } from '../contract.ts';
import { type Outcome, prove, toFile, toRoot, toStatement, toTrustedKey } from './testing/found.ts';
import { mockSigstore, newKeyPair, toBytes } from './testing/keyless.ts';

/* A good bundle, changed anywhere: it is refused with a code, or still proves exactly what it proved before. */

const mock = await mockSigstore();
const key = newKeyPair();
const materials = { roots: [toRoot(mock.rootJson())], keys: [toTrustedKey(key.publicKey)] };
const BYTES = Buffer.from('disk image');
const context = { file: toFile(BYTES) };
const statement = toStatement('ab'.repeat(32));

const bundles = {
  'a key, Rekor 1': await mock.signDsse(statement, IN_TOTO_PAYLOAD, { key, stamped: true }),
  'keyless, Rekor 1': await mock.signDsse(statement, IN_TOTO_PAYLOAD, { stamped: true }),
  'keyless, Rekor 2': await mock.signDsse(statement, IN_TOTO_PAYLOAD, { log: 'v2' }),
  'keyless, a file': await mock.signMessage(BYTES, { version: 'v0.2' }),
};

function saysTheSame({ code, proofs }: Outcome, before: readonly Proof[]): void {
  if (code === 'PROVEN') {
    const essence = ({ identity, content }: Proof) => ({ identity, content });
    assert.deepEqual(proofs.map(essence), before.map(essence));
  } else {
    assert.ok(REJECTION_CODES.includes(code));
    assert.deepEqual(proofs, []);
  }
}

for (const [name, bundle] of Object.entries(bundles)) {
  const good = toBytes(bundle);

  test(`a byte changed: ${name}`, async () => {
    const before = await prove(good, materials, context);
    assert.equal(before.code, 'PROVEN', before.message);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        saysTheSame(await prove(bytes, materials, context), before.proofs);
      }),
      { numRuns: 120 },
    );
  });

  test(`a bit changed inside what is in base64: ${name}`, async () => {
    const before = await prove(good, materials, context);
    const text = Buffer.from(good).toString();
    const values = [...text.matchAll(/"([A-Za-z0-9+/]{20,}={0,2})"/g)].map(({ index, 1: value }) => ({
      index,
      value,
    }));
    await fc.assert(
      fc.asyncProperty(fc.nat(values.length - 1), fc.nat(), fc.nat(7), async (which, offset, bit) => {
        const { index = 0, value = '' } = values[which] ?? {};
        const raw = Buffer.from(value, 'base64');
        const at = offset % raw.length;
        raw[at] = (raw[at] ?? 0) ^ (1 << bit);
        const changed =
          text.slice(0, index + 1) + raw.toString('base64') + text.slice(index + 1 + value.length);
        saysTheSame(await prove(Buffer.from(changed), materials, context), before.proofs);
      }),
      { numRuns: 120 },
    );
  });

  test(`a value exchanged: ${name}`, async () => {
    const before = await prove(good, materials, context);
    const places = placesIn(JSON.parse(Buffer.from(good).toString()));
    await fc.assert(
      fc.asyncProperty(fc.nat(places.length - 1), fc.jsonValue(), async (which, value) => {
        const json = JSON.parse(Buffer.from(good).toString());
        exchange(json, places[which] ?? [], value);
        saysTheSame(await prove(Buffer.from(JSON.stringify(json)), materials, context), before.proofs);
      }),
      { numRuns: 120 },
    );
  });
}

type Place = readonly string[];

function placesIn(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, member]) => placesIn(member, [...at, name]))].filter(
    (place) => place.length > 0,
  );
}

function exchange(root: object, place: Place, value: unknown): void {
  const holder = place.slice(0, -1).reduce<object>((at, name) => Reflect.get(at, name), root);
  Reflect.set(holder, place.at(-1) ?? '', value);
}
