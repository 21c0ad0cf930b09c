import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildElf } from '../../../testing/elf-builder.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { disguised } from './index.ts';

const elf = buildElf();
const script = '#!/bin/bash\necho hello\n';

const cases = [
  { name: 'a script named .jpg', path: 'opt/site/logo.jpg', file: script, found: true },
  { name: 'a Python script named .PNG', path: 'srv/a.PNG', file: '#!/usr/bin/env python3\n', found: true },
  { name: 'an ELF named .ico', path: 'usr/share/icons/a.ico', file: elf, found: true },
  { name: 'an ELF named .log', path: 'var/log/app.log', file: elf, found: true },
  { name: 'an ELF named .txt', path: 'srv/readme.txt', file: elf, found: true },
  {
    name: 'a script named .txt, as in documentation',
    path: 'usr/share/doc/a/example.txt',
    file: script,
    found: false,
  },
  { name: 'a script named .md', path: 'docs/a.md', file: script, found: false },
  { name: 'a script named .sh', path: 'opt/a.sh', file: script, found: false },
  { name: 'an ELF without extension', path: 'opt/a', file: elf, found: false },
  { name: 'a real picture', path: 'opt/a.png', file: '\x89PNG\r\n\x1a\n', found: false },
  { name: 'the extension inside the name', path: 'opt/a.jpg.sh', file: script, found: false },
];

for (const { name, path, file, found } of cases) {
  test(`disguised: ${name} is ${found ? 'refused' : 'nothing'}`, () => {
    const { findings, problems } = inspectFixture({ layers: [{ [path]: file }] }, [disguised]);
    assert.deepEqual(summary(findings), found ? [`block binaries/disguised ${path}`] : []);
    assert.deepEqual(problems, []);
  });
}
