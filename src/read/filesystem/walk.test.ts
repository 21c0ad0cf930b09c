import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable } from '../disk/unreadable.ts';
import { Reach } from './reach.ts';
import { type Table, tableFileSystem } from './testing/table-file-system.ts';
import { type WalkOptions, walk } from './walk.ts';

async function walked(
  table: Table,
  options: Partial<WalkOptions> = {},
  ignoresCase = false,
): Promise<string[]> {
  const system = tableFileSystem(table, ignoresCase);
  const found: string[] = [];
  for await (const step of walk(system, await system.root(), { mount: '', pathLength: 100, ...options })) {
    if (step.kind === 'problem') found.push(`! ${step.problem.code} ${step.problem.path}`);
    else
      found.push(
        [step.record.kind, step.record.path, step.record.link].filter((part) => part !== undefined).join(' '),
      );
  }
  return found;
}

const cases: readonly (readonly [
  name: string,
  table: Table,
  options: Partial<WalkOptions>,
  expected: readonly string[],
])[] = [
  [
    'folders come before what is in them',
    {
      2: {
        list: [
          ['a', 3],
          ['z', 5],
        ],
      },
      3: { list: [['b', 4]] },
      4: {},
      5: {},
    },
    {},
    ['directory a', 'file a/b', 'file z'],
  ],
  ['below a mount point', { 2: { list: [['a', 3]] }, 3: {} }, { mount: 'boot/efi' }, ['file boot/efi/a']],
  [
    'hard links',
    {
      2: {
        list: [
          ['a', 3],
          ['b', 3],
        ],
      },
      3: { names: 2, size: 1 },
    },
    { mount: 'm' },
    ['file m/a', 'hardlink m/b m/a'],
  ],
  [
    'symlinks and devices',
    {
      2: {
        list: [
          ['l', 3],
          ['d', 4],
        ],
      },
      3: { kind: 'symlink', target: Buffer.from('/x') },
      4: { kind: 'block' },
    },
    {},
    ['symlink l /x', 'block d'],
  ],
  [
    'a folder that names the root',
    { 2: { list: [['a', 2]] } },
    {},
    ['directory a', '! MALFORMED_FILE_SYSTEM a'],
  ],
  [
    'two names for one folder',
    {
      2: {
        list: [
          ['a', 3],
          ['b', 3],
        ],
      },
      3: { list: [['c', 4]] },
      4: {},
    },
    {},
    ['directory a', 'file a/c', 'directory b', '! MALFORMED_FILE_SYSTEM b'],
  ],
  [
    'names that are paths are looked at no further',
    {
      2: {
        list: [
          ['..', 3],
          ['a/b', 3],
          ['', 3],
          ['.', 3],
        ],
      },
      3: {},
    },
    {},
    ['..', 'a/b', '', ''].map((name) => `! MALFORMED_FILE_SYSTEM ${name === '..' ? '' : name}`),
  ],
  [
    'one name twice',
    {
      2: {
        list: [
          ['a', 3],
          ['a', 4],
        ],
      },
      3: {},
      4: {},
    },
    {},
    ['file a', '! MALFORMED_FILE_SYSTEM a', 'file a'],
  ],
  [
    'a path that is too long',
    { 2: { list: [['aaaaaaaaaa', 3]] }, 3: { list: [['b', 4]] }, 4: {} },
    { pathLength: 11 },
    ['directory aaaaaaaaaa', '! LIMIT_PATH aaaaaaaaaa/b'],
  ],
  [
    'what cannot be read is said, and the rest is read',
    {
      2: { list: [['a', 'bad'], new Unreadable('TRUNCATED', 'x'), ['b', 4]] },
      4: { flaws: [new Unreadable('ENCRYPTED', 'x')] },
    },
    { mount: 'm' },
    ['! CHECKSUM_MISMATCH m/a', '! TRUNCATED m', '! ENCRYPTED m/b', 'file m/b'],
  ],
  [
    'what is placed elsewhere is left out',
    {
      2: {
        list: [
          ['@', 3],
          ['b', 4],
        ],
      },
      3: { list: [] },
      4: {},
    },
    { except: new Set(['@']) },
    ['file b'],
  ],
];

for (const [name, table, options, expected] of cases) {
  test(`walk: ${name}`, async () => assert.deepEqual(await walked(table, options), expected));
}

test('walk: names that differ in case are one where the file system says so', async () => {
  const table = {
    2: {
      list: [
        ['a', 3],
        ['A', 4],
      ] as const,
    },
    3: {},
    4: {},
  };
  assert.deepEqual(await walked(table, {}, true), ['file a', '! MALFORMED_FILE_SYSTEM A', 'file A']);
});

const FEW: Table = {
  2: {
    list: [
      ['b', 3],
      ['link', 5],
      ['a', 4],
    ],
  },
  3: { list: [['in-b', 6]] },
  4: {
    list: [
      ['in-a', 7],
      ['deep', 8],
    ],
  },
  5: { kind: 'symlink', target: Buffer.from('b') },
  6: { size: 1 },
  7: { size: 1 },
  8: { list: [['hidden', 6]] },
};

test('walk: only the folders within reach are entered, one passed by before is entered late', async () => {
  const reach = (...folders: string[]) =>
    new Reach(
      new Set(folders),
      () => false,
      () => true,
    );
  const names = ['directory b', 'symlink link b', 'directory a'];
  const inA = ['file a/in-a', 'directory a/deep'];
  assert.deepEqual(await walked(FEW, { reach: reach('a') }), [...names, ...inA]);
  assert.deepEqual(await walked(FEW, { reach: reach('a', 'link') }), [...names, ...inA, 'file b/in-b']);
  assert.deepEqual(await walked(FEW, { reach: reach('elsewhere'), mount: 'm' }), []);
  const away = new Reach(
    new Set(['link']),
    () => false,
    (path) => path !== 'b',
  );
  assert.equal((await walked(FEW, { reach: away })).at(-1), '! UNKNOWN_CONTENT ');
});
