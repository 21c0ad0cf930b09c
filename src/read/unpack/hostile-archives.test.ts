import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Limits } from '../../core/limits.ts';
import { readArchive } from '../testing/read-archive.ts';
import { paxRecords, type TarMember, tar, tarHeader, tarMember } from '../testing/tar-builder.ts';

/** One attack: the archive, and everything that is to be said of it. What is not named is to be empty. */
interface Attack {
  readonly archive: Uint8Array;
  readonly limits?: Partial<Limits>;
  /** `path` or `path=content` of what the sink gets. */
  readonly files?: readonly string[];
  readonly whiteouts?: readonly string[];
  readonly problems?: readonly string[];
  readonly oddities?: readonly string[];
}

const hello: TarMember = { name: 'hello', data: 'hi' };
const block = (text: string): Buffer =>
  Buffer.concat([Buffer.from(text), Buffer.alloc(512)]).subarray(0, 512);

const attacks: Readonly<Record<string, Attack>> = {
  'a name that climbs above the root is clamped there': {
    archive: tar([{ name: '../../etc/cron.d/x', data: 'x' }]),
    files: ['etc/cron.d/x=x'],
    oddities: ['path-escape etc/cron.d/x'],
  },
  'a climb in the middle of a name that stays inside is none': {
    archive: tar([{ name: 'a/../b', data: 'x' }]),
    files: ['b=x'],
  },
  'an absolute name is relative to the root': {
    archive: tar([{ name: '//etc/./passwd', data: 'x' }]),
    files: ['etc/passwd=x'],
  },
  'a hard link to above the root': {
    archive: tar([{ name: 'a', type: 'hardlink', linkname: '../../etc/shadow' }]),
    files: ['a -> etc/shadow'],
    oddities: ['path-escape a'],
  },
  'a symlink to above the root is as written: it is resolved by who reads the tree': {
    archive: tar([{ name: 'a', type: 'symlink', linkname: '../../etc/shadow' }]),
    files: ['a -> ../../etc/shadow'],
  },
  'bytes in the padding after a file': {
    archive: tar([{ ...hello, padding: '\0\0payload' }]),
    files: ['hello=hi'],
    oddities: ['padding-data hello'],
  },
  'bytes in the padding after an extended header': {
    archive: Buffer.concat([
      tarMember({ name: 'PaxHeaders/x', type: 'pax', data: paxRecords({ uid: '1' }), padding: 'payload' }),
      tar([hello]),
    ]),
    files: ['hello=hi'],
    oddities: ['padding-data PaxHeaders/x'],
  },
  'bytes after the NUL of a long name': {
    archive: Buffer.concat([
      tarMember({ name: '././@LongLink', type: 'long-name', data: 'long\0payload', format: 'gnu' }),
      tar([hello]),
    ]),
    files: ['long=hi'],
    oddities: ['padding-data ././@LongLink'],
  },
  'bytes after the end of the archive': {
    archive: tar([hello], { trailing: `${'\0'.repeat(1536)}payload` }),
    files: ['hello=hi'],
    oddities: ['trailing-data'],
  },
  'a second archive after the end': {
    archive: tar([hello], { trailing: tar([{ name: 'evil', data: 'x' }]) }),
    files: ['hello=hi'],
    oddities: ['trailing-data evil'],
  },
  'an archive behind one zero block only': {
    archive: tar([hello], { end: Buffer.alloc(512), trailing: tar([{ name: 'evil', data: 'x' }]) }),
    files: ['hello=hi'],
    oddities: ['trailing-data evil'],
  },
  'zeros up to the blocking factor are honest': {
    archive: tar([hello], { trailing: Buffer.alloc(20 * 512) }),
    files: ['hello=hi'],
  },
  'content that a folder of the oldest archives carries': {
    archive: tar([{ name: 'd/', type: '\0', data: 'payload' }, hello]),
    files: ['d', 'hello=hi'],
    oddities: ['padding-data d/'],
  },
  'a folder whose size lies: runtimes read no content there': {
    archive: tar([{ name: 'd/', size: 512 }, hello]),
    files: ['d', 'hello=hi'],
  },
  'a hard link with content: what follows is no header': {
    archive: tar([{ name: 'a', type: 'hardlink', linkname: 'b', data: 'payload' }, hello]),
    files: ['a -> b'],
    problems: ['MALFORMED_ARCHIVE incomplete'],
  },
  'the same file twice': {
    archive: tar([hello, { name: './hello', data: 'evil' }]),
    files: ['hello=evil', 'hello=evil'],
    oddities: ['duplicate-path hello'],
  },
  'the same folder twice is honest': {
    archive: tar([{ name: 'd/' }, { name: 'd/' }]),
    files: ['d', 'd'],
  },
  'a folder replaced by a link': {
    archive: tar([{ name: 'd/' }, { name: 'd', type: 'symlink', linkname: '/' }]),
    files: ['d', 'd -> /'],
    oddities: ['duplicate-path d'],
  },
  'a file that its own layer hides afterwards': {
    archive: tar([hello, { name: '.wh.hello' }]),
    files: ['hello=hi'],
    whiteouts: ['hello'],
    oddities: ['duplicate-path hello'],
  },
  'a file that replaces what its layer hid before': {
    archive: tar([{ name: '.wh.hello' }, hello]),
    files: ['hello=hi'],
    whiteouts: ['hello'],
  },
  'an opaque folder': {
    archive: tar([{ name: 'etc/.wh..wh..opq' }]),
    whiteouts: ['etc/*'],
  },
  'a near-miss of the opaque marker hides nothing': {
    archive: tar([{ name: 'etc/.wh..wh..opqX' }]),
    oddities: ['near-miss-whiteout etc/.wh..wh..opqX'],
  },
  'a whiteout with content': {
    archive: tar([{ name: '.wh.a', data: 'payload' }, hello]),
    files: ['hello=hi'],
    whiteouts: ['a'],
    oddities: ['near-miss-whiteout .wh.a'],
  },
  'a whiteout that is a folder': {
    archive: tar([{ name: '.wh.a/' }]),
    whiteouts: ['a'],
    oddities: ['near-miss-whiteout .wh.a'],
  },
  'an overlayfs whiteout, which is a device': {
    archive: tar([{ name: 'etc/shadow', type: 'character' }]),
    files: ['etc/shadow'],
    oddities: ['near-miss-whiteout etc/shadow'],
  },
  'a real device': {
    archive: tar([{ name: 'dev/null', type: 'character', devmajor: 1, devminor: 3 }]),
    files: ['dev/null'],
  },
  'an overlayfs attribute that makes a folder opaque': {
    archive: tar([{ name: 'etc/', pax: { 'SCHILY.xattr.trusted.overlay.opaque': 'y' } }]),
    files: ['etc'],
    oddities: ['near-miss-whiteout etc'],
  },
  'a header with a wrong checksum ends the archive': {
    archive: tar([hello, { name: 'b', data: 'x', checksum: '0000001\0' }, { name: 'c' }]),
    files: ['hello=hi'],
    problems: ['MALFORMED_ARCHIVE incomplete'],
  },
  'a size that is none': {
    archive: tar([{ name: 'a', raw: { 124: 'not a number' } }]),
    problems: ['MALFORMED_ARCHIVE incomplete'],
  },
  'a negative size': {
    archive: tar([{ name: 'a', raw: { 124: Buffer.alloc(12, 0xff) } }]),
    problems: ['MALFORMED_ARCHIVE incomplete'],
  },
  'a size of 2^63': {
    archive: tar([{ name: 'a', raw: { 124: Buffer.from('800000008000000000000000', 'hex') } }]),
    problems: ['MALFORMED_ARCHIVE incomplete'],
  },
  'a size beyond the end of the archive': {
    archive: tar([{ ...hello, size: 100_000 }]),
    files: [`hello=hi${'\0'.repeat(510 + 1024)}`],
    problems: ['TRUNCATED incomplete hello'],
  },
  'an archive cut inside a header': {
    archive: tar([hello]).subarray(0, 300),
    problems: ['TRUNCATED incomplete'],
  },
  'an archive cut inside content': {
    archive: tar([hello]).subarray(0, 513),
    files: ['hello=h'],
    problems: ['TRUNCATED incomplete hello'],
  },
  'an archive cut after an entry, with no digest to vouch for it': {
    archive: tar([hello]).subarray(0, 1024),
    files: ['hello=hi'],
    problems: ['TRUNCATED incomplete'],
  },
  'an extended header with nothing after it': {
    archive: tar([{ name: 'x', type: 'pax', data: paxRecords({ path: 'a' }) }]),
    problems: ['MALFORMED_ARCHIVE incomplete'],
  },
  'an extended header that is no list of records': {
    archive: tar([{ name: 'x', type: 'pax', data: '99 path=a\n' }, hello]),
    problems: ['MALFORMED_ARCHIVE incomplete'],
  },
  'an extended header of a length without end': {
    archive: tar([{ name: 'x', type: 'pax', data: '9'.repeat(1000) }, hello]),
    problems: ['MALFORMED_ARCHIVE incomplete'],
  },
  'an extended header of two megabytes is passed over': {
    archive: tar([{ name: 'x', type: 'pax', data: paxRecords({ comment: 'A'.repeat(2 ** 21) }) }, hello]),
    files: ['hello=hi'],
    problems: ['MALFORMED_ARCHIVE incomplete x'],
  },
  'a NUL in a pax path': {
    archive: tar([{ name: 'a', pax: { path: 'etc/passwd\0.txt' } }]),
    problems: ['MALFORMED_ARCHIVE incomplete'],
  },
  'a NUL in a header name ends it': {
    archive: tar([{ name: 'etc/passwd\0.txt' }]),
    files: ['etc/passwd'],
  },
  'a global path changes nothing, as in the runtimes': {
    archive: tar([{ name: 'g', type: 'global-pax', data: paxRecords({ path: 'README' }) }, hello]),
    files: ['hello=hi'],
    problems: ['MALFORMED_ARCHIVE notice'],
  },
  'a global comment is honest': {
    archive: tar([{ name: 'g', type: 'global-pax', data: paxRecords({ comment: 'commit' }) }, hello]),
    files: ['hello=hi'],
  },
  'the last of two pax paths wins, and a long name beats both': {
    archive: tar([
      { name: 'a', pax: { path: 'b', 'x.y': '1' }, data: '1' },
      { name: 'L', type: 'long-name', data: 'c\0', format: 'gnu' },
      { name: 'a', pax: { path: 'b' }, data: '2' },
    ]),
    files: ['b=1', 'c=2'],
  },
  'a pax size beats the header, so that nothing hides between the two': {
    archive: tar([{ name: 'a', data: 'x'.repeat(600), size: 0, pax: { size: '600' } }, hello]),
    files: [`a=${'x'.repeat(600)}`, 'hello=hi'],
  },
  'an unknown type is read as a file': {
    archive: tar([{ name: 'a', type: 'V', data: 'payload' }, hello]),
    files: ['a=payload', 'hello=hi'],
    problems: ['MALFORMED_ARCHIVE notice a'],
  },
  'a file with the name of the root': {
    archive: tar([{ name: './', type: 'file', data: 'payload' }, hello]),
    files: ['hello=hi'],
    problems: ['MALFORMED_ARCHIVE incomplete ./'],
  },
  'a path over the limit is skipped with its content': {
    archive: tar([{ name: 'a/'.repeat(100), type: 'file', data: 'x' }, hello]),
    limits: { pathLength: 99 },
    files: ['hello=hi'],
    problems: [`LIMIT_PATH incomplete ${'a/'.repeat(100).slice(0, 99)}`],
  },
  'more entries than the limit': {
    archive: tar([hello, { name: 'b' }, { name: 'c' }]),
    limits: { files: 2 },
    files: ['hello=hi', 'b'],
    problems: ['LIMIT_FILES incomplete c'],
  },
  'more bytes than the limit': {
    archive: tar([hello, { name: 'big', data: 'x'.repeat(5000) }]),
    limits: { bytes: 2000 },
    problems: ['LIMIT_BYTES incomplete'],
  },
  'a sparse file of a terabyte in one block': {
    archive: tar([
      { name: 'bomb', pax: { 'GNU.sparse.map': '0,1', 'GNU.sparse.size': `${2 ** 40}` }, data: 'x' },
      hello,
    ]),
    limits: { bytes: 10_000 },
    files: ['bomb=x', 'hello=hi'],
    problems: ['LIMIT_BYTES incomplete bomb'],
  },
  'a sparse map that goes back': {
    archive: tar([{ name: 'a', pax: { 'GNU.sparse.map': '10,1,0,1', 'GNU.sparse.size': '20' }, data: 'xy' }]),
    problems: ['MALFORMED_ARCHIVE incomplete a'],
  },
  'a sparse map that passes its size': {
    archive: tar([{ name: 'a', pax: { 'GNU.sparse.map': '0,30', 'GNU.sparse.size': '20' }, data: 'xy' }]),
    problems: ['MALFORMED_ARCHIVE incomplete a'],
  },
  'a sparse map with more than is stored': {
    archive: tar([
      { name: 'a', pax: { 'GNU.sparse.map': '0,30', 'GNU.sparse.size': '30' }, data: 'xy' },
      hello,
    ]),
    files: ['a=xy', 'hello=hi'],
    problems: ['MALFORMED_ARCHIVE incomplete a'],
  },
  'a sparse map in the content that is none': {
    archive: tar([
      {
        name: 'a',
        pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '20' },
        data: block('no map\n'),
      },
      hello,
    ]),
    files: ['a=', 'hello=hi'],
    problems: ['MALFORMED_ARCHIVE incomplete a'],
  },
  'sparse, version 1.0: the map in the content, the name in a record': {
    archive: tar([
      {
        name: 'GNUSparseFile.1/a',
        pax: {
          'GNU.sparse.major': '1',
          'GNU.sparse.minor': '0',
          'GNU.sparse.realsize': '10',
          'GNU.sparse.name': 'real',
        },
        data: Buffer.concat([block('2\n2\n2\n6\n1\n'), Buffer.from('abc')]),
      },
    ]),
    files: ['real=\0\0ab\0\0c\0\0\0'],
  },
  'sparse, version 0.0: offsets and lengths in turn': {
    archive: Buffer.concat([
      tarMember({
        name: 'x',
        type: 'pax',
        data: Buffer.concat([
          paxRecords({ 'GNU.sparse.size': '6', 'GNU.sparse.offset': '1', 'GNU.sparse.numbytes': '1' }),
          paxRecords({ 'GNU.sparse.offset': '4', 'GNU.sparse.numbytes': '1' }),
        ]),
      }),
      tar([{ name: 'a', data: 'xy' }]),
    ]),
    files: ['a=\0x\0\0y\0'],
  },
  'a star archive keeps its prefix short of the times': {
    archive: tar([{ name: 'f', prefix: 'd', raw: { 476: '00000000001', 508: 'tar\0' } }]),
    files: ['d/f'],
  },
  'a GNU header with a path where its times are: as Go reads it': {
    archive: tar([{ name: 'f', format: 'gnu', prefix: 'etc' }]),
    files: ['etc/f'],
  },
  'a GNU header with times is not given a prefix': {
    archive: tar([{ name: 'f', format: 'gnu', prefix: '14000000000\x0014000000000\0' }]),
    files: ['f'],
  },
  'an archive older than ustar has no prefix': {
    archive: tar([{ name: 'f', format: 'v7', prefix: 'etc' }]),
    files: ['f'],
  },
  'no archive at all': {
    archive: Buffer.from('#!/bin/sh\n'.repeat(100)),
    problems: ['MALFORMED_ARCHIVE incomplete'],
  },
  nothing: { archive: Buffer.alloc(0), problems: ['TRUNCATED incomplete'] },
};

describe('hostile archives', () => {
  for (const [name, attack] of Object.entries(attacks)) {
    for (const chunk of [undefined, 100]) {
      test(`${name}${chunk === undefined ? '' : ', in small chunks'}`, async () => {
        const { layer, problems, oddities } = await readArchive(attack.archive, {
          ...(attack.limits === undefined ? {} : { limits: attack.limits }),
          ...(chunk === undefined ? {} : { chunk: Math.max(chunk, Math.ceil(attack.archive.length / 100)) }),
        });
        const files = layer.files.map(({ path, kind, link }) => {
          const content = layer.contents.get(path);
          if (link !== undefined) return `${path} -> ${link}`;
          return kind === 'file' && content !== undefined ? `${path}=${content}` : path;
        });
        const whiteouts = layer.whiteouts.map(({ path, opaque }) => (opaque ? `${path}/*` : path));
        assert.deepEqual(
          { files, whiteouts, problems, oddities },
          {
            files: attack.files ?? [],
            whiteouts: attack.whiteouts ?? [],
            problems: attack.problems ?? [],
            oddities: attack.oddities ?? [],
          },
        );
      });
    }
  }
});

describe('where hidden bytes are', () => {
  test('in padding: offset, length and first bytes', async () => {
    const { layer } = await readArchive(tar([{ ...hello, padding: '\0\0payload\0\0' }]));
    const [oddity] = layer.oddities;
    assert.deepEqual(oddity, {
      kind: 'padding-data',
      path: 'hello',
      offset: 516,
      length: 7,
      head: 'payload',
    });
  });

  test('after the end', async () => {
    const trailing = Buffer.concat([Buffer.alloc(100), Buffer.alloc(300, 0x41), Buffer.alloc(200)]);
    const { layer } = await readArchive(tar([hello], { trailing }), { chunk: 256 });
    const [oddity] = layer.oddities;
    assert.deepEqual(oddity, { kind: 'trailing-data', offset: 2148, length: 300, head: 'A'.repeat(256) });
  });
});

describe('floods', () => {
  test('a thousand oddities of a kind are listed, and that there are more is said', async () => {
    const { oddities, problems } = await readArchive(
      tar(Array.from({ length: 1500 }, () => ({ name: 'same' }))),
    );
    assert.equal(oddities.length, 1000);
    assert.deepEqual(problems, ['LIMIT_FINDINGS notice']);
  });

  test('a hundred problems of a kind are listed, and the image stays incomplete', async () => {
    const members = Array.from({ length: 150 }, (_, index) => ({ name: `${index}`.padStart(60, 'x') }));
    const { problems } = await readArchive(tar(members), { limits: { pathLength: 50 } });
    assert.equal(problems.length, 101);
    assert.equal(problems[100], 'LIMIT_FINDINGS incomplete');
  });

  test('a chain of long names neither grows nor hangs', async () => {
    const link = tarMember({ name: 'L', type: 'long-name', data: 'x'.repeat(4000), format: 'gnu' });
    const archive = Buffer.concat([...Array.from({ length: 5000 }, () => link), tar([hello])]);
    const { layer, problems } = await readArchive(archive, { chunk: 10_000 });
    assert.deepEqual(problems, []);
    assert.equal(layer.files[0]?.path, 'x'.repeat(4000));
  });

  test('two hundred thousand empty files', async () => {
    const header = tarHeader({ name: 'same' });
    const archive = Buffer.concat([...Array.from({ length: 200_000 }, () => header), Buffer.alloc(1024)]);
    const { layer } = await readArchive(archive, { chunk: 2 ** 20 });
    assert.equal(layer.files.length, 200_000);
  });
});
