import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encode, Tagged } from 'cborg';
import fc from 'fast-check';
import { isFailure } from '../../../core/failure.ts';
import { Refusal } from '../refusal.ts';
import { parseCose } from './cose.ts';
import type { Envelope } from './envelope.ts';
import { parseJws } from './jws.ts';
import { parseTarget } from './payload.ts';
import { issue, PURPOSE, signer } from './testing/authority.ts';
import { signCose, signJws } from './testing/envelope.ts';

const holder = await issue({
  subject: 'CN=Own, O=Acme, ST=WA, C=US',
  extensions: signer(PURPOSE.codeSigning),
});
const JWS = signJws(holder);
const COSE = signCose(holder);

type Parse = (bytes: Uint8Array) => unknown;

/** What a parser made of it: nothing but its documented errors may come out. */
function codeOf(parse: Parse, bytes: Uint8Array): string {
  try {
    parse(bytes);
    return 'parsed';
  } catch (error) {
    if (error instanceof Refusal || isFailure(error, 'MALFORMED')) return error.code;
    throw error;
  }
}

function jwsWith(change: (json: Record<string, unknown>) => void): Buffer {
  const json = JSON.parse(JWS.toString());
  change(json);
  return Buffer.from(JSON.stringify(json));
}

describe('JWS', () => {
  const rows: readonly { readonly name: string; readonly bytes: Buffer }[] = [
    { name: 'compact form', bytes: Buffer.from('e30.e30.e30') },
    { name: 'general form', bytes: Buffer.from('{"payload":"e30","signatures":[]}') },
    { name: 'a member more', bytes: jwsWith((json) => Object.assign(json, { more: 1 })) },
    {
      name: 'a member twice',
      bytes: Buffer.from(JWS.toString().replace('{"payload"', '{"payload":"e30","payload"')),
    },
    { name: 'padding', bytes: jwsWith((json) => Object.assign(json, { payload: `${json.payload}==` })) },
    { name: 'the other alphabet', bytes: jwsWith((json) => Object.assign(json, { signature: '++//' })) },
    {
      name: 'a space inside',
      bytes: jwsWith((json) => Object.assign(json, { signature: ` ${json.signature}` })),
    },
    { name: 'an empty signature', bytes: jwsWith((json) => Object.assign(json, { signature: '' })) },
    { name: 'a signature that is no text', bytes: jwsWith((json) => Object.assign(json, { signature: 1 })) },
    { name: 'no header', bytes: jwsWith((json) => Object.assign(json, { header: null })) },
    {
      name: 'a protected header that is a list',
      bytes: jwsWith((json) => Object.assign(json, { protected: 'W10' })),
    },
    {
      name: 'x5c that is no list',
      bytes: jwsWith((json) => Object.assign(json, { header: { x5c: 'AAAA' } })),
    },
    { name: 'not UTF-8', bytes: Buffer.from([0x7b, 0xff, 0x7d]) },
    { name: 'nested without end', bytes: Buffer.from('['.repeat(100_000)) },
  ];
  for (const { name, bytes } of rows) {
    test(`${name}: MALFORMED`, () => assert.equal(codeOf(parseJws, bytes), 'MALFORMED'));
  }
});

describe('COSE', () => {
  const parts = (change: (parts: unknown[]) => void, tag = 18): Buffer => {
    const { protectedBytes, unprotected, payload, signature } = openCose();
    const list: unknown[] = [protectedBytes, unprotected, payload, signature];
    change(list);
    return Buffer.from(encode(new Tagged(tag, list)));
  };
  const rows: readonly { readonly name: string; readonly bytes: Buffer }[] = [
    { name: 'another tag', bytes: parts(() => undefined, 1) },
    { name: 'no tag', bytes: COSE.subarray(1) },
    { name: 'a part too few', bytes: parts((list) => list.pop()) },
    { name: 'a part too many', bytes: parts((list) => list.push(1)) },
    { name: 'bytes after the end', bytes: Buffer.concat([COSE, Buffer.of(0)]) },
    { name: 'a payload that is elsewhere', bytes: parts((list) => list.splice(2, 1, null)) },
    { name: 'an unprotected header that is none', bytes: parts((list) => list.splice(1, 1, [])) },
    { name: 'a protected header that is no bytes', bytes: parts((list) => list.splice(0, 1, new Map())) },
    {
      name: 'a label that is neither number nor text',
      bytes: parts((list) => list.splice(1, 1, new Map([[true, 1]]))),
    },
    { name: 'a label twice', bytes: Buffer.from('d28441a0a2182100182100414141', 'hex') },
    { name: 'indefinite length', bytes: Buffer.from('d29f40a04040ff', 'hex') },
    { name: 'a length that is padded', bytes: Buffer.from('d284580100a041004100', 'hex') },
    { name: 'a million items that are not there', bytes: Buffer.from('d29a000fffff', 'hex') },
    { name: 'nested without end', bytes: Buffer.alloc(1_000_000, 0x81) },
    { name: 'tags without end', bytes: Buffer.alloc(1_000_000, 0xd2) },
    { name: 'an unknown tag', bytes: Buffer.from('d284c2', 'hex') },
  ];
  for (const { name, bytes } of rows) {
    test(`${name}: MALFORMED`, () => assert.equal(codeOf(parseCose, bytes), 'MALFORMED'));
  }

  test('a chain in the protected header, or a certificate alone, is one too', () => {
    const [certificate = Buffer.of()] = holder.chain;
    const alone = signCose(holder, { unprotected: { 33: Uint8Array.from(certificate) } });
    assert.equal(parseCose(alone).chain.length, 1);
    const inside = signCose(holder, {
      protected: { 33: [Uint8Array.from(certificate)] },
      unprotected: { 33: undefined },
    });
    assert.equal(parseCose(inside).chain.length, 1);
    const both = signCose(holder, { protected: { 33: [Uint8Array.from(certificate)] } });
    assert.equal(codeOf(parseCose, both), 'MALFORMED');
  });
});

function openCose(): {
  protectedBytes: Uint8Array;
  unprotected: Map<number, unknown>;
  payload: Uint8Array;
  signature: Uint8Array;
} {
  const envelope: Envelope = parseCose(COSE);
  return {
    // The protected header stands right after tag, list and its own length.
    protectedBytes: Uint8Array.from(COSE.subarray(4, 4 + (COSE[3] ?? 0))),
    unprotected: new Map([[33, envelope.chain.map((each) => Uint8Array.from(each))]]),
    payload: Uint8Array.from(envelope.payload),
    signature: Uint8Array.from(envelope.signature),
  };
}

describe('whatever the bytes are, only documented errors', () => {
  const parsers: readonly { readonly name: string; readonly parse: Parse; readonly good: Buffer }[] = [
    { name: 'JWS', parse: parseJws, good: JWS },
    { name: 'COSE', parse: parseCose, good: COSE },
    { name: 'payload', parse: parseTarget, good: Buffer.from(parseJws(JWS).payload) },
  ];
  for (const { name, parse, good } of parsers) {
    test(`${name}, noise`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
          codeOf(parse, bytes);
        }),
        { numRuns: 500 },
      );
    });

    test(`${name}, an honest one with changes`, () => {
      const change = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255), cut: fc.nat(8) });
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
          let bytes = Buffer.from(good);
          for (const { at, byte, cut } of changes) {
            bytes = Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at + cut)]);
          }
          codeOf(parse, bytes);
        }),
        { numRuns: 500 },
      );
    });
  }
});
