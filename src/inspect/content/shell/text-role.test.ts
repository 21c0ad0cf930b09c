import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isConfiguration, languageOf } from './text-role.ts';

const cases = [
  { name: 'a document by name', path: 'opt/run.txt', content: 'text', mode: 0o644 },
  { name: 'a document with an execute bit', path: 'opt/run.txt', content: 'text', mode: 0o755 },
  { name: 'an example in a document', path: 'opt/run.txt', content: 'script', mode: 0o644 },
  {
    name: 'a script under the name of a text',
    path: 'opt/run.txt',
    content: 'script',
    mode: 0o755,
    is: 'shell',
  },
  {
    name: 'a script under the name of a manual page',
    path: 'usr/local/bin/go.1',
    content: 'script',
    mode: 0o711,
    is: 'shell',
  },
  { name: 'a script called README', path: 'opt/README', content: 'script', mode: 0o755, is: 'shell' },
  { name: 'a note with an execute bit', path: 'opt/README', content: 'text', mode: 0o755 },
] as const;

for (const { name, path, content, mode, ...rest } of cases) {
  test(`text role: ${name}`, () => {
    const expected = 'is' in rest ? rest.is : undefined;
    assert.equal(languageOf({ path: path as never, content, mode }, 'sh'), expected);
    assert.equal(isConfiguration({ path: path as never, content, mode }), false);
  });
}
