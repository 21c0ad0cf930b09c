import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileRecord } from '../../core/file.ts';
import { Reach } from './reach.ts';

const FOLDERS = new Set(['etc', 'var/lib/dpkg', 'var/lib/dpkg/info']);

function link(path: string, target: string): FileRecord {
  const rest = { mode: 0o777, uid: 0, gid: 0, mtime: 0, size: 0 };
  return { path, kind: 'symlink', link: target, ...rest } as FileRecord;
}

function reachOf(links: readonly (readonly [path: string, target: string])[], isHere = () => true): Reach {
  const reach = new Reach(FOLDERS, ({ path }) => path === 'etc/os-release', isHere);
  for (const [path, target] of links) reach.link(link(path, target));
  return reach;
}

const cases: readonly (readonly [
  name: string,
  links: readonly (readonly [string, string])[],
  entered: readonly string[],
  passed: readonly string[],
])[] = [
  [
    'the way to what is wanted',
    [],
    ['', 'var', 'var/lib', 'var/lib/dpkg/info', 'etc'],
    ['usr', 'etc/x', 'va'],
  ],
  ['a link on the way', [['var/lib', '/opt/a']], ['opt/a/dpkg/info', 'opt'], ['opt/a/apt']],
  ['a link in place of a folder', [['var/lib/dpkg', '../../srv/d']], ['srv/d/info', 'srv/d'], ['srv/e']],
  [
    'a link that is met before the one that leads to it',
    [
      ['opt/a', 'b'],
      ['var/lib/dpkg', '/opt/a'],
    ],
    ['opt/b/info'],
    [],
  ],
  ['a wanted file that is a link', [['etc/os-release', '../usr/lib/os-release']], ['usr/lib'], ['usr/share']],
  [
    'a link in a folder that a link leads to',
    [
      ['var/lib/dpkg', '/opt/d'],
      ['opt/d/status', '/home/x/status'],
    ],
    ['home/x'],
    ['home/y'],
  ],
  [
    'links of no concern',
    [
      ['usr/x', '/home'],
      ['etc/alternatives', '/home'],
    ],
    [],
    ['home'],
  ],
  ['one that leads up from where another may lead', [['var/lib/dpkg', '/opt/a/../b']], ['home', 'x/y'], []],
  ['of no concern, and the path does not tell', [['usr/x', 'a/../b']], [], ['home']],
  ['a loop', [['var/lib', '/var/lib']], ['var/lib'], ['home']],
  ['a loop that grows', [['var/lib', '/var/lib/x']], ['home'], []],
  ['above the root', [['var', '../../../data']], ['data/lib/dpkg'], ['home']],
];

for (const [name, links, entered, passed] of cases) {
  test(name, () => {
    const reach = reachOf(links);
    assert.deepEqual(
      [...entered, ...passed].filter((path) => reach.enters(path)),
      entered,
    );
    assert.equal(reach.stray, undefined);
  });
}

test('a link to another volume is told', () => {
  assert.equal(reachOf([['var', 'data/var']], () => false).stray, 'data/var/lib/dpkg');
});
