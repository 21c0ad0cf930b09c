import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { readDamaged, readWhole, unpackImage } from '../squashfs/testing/whole-tree.ts';
import { iso9660Driver } from './index.ts';
import { crossing, interleaved, odd, secondPrimary, tooShort, twoFaced } from './testing/odd-images.ts';
import { attributes, continuation, withRockRidge } from './testing/rock-ridge-image.ts';
import { areaOf, ROCK_RIDGE_AND_JOLIET, recordOf, SmallIso } from './testing/small-image.ts';

const SECTOR = 2048;
const FOLDER = 2;

/** A link's entries, its target in one part. */
function linkTo(target: string): Buffer {
  const part = Buffer.from([0, 0, target.length, ...Buffer.from(target)]);
  return areaOf(attributes(0o120777), ['SL', part]);
}

/** Its target goes on in a continuation: 2,500 parts of one letter. */
function longLink(): SmallIso {
  const part = Buffer.from([0, 1, 0x61]);
  const more = Array.from({ length: 50 }, (): [string, Buffer] => [
    'SL',
    Buffer.concat([Buffer.from([1]), ...Array.from({ length: 50 }, () => part)]),
  ]);
  const rest = areaOf(attributes(0o120777), ...more);
  const iso = withRockRidge(recordOf('A;1', 0, 0, { systemUse: areaOf(continuation(30, 0, rest.length)) }));
  rest.copy(iso.image, 30 * SECTOR);
  return iso;
}

const told: { name: string; iso: SmallIso; problem: RegExp }[] = [
  {
    name: 'a folder in itself',
    iso: new SmallIso().folder(20, recordOf('SUB', 20, SECTOR, { flags: FOLDER })),
    problem: /is not walked again/,
  },
  {
    name: 'folders over the same bytes',
    iso: new SmallIso().folder(
      20,
      recordOf('ONE', 21, 2 * SECTOR, { flags: FOLDER }),
      recordOf('TWO', 22, SECTOR, { flags: FOLDER }),
    ),
    problem: /has bytes of another/,
  },
  {
    name: 'a folder beyond the end',
    iso: new SmallIso().folder(20, recordOf('SUB', 59, 2 ** 31, { flags: FOLDER })),
    problem: /of which 2048 were read/,
  },
  {
    name: 'a file beyond the end',
    iso: new SmallIso().folder(20, recordOf('FILE;1', 50, 2 ** 31)),
    problem: /TRUNCATED/,
  },
  {
    name: 'an interleaved file',
    iso: interleaved(),
    problem: /UNSUPPORTED file: its content is interleaved/,
  },
  {
    name: 'byte orders that differ',
    iso: twoFaced(),
    problem: /its first block is 22 in one byte order and 23 in the other/,
  },
  {
    name: 'parts without an end',
    iso: new SmallIso().folder(20, recordOf('PART;1', 22, 5, { flags: 0x80 })),
    problem: /no record says where/,
  },
  { name: 'a record over the end of a sector', iso: crossing(), problem: /crosses a sector/ },
  {
    name: 'a record too short for its name',
    iso: new SmallIso().folder(20, tooShort()),
    problem: /directory record of 34 bytes has a name of 200/,
  },
  {
    name: 'Rock Ridge that goes on for ever',
    iso: withRockRidge(recordOf('A;1', 22, 0, { systemUse: areaOf(continuation(30, 0, 28)) })).fill(
      30,
      areaOf(continuation(30, 0, 28)),
    ),
    problem: /goes on in more than 32 places/,
  },
  {
    name: 'Rock Ridge that goes on beyond the end',
    iso: withRockRidge(recordOf('A;1', 22, 0, { systemUse: areaOf(continuation(0x7fffffff, 0, 28)) })),
    problem: /TRUNCATED/,
  },
  {
    name: 'Rock Ridge that goes on with gigabytes',
    iso: withRockRidge(recordOf('A;1', 22, 0, { systemUse: areaOf(continuation(30, 0, 2 ** 31)) })),
    problem: /goes on with 2147483648 bytes/,
  },
  {
    name: 'a link that goes on after its end',
    iso: withRockRidge(recordOf('A;1', 0, 0, { systemUse: linkTo('etc\0x') })),
    problem: /MALFORMED_FILE_SYSTEM a: it is a link whose target goes on after its end/,
  },
  {
    name: 'a link that is longer than any path',
    iso: longLink(),
    problem: /MALFORMED_FILE_SYSTEM a: a link has a target of 4999 bytes/,
  },
  {
    name: 'zisofs',
    iso: withRockRidge(recordOf('A;1', 22, 0, { systemUse: areaOf(['ZF', Buffer.alloc(12)]) })),
    problem: /UNSUPPORTED a: .*zisofs/,
  },
  {
    name: 'a file that Rock Ridge calls a folder',
    iso: withRockRidge(recordOf('A;1', 22, 0, { systemUse: areaOf(attributes(0o040755)) })),
    problem: /calls a file a folder/,
  },
  {
    name: 'UDF beside it',
    iso: new SmallIso().folder(20).fill(18, '\0NSR02'),
    problem: /UNSUPPORTED: it also has a UDF/,
  },
  { name: 'another primary tree', iso: secondPrimary(), problem: /second primary descriptor/ },
];

for (const { name: title, iso, problem } of told) {
  test(`told: ${title}`, async () => {
    const { problems } = await readWhole(iso9660Driver, iso.image);
    assert.match(problems.join('\n'), problem);
    assert.equal(problems.length, 1, problems.join('\n'));
  });
}

const refused: { name: string; image: Buffer; message: RegExp }[] = [
  {
    name: 'UDF alone',
    image: new SmallIso().fill(16, '\0BEA01\0').fill(17, '\0NSR03').image,
    message: /UDF is not read/,
  },
  {
    name: 'High Sierra',
    image: new SmallIso().fill(16, Buffer.concat([Buffer.alloc(9), Buffer.from('CDROM')])).image,
    message: /High Sierra/,
  },
  { name: 'no primary descriptor', image: new SmallIso().fill(16, '\xff').image, message: /no primary/ },
  { name: 'blocks of 3 bytes', image: new SmallIso().fill(16, odd()).image, message: /blocks of 3 bytes/ },
];
for (const { name: title, image, message } of refused) {
  test(`refused: ${title}`, async () => {
    assert.ok(iso9660Driver.probe(image));
    await assert.rejects(
      readWhole(iso9660Driver, image),
      (error) => error instanceof Unreadable && message.test(error.message),
    );
  });
}

test('no magic, no ISO 9660', () => {
  assert.equal(iso9660Driver.probe(Buffer.alloc(0)), false);
  assert.equal(iso9660Driver.probe(Buffer.alloc(131_072)), false);
});

test('damaged in many ways', { timeout: 60_000 }, async () => {
  await readDamaged(iso9660Driver, unpackImage(ROCK_RIDGE_AND_JOLIET), 300);
});
