import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oddPlace } from './odd-place.ts';

const cases: readonly (readonly [string, 'temporary' | 'hidden' | undefined])[] = [
  ['/tmp/x', 'temporary'],
  ['/var/tmp/a/b', 'temporary'],
  ['/dev/shm/x', 'temporary'],
  ['/dev/x', 'temporary'],
  ['/dev/null', undefined],
  ['/dev/tcp/x.invalid/1', undefined],
  ['/usr/lib/.x/y', 'hidden'],
  ['/usr/bin/.x', 'hidden'],
  ['/root/.cache/x', 'hidden'],
  ['/root/.local/bin/x', undefined],
  ['/app/.venv/bin/python', undefined],
  ['/home/app/.nvm/x', undefined],
  ['/usr/bin/x', undefined],
  ['/opt/app/x.sh', undefined],
  ['/opt/app/../x', undefined],
];

for (const [path, expected] of cases) {
  test(`odd place: ${path} is ${expected ?? 'usual'}`, () => assert.equal(oddPlace(path), expected));
}
