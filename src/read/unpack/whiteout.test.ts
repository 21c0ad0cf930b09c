import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toLayerPath } from '../../core/layer-path.ts';
import { toMeaning } from './whiteout.ts';

const rows: readonly (readonly [name: string, path: string, meaning: string])[] = [
  ['an ordinary file', 'etc/passwd', 'file'],
  ['a hidden file', 'root/.bashrc', 'file'],
  ['a whiteout', 'etc/.wh.passwd', 'hides etc/passwd'],
  ['a whiteout at the root', '.wh.etc', 'hides etc'],
  ['a whiteout of a hidden file', 'root/.wh..bashrc', 'hides root/.bashrc'],
  ['an opaque folder', 'etc/.wh..wh..opq', 'hides all in etc'],
  ['an opaque root', '.wh..wh..opq', 'hides all in '],
  ['an opaque marker with more behind it', 'etc/.wh..wh..opqX', 'near-miss'],
  ['an opaque marker with more behind it, at the root', '.wh..wh..opqX', 'near-miss'],
  ['an opaque marker in capitals', 'etc/.WH..WH..OPQ', 'near-miss'],
  ['a prefix in capitals', 'etc/.Wh.passwd', 'near-miss'],
  ['a prefix and nothing', 'etc/.wh.', 'near-miss'],
  ['a prefix and nothing, at the root', '.wh.', 'near-miss'],
  ['a whiteout of the folder itself', 'etc/.wh..', 'near-miss'],
  ['a whiteout of the folder above', 'etc/.wh...', 'near-miss'],
  ['three dots are a name', 'etc/.wh....', 'hides etc/...'],
  ['an undefined name below the meta prefix', 'etc/.wh..wh.secret', 'near-miss'],
  ['a file in a folder with the prefix', '.wh.d/tool', 'file'],
  ['aufs: pseudo-links', '.wh..wh.plnk', 'aufs'],
  ['aufs: a pseudo-link, which hard links may point to', '.wh..wh.plnk/8.2', 'file'],
  ['aufs: its mark', '.wh..wh.aufs', 'aufs'],
  ['aufs: its orphans', '.wh..wh.orph/x', 'aufs'],
  ['aufs names mean nothing below the root', 'etc/.wh..wh.aufs', 'near-miss'],
  ['a name that only begins alike', 'etc/.whx', 'file'],
];

describe('what a name means', () => {
  for (const [name, path, expected] of rows) {
    test(name, () => {
      const meaning = toMeaning(toLayerPath(path));
      const said =
        meaning.kind === 'whiteout'
          ? `hides ${meaning.whiteout.opaque ? 'all in ' : ''}${meaning.whiteout.path}`
          : meaning.kind;
      assert.equal(said, expected);
    });
  }
});
