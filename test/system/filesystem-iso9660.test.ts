import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { iso9660Driver } from '../../src/read/filesystem/iso9660/index.ts';
import { describeFolder, type Entry, has, readTree } from './filesystem-tree.ts';

/* What genisoimage writes is read back and compared with where it came from. */

let room = '';
let tree = '';
let expected: ReadonlyMap<string, Entry> = new Map();
const DEEP = 'd1/d2/d3/d4/d5/d6/d7/d8/d9/d10';

before(() => {
  room = mkdtempSync(join(tmpdir(), 'pratique-iso-'));
  tree = join(room, 'tree');
  for (const folder of [
    DEEP,
    'other/d2/d3/d4/d5/d6/d7/d8/d9',
    'boot',
    'many',
    'empty-folder',
    'With.Dots and spaces',
  ])
    mkdirSync(join(tree, folder), { recursive: true });
  const write = (path: string, content: Buffer | string): void => writeFileSync(join(tree, path), content);
  write('empty', '');
  write('user-data', '#cloud-config\n');
  write(`${DEEP}/at the end`, 'deep');
  write(`${DEEP.slice(0, -4)}/file`, 'nearly as deep');
  write('other/d2/d3/d4/d5/d6/d7/d8/d9/file', 'deep too');
  write('boot/floppy.img', randomBytes(1_474_560));
  write('boot/loader.bin', randomBytes(30_000));
  write('boot/text', 'text '.repeat(50_000));
  write('a name with quite some letters in it, but fewer than Joliet has.text', 'long');
  write(`${'n'.repeat(200)}.name`, 'longer than Joliet has');
  write('With.Dots and spaces/Some.Dots.In.It', randomBytes(5000));
  write('ünïcode ☃', 'snow');
  for (let index = 0; index < 500; index++) write(`many/file-number-${index}`, `content ${index}`);
  symlinkSync('../user-data', join(tree, 'boot/link'));
  symlinkSync('/absolute/path/./and/../more', join(tree, 'boot/absolute'));
  symlinkSync(`${'long-part/'.repeat(15)}end`, join(tree, 'boot/long-link'));
  chmodSync(join(tree, 'boot/loader.bin'), 0o4751);
  chmodSync(join(tree, 'many'), 0o1777);
  if (process.getuid?.() === 0) lchownSync(join(tree, 'user-data'), 1000, 70_000);
  execFileSync('mkfifo', [join(tree, 'pipe')]);
  utimesSync(join(tree, 'user-data'), 1_000_000_000, 1_000_000_000);
  expected = describeFolder(tree);
});

after(() => rmSync(room, { recursive: true, force: true }));

function make(options: string, from = tree): string {
  const image = join(room, 'image.iso');
  const command = ['-quiet', '-V', 'a label', '-o', image, ...options.split(' '), from];
  execFileSync('genisoimage', command, { stdio: 'pipe', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  return image;
}

const contentsOf = (entries: Iterable<Entry>): (string | undefined)[] =>
  [...new Set([...entries].filter(({ kind }) => kind === 'file').map(({ content }) => content))].sort();

const skip = has('genisoimage') ? false : 'needs genisoimage';

describe('ISO 9660, as genisoimage writes it', { skip }, () => {
  for (const options of ['-R', '-R -J', '-R -J -joliet-long', '-R -U', '-R -iso-level 3']) {
    test(options, async () => {
      const { fileSystem, entries, problems } = await readTree(iso9660Driver, make(options));
      assert.deepEqual(problems, []);
      assert.equal(fileSystem.label, 'a label');
      for (const [path, entry] of expected) assert.deepEqual(entries.get(path), entry, path);
      // Names too long for Joliet are another there, and shown with it too.
      const more = [...entries.keys()].filter((path) => !expected.has(path));
      assert.deepEqual(
        more.filter(
          (path) => path !== 'rr_moved' && !/^n{30,}/.test(path) && !path.startsWith('a name with'),
        ),
        [],
      );
    });
  }

  test('Joliet alone', async () => {
    const { fileSystem, entries, problems } = await readTree(iso9660Driver, make('-J -joliet-long -D'));
    assert.deepEqual(problems, []);
    assert.equal(fileSystem.label, 'a label');
    assert.deepEqual(contentsOf(entries.values()), contentsOf(expected.values()));
    assert.ok(entries.has('ünïcode ☃'));
    assert.ok(entries.has('With.Dots and spaces/Some.Dots.In.It'));
    assert.ok(entries.has(`${DEEP}/at the end`));
    assert.equal([...entries.keys()].filter((path) => path.startsWith('many/')).length, 500);
  });

  for (const options of ['-iso-level 1 -D', '-iso-level 4 -D', '-U -D']) {
    test(`neither: ${options}`, async () => {
      const { entries, problems } = await readTree(iso9660Driver, make(options));
      assert.deepEqual(problems, []);
      assert.deepEqual(contentsOf(entries.values()), contentsOf(expected.values()));
    });
  }

  test('what only one of the trees has', async () => {
    const image = make('-R -J -hide user-data -hide-joliet loader.bin -hide many');
    const { entries, problems } = await readTree(iso9660Driver, image);
    assert.deepEqual(problems, []);
    assert.equal(entries.get('user-data')?.content, expected.get('user-data')?.content);
    assert.equal(entries.get('many/file-number-7')?.content, expected.get('many/file-number-7')?.content);
    assert.equal(entries.get('boot/loader.bin')?.content, expected.get('boot/loader.bin')?.content);
  });

  test('boot images', async () => {
    const image = make(
      '-R -b boot/loader.bin -no-emul-boot -boot-load-size 4 -boot-info-table -c boot/catalogue -eltorito-alt-boot -b boot/floppy.img -hide floppy.img',
    );
    const { entries, problems } = await readTree(iso9660Driver, image);
    assert.deepEqual(problems, []);
    assert.equal(entries.has('boot/floppy.img'), false);
    assert.equal(entries.get('[BOOT]/1')?.content, entries.get('boot/loader.bin')?.content);
    assert.equal(entries.get('[BOOT]/2')?.content, expected.get('boot/floppy.img')?.content);
  });

  test('UDF beside it is told to be unread', async () => {
    const { problems } = await readTree(iso9660Driver, make('-R -udf'));
    assert.deepEqual(
      problems.map((problem) => problem.replace(/:.*/, '')),
      ['UNSUPPORTED'],
    );
  });

  test('zisofs is told to be unread', { skip: has('mkzftree') ? false : 'needs mkzftree' }, async () => {
    execFileSync('mkzftree', [join(tree, 'boot'), join(room, 'packed')]);
    const { problems } = await readTree(iso9660Driver, make('-R -z', join(room, 'packed')));
    assert.ok(problems.length > 0 && problems.every((problem) => problem.startsWith('UNSUPPORTED')));
  });

  test('the system area, when there is something in it', async () => {
    const image = make('-R');
    const bytes = readFileSync(image);
    bytes.write('boot code', 100);
    writeFileSync(image, bytes);
    const { entries } = await readTree(iso9660Driver, image);
    const content = createHash('sha256').update(bytes.subarray(0, 32_768)).digest('hex');
    assert.equal(entries.get('[BOOT]/system-area')?.content, content);
  });
});
