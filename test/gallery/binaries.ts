import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { buildElf, type ElfPlan } from '../../src/inspect/testing/elf-builder.ts';
import { tar } from '../../src/read/testing/tar-builder.ts';
import { dpkgDatabase, PACKAGES, program } from './base-layer.ts';
import type { Exhibit } from './exhibit.ts';
import type { LayerFile } from './image-file.ts';
import { denseElf, upxElf } from './packed-elf.ts';

/* Indicators 25 to 36: programs, and the archive they come in. None of them has code in it. */

const elf = (plan: ElfPlan = {}): LayerFile => ({ data: buildElf(plan), mode: 0o755 });
const hider = buildElf({
  type: 3,
  needed: ['libc.so.6'],
  symbols: { readdir: true, readdir64: true, dlsym: false },
  payload: '/proc/self/fd/%d\0/proc/%s/stat\0',
});
const miner = elf({ payload: 'stratum+tcp://pool.invalid:3333\0randomx_create_vm\0--donate-level\0' });
const SAMPLE = 'a file that a list calls bad';
const SCRIPT = '#!/bin/bash\necho hello\n';
const LZMA = 'usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1';
/** The first instructions of the resolver of CVE-2024-3094, as published YARA rules give them. */
const RESOLVER = Buffer.from('f30f1efa554889f54c89ce5389fb81e7000000804883ec28488954241848894c2410', 'hex');
const liblzma = { data: buildElf({ type: 3, soname: 'liblzma.so.5', needed: ['libc.so.6'] }) };
const HELLO = tar([{ name: 'etc/motd', data: 'hello\n' }]);

export const BINARIES: readonly Exhibit[] = [
  {
    indicator: 25,
    name: 'a file on a list of known bad ones',
    layers: [{ 'opt/x': SAMPLE }],
    knownBad: `${createHash('sha256').update(SAMPLE).digest('hex')}  sample\n`,
    expect: { rule: 'binaries/known-bad', tier: 'block', path: 'opt/x', layer: 1 },
  },
  {
    indicator: 26,
    name: 'a miner by its strings',
    layers: [{ 'opt/app/worker': miner }],
    expect: { rule: 'binaries/miner', tier: 'block', path: 'opt/app/worker', layer: 1 },
  },
  {
    indicator: 27,
    name: 'UPX as it is',
    layers: [{ 'opt/app/x': { data: upxElf('UPX!'), mode: 0o755 } }],
    expect: { rule: 'binaries/packed', tier: 'review', path: 'opt/app/x', layer: 1 },
  },
  {
    indicator: 27,
    name: 'no sections and high entropy',
    layers: [{ 'opt/app/x': { data: denseElf(), mode: 0o755 } }],
    expect: { rule: 'binaries/packed', tier: 'review', path: 'opt/app/x', layer: 1 },
  },
  {
    indicator: 27,
    name: 'UPX with another magic',
    layers: [{ 'opt/app/x': { data: upxElf('YTS!'), mode: 0o755 } }],
    expect: { rule: 'binaries/packed-altered', tier: 'block', path: 'opt/app/x', layer: 1 },
  },
  ...['tmp/a', 'opt/.x/a'].map((path) => ({
    indicator: 28,
    name: `a static stripped program /${path}`,
    layers: [{ [path]: elf() }],
    expect: { rule: 'binaries/static-hidden', tier: 'review', path, layer: 1 } as const,
  })),
  {
    indicator: 29,
    name: 'a script named .jpg',
    layers: [{ 'srv/logo.jpg': SCRIPT }],
    expect: { rule: 'binaries/disguised', tier: 'block', path: 'srv/logo.jpg', layer: 1 },
  },
  {
    indicator: 29,
    name: 'a program named .log',
    layers: [{ 'var/log/app.log': { data: buildElf() } }],
    expect: { rule: 'binaries/disguised', tier: 'block', path: 'var/log/app.log', layer: 1 },
  },
  {
    indicator: 30,
    name: 'a library that hides processes',
    layers: [{ 'usr/local/lib/libcache.so': { data: hider } }],
    expect: { rule: 'binaries/process-hider', tier: 'block', path: 'usr/local/lib/libcache.so', layer: 1 },
  },
  ...['/usr/lib:/tmp/lib', '.'].map((runpath) => ({
    indicator: 31,
    name: `a library search path ${runpath}`,
    layers: [{ 'opt/app/x': elf({ runpath, needed: ['libc.so.6'] }) }],
    expect: { rule: 'binaries/runpath', tier: 'review', path: 'opt/app/x', layer: 1 } as const,
  })),
  {
    indicator: 32,
    name: 'liblzma 5.6.1 of the distribution',
    layers: [
      {
        [LZMA]: liblzma,
        ...dpkgDatabase([
          ...PACKAGES.filter(({ name }) => name !== 'liblzma5'),
          { name: 'liblzma5', version: '5.6.1-1', files: { [LZMA]: liblzma } },
        ]),
      },
    ],
    expect: { rule: 'binaries/xz-backdoor', tier: 'block', path: LZMA, layer: 1 },
  },
  {
    indicator: 32,
    name: 'the resolver in a program that has liblzma linked in',
    layers: [{ 'opt/sshd': elf({ payload: Buffer.concat([Buffer.from('lzma_crc64\0'), RESOLVER]) }) }],
    expect: { rule: 'binaries/xz-backdoor', tier: 'block', path: 'opt/sshd', layer: 1 },
  },
  {
    indicator: 33,
    name: 'a program named like a kernel thread',
    layers: [{ 'opt/kworker': elf() }],
    expect: { rule: 'binaries/kernel-thread-name', tier: 'block', path: 'opt/kworker', layer: 1 },
  },
  {
    indicator: 34,
    name: 'a program that a later layer takes away',
    layers: [{ 'usr/local/bin/x': program('x') }, { 'usr/local/bin/x': null }],
    expect: {
      rule: 'binaries/vanished-executable',
      tier: 'review',
      path: 'usr/local/bin/x',
      layer: 1,
      hidden: 'deleted',
    },
  },
  {
    indicator: 34,
    name: 'a miner that a later layer takes away',
    layers: [{ 'opt/app/worker': miner }, { 'opt/app/worker': null }],
    expect: { rule: 'binaries/miner', tier: 'block', path: 'opt/app/worker', layer: 1, hidden: 'deleted' },
  },
  {
    indicator: 35,
    name: 'bytes in the padding of a file',
    layers: [[{ name: 'etc/motd', data: 'hello\n', padding: '#!/bin/sh\necho inert\n' }]],
    expect: { rule: 'archive/unaccounted-bytes', tier: 'block', path: 'etc/motd', layer: 1 },
  },
  {
    indicator: 35,
    name: 'bytes after the end of the archive',
    layers: [stored(tar([{ name: 'etc/motd', data: 'hello\n' }], { trailing: '#!/bin/sh\necho inert\n' }))],
    expect: { rule: 'archive/unaccounted-bytes', tier: 'block', layer: 1 },
  },
  {
    indicator: 35,
    name: 'bytes after the gzip member',
    layers: [stored(HELLO, Buffer.concat([gzipSync(HELLO), Buffer.from('#!/bin/sh\necho inert\n')]))],
    expect: { rule: 'archive/unaccounted-bytes', tier: 'block', layer: 1 },
  },
  {
    indicator: 36,
    name: 'a path twice in one layer',
    layers: [
      [
        { name: 'opt/app/config', data: 'a' },
        { name: 'opt/app/config', data: 'b' },
      ],
    ],
    expect: { rule: 'archive/odd-entries', tier: 'review', path: 'opt/app/config', layer: 1 },
  },
  {
    indicator: 36,
    name: 'a whiteout that is almost one',
    layers: [[{ name: 'etc/.wh..wh..opqX' }]],
    expect: { rule: 'archive/odd-entries', tier: 'review', path: 'etc/.wh..wh..opqX', layer: 1 },
  },
];

function stored(content: Buffer, bytes: Buffer = content) {
  return { content, stored: bytes };
}
