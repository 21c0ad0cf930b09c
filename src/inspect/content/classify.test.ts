import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContentClass } from '../../core/file.ts';
import { classify, interpreterOf } from './classify.ts';

const rows: readonly [name: string, bytes: string, expected: ContentClass][] = [
  ['nothing', '', 'empty'],
  ['an ELF file', '\x7fELF\x02\x01\x01', 'elf'],
  ['a script', '#!/bin/sh\necho\n', 'script'],
  ['a script with a NUL, which the kernel runs all the same', '#!/bin/sh\n\0\0\0', 'script'],
  ['text', 'hello\n', 'text'],
  ['text in UTF-8', 'gr\xc3\xbc\xc3\x9fe\n', 'text'],
  ['text with a NUL in its first line', 'hel\0lo\n', 'binary'],
  ['text with NULs after its first line, which a shell runs', 'true\n\0\0\0\0curl', 'text'],
  ['a crontab that begins like a Windows program', 'MZ=1\n* * * * * root x\n', 'text'],
  ['a script that begins like bzip2', 'BZh=1\nsh\n', 'text'],
  ['a script that begins like cpio', '070701=1\nsh\n', 'text'],
  ['text with a tar magic where tar has it', `${'#'.repeat(257)}ustar\n`, 'text'],
  [
    'a comment of control bytes before the text',
    `#${'\x01'.repeat(20)} comment that is longer\nsh\n`,
    'text',
  ],
  ['an empty line before the text', '\n# x\n\0sh\n', 'text'],
  ['a Windows program', `MZ\x90\0\x03\0${'\0'.repeat(60)}`, 'pe'],
  ['bzip2', `BZh91AY&SY${'\xff\0\x01\x02'.repeat(40)}`, 'archive'],
  ['a large script', `true\n${'#'.repeat(2 ** 20)}\nsh\n`, 'text'],
  [
    'a large file of data with a line end early in it',
    `\xd3\x01\xa9\x02\n${'\xee\x03'.repeat(2 ** 19)}`,
    'binary',
  ],
  ['a library to link with', `!<arch>\n${'x'.padEnd(58)}\`\n\0`, 'archive'],
  ['gzip', '\x1f\x8b\x08', 'archive'],
  ['a picture', '\x89PNG\r\n\x1a\n', 'picture'],
  ['Java', '\xca\xfe\xba\xbe\0\0\0\x41', 'class'],
  ['a fat Mach-O', '\xca\xfe\xba\xbe\0\0\0\x02', 'macho'],
];

for (const [name, bytes, expected] of rows) {
  test(`classify: ${name}`, () => assert.equal(classify(Buffer.from(bytes, 'latin1')), expected));
}

const lines: readonly [line: string, expected: string | undefined][] = [
  ['#!/bin/sh', 'sh'],
  ['#! /usr/bin/env python3', 'python3'],
  ['#!/usr/bin/env -S FOO=1 node --flag', 'node'],
  ['#!', undefined],
  ['echo', undefined],
];

for (const [line, expected] of lines) {
  test(`interpreter: ${line}`, () => assert.equal(interpreterOf(Buffer.from(`${line}\nx`)), expected));
}
