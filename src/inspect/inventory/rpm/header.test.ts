import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClaimedPaths } from '../claimed-paths.ts';
import { Damage } from '../damage.ts';
import { MalformedHeader } from './header.ts';
import { parseRpmHeader, type RpmRecord } from './record.ts';
import { buildHeader, buildPackage, type HeaderTags } from './testing/build-header.ts';

const NEVRA: HeaderTags = [
  [1000, { type: 'string', value: 'x' }],
  [1001, { type: 'string', value: '1.0' }],
  [1002, { type: 'string', value: '2.el9' }],
];
const DIGEST = 'AB'.repeat(32);

function parse(blob: Uint8Array): RpmRecord {
  return parseRpmHeader(blob, new ClaimedPaths(new Damage()));
}

test('rpm header: everything a record keeps', () => {
  const blob = buildHeader([
    [63, { type: 'int8', value: new Array(16).fill(0) }],
    ...NEVRA,
    [1003, { type: 'int32', value: [3] }],
    [1011, { type: 'string', value: 'Vendor' }],
    [1014, { type: 'string', value: 'MIT' }],
    [1022, { type: 'string', value: 'x86_64' }],
    [1029, { type: 'int8', value: [0, 0, 1] }],
    [1030, { type: 'int16', value: [0o104755, 0o100600, 0o100644] }],
    [1035, { type: 'strings', value: [DIGEST, DIGEST, ''] }],
    [1037, { type: 'int32', value: [0, 17, 64] }],
    [1044, { type: 'string', value: 'x-1.0-2.el9.src.rpm' }],
    [1116, { type: 'int32', value: [0, 1, 1] }],
    [1117, { type: 'strings', value: ['x', 'x.conf', 'x.state'] }],
    [1118, { type: 'strings', value: ['/usr/bin/', '/etc/'] }],
    [5011, { type: 'int32', value: [8] }],
  ]);
  assert.deepEqual(parse(blob), {
    name: 'x',
    version: '1.0',
    release: '2.el9',
    epoch: 3,
    architecture: 'x86_64',
    source: 'x-1.0-2.el9.src.rpm',
    licence: 'MIT',
    vendor: 'Vendor',
    digestAlgorithm: 8,
    paths: '/usr/bin/x\n/etc/x.conf\n/etc/x.state',
    digests: `${DIGEST.toLowerCase()}\n${DIGEST.toLowerCase()}\n`,
    marks: '-cg',
    modes: [0o4755, 0o600, 0o644],
  });
});

test('rpm header: version 3 lists whole paths', () => {
  const old: HeaderTags = [...NEVRA, [1027, { type: 'strings', value: ['/bin/x', '/etc/y'] }]];
  const { paths, digestAlgorithm } = parse(buildHeader(old));
  assert.deepEqual([paths, digestAlgorithm], ['/bin/x\n/etc/y', 1]);
});

test('rpm header: a tag behind the region replaces one within', () => {
  assert.equal(parse(buildHeader([...NEVRA, [1001, { type: 'string', value: '9' }]])).version, '9');
});

test('rpm header: (none) is no value', () => {
  const record = parse(buildHeader([...NEVRA, [1044, { type: 'string', value: '(none)' }]]));
  assert.equal(record.source, undefined);
});

test('rpm header: a digest that is not to be verified is none', () => {
  const blob = buildHeader([
    ...NEVRA,
    [1027, { type: 'strings', value: ['/a', '/b'] }],
    [1035, { type: 'strings', value: [DIGEST, DIGEST] }],
    [1045, { type: 'int32', value: [0xffff_fffe, 0xffff_ffff] }],
  ]);
  assert.equal(parse(blob).digests, `\n${DIGEST.toLowerCase()}`);
});

const huge = buildPackage('x');
huge.writeUInt32BE(0xffff_ffff, 4);
const endless = buildPackage('x');
endless.fill(0x61, 8 + 4 * 16);

const malformed = [
  { name: 'empty', blob: Buffer.alloc(0), message: /cut short/ },
  { name: 'no entries', blob: Buffer.alloc(8), message: /larger than its record/ },
  { name: 'a store beyond the blob', blob: huge, message: /larger than its record/ },
  { name: 'a string without an end', blob: endless, message: /does not end/ },
  { name: 'no name', blob: buildHeader(NEVRA.slice(1)), message: /names no package/ },
  {
    name: 'a folder that is not there',
    blob: buildHeader([...NEVRA, [1117, { type: 'strings', value: ['a'] }]]),
    message: /has no folder/,
  },
  {
    name: 'numbers where strings belong',
    blob: buildHeader([...NEVRA, [1117, { type: 'int32', value: [1] }]]),
    message: /no list of strings/,
  },
  {
    name: 'strings where numbers belong',
    blob: buildHeader([...NEVRA, [1003, { type: 'string', value: '1' }]]),
    message: /holds no numbers/,
  },
];

for (const { name, blob, message } of malformed) {
  test(`rpm header: ${name} is malformed`, () => {
    assert.throws(() => parse(blob), { name: 'MalformedHeader', message });
  });
}

test('rpm header: a count of billions allocates nothing', () => {
  const blob = buildHeader([...NEVRA, [1030, { type: 'int16', value: [1] }]]);
  blob.writeUInt32BE(0xffff_fff0, 8 + 3 * 16 + 12);
  assert.throws(() => parse(blob), { name: 'MalformedHeader', message: /elements/ });
});

test('rpm header: any change gives a record or a MalformedHeader', () => {
  const whole = buildHeader([
    ...NEVRA,
    [1116, { type: 'int32', value: [0, 1] }],
    [1117, { type: 'strings', value: ['x', 'y'] }],
    [1118, { type: 'strings', value: ['/usr/bin/', '/etc/'] }],
    [1035, { type: 'strings', value: [DIGEST, ''] }],
  ]);
  const edit = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), fc.nat(whole.length), (edits, length) => {
      const blob = Uint8Array.from(whole);
      for (const [at, byte] of edits) blob[at] = byte;
      for (const candidate of [blob, blob.subarray(0, length)]) {
        try {
          parse(candidate);
        } catch (error) {
          assert.ok(error instanceof MalformedHeader, String(error));
        }
      }
    }),
    { numRuns: 2000 },
  );
});
