import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEntry } from '../../../../core/image.ts';
import { type FixtureFile, inspectFixture, summary } from '../../../testing/fixture.ts';
import { historyMismatch } from './index.ts';

const COUNT = 'config/history-count';
const CONTENTS = 'config/history-contents';
const made = (createdBy: string): HistoryEntry => ({ createdBy, emptyLayer: false });
const kit = (createdBy: string): HistoryEntry => ({
  createdBy: `${createdBy} # buildkit`,
  comment: 'buildkit.dockerfile.v0',
  emptyLayer: false,
});
const empty = (createdBy: string): HistoryEntry => ({ createdBy, emptyLayer: true });
const HEX = '0'.repeat(64);

type Layers = readonly Readonly<Record<string, FixtureFile>>[];
const cases: readonly {
  name: string;
  history: readonly HistoryEntry[];
  layers: Layers;
  expected: readonly string[];
}[] = [
  {
    name: 'fewer entries than layers',
    history: [made('a')],
    layers: [{ a: '1' }, { b: '1' }],
    expected: [`review ${COUNT} history`],
  },
  {
    name: 'more entries than layers',
    history: [made('a'), made('b')],
    layers: [{ a: '1' }],
    expected: [`review ${COUNT} history`],
  },
  {
    name: 'a copy that brings more',
    history: [kit('COPY app /app')],
    layers: [{ 'app/run': '1', 'usr/sbin/sshd': '1' }],
    expected: [`review ${CONTENTS} usr/sbin/sshd`],
  },
  {
    name: 'the same in the words of the old builder',
    history: [made(`/bin/sh -c #(nop) COPY file:${HEX} in /app/ `)],
    layers: [{ 'app/run': '1', 'etc/cron.d/x': '1' }],
    expected: [`review ${CONTENTS} etc/cron.d/x`],
  },
  { name: 'nothing: no history', history: [], layers: [{ a: '1' }], expected: [] },
  {
    name: 'nothing: entries without a layer',
    history: [made('a'), empty('ENV A=b')],
    layers: [{ a: '1' }],
    expected: [],
  },
  {
    name: 'nothing: a copy as told',
    history: [kit('COPY --chown=1:1 a b /app/')],
    layers: [{ 'app/': '', 'app/a': '1', 'app/b': '1' }],
    expected: [],
  },
  {
    name: 'nothing: a copied file',
    history: [kit('COPY run.sh /usr/bin/run')],
    layers: [{ 'usr/bin/run': '1' }],
    expected: [],
  },
  {
    name: 'nothing: into the root',
    history: [made(`/bin/sh -c #(nop) ADD file:${HEX} in / `)],
    layers: [{ 'usr/bin/sh': '1' }],
    expected: [],
  },
  {
    name: 'nothing: relative to the working folder',
    history: [kit('WORKDIR /srv/app'), kit('COPY . .')],
    layers: [{ 'srv/app/': '' }, { 'srv/app/x': '1' }],
    expected: [],
  },
  {
    name: 'nothing: through a linked folder',
    history: [made('base'), kit('COPY x /bin/x')],
    layers: [{ bin: { link: 'usr/bin' } }, { 'usr/bin/x': '1' }],
    expected: [],
  },
  {
    name: 'nothing: what an engine mounts',
    history: [kit('COPY a /app/')],
    layers: [{ 'app/a': '1', 'etc/resolv.conf': 'x', 'run/x': 'x' }],
    expected: [],
  },
  {
    name: 'nothing: another builder',
    history: [made('COPY a /app')],
    layers: [{ 'app/a': '1', 'etc/x': '1' }],
    expected: [],
  },
  {
    name: 'nothing: a run',
    history: [kit('RUN /bin/sh -c make')],
    layers: [{ 'usr/bin/x': '1' }],
    expected: [],
  },
];

for (const { name, history, layers, expected } of cases) {
  test(`history-mismatch: ${name}`, () => {
    const { findings } = inspectFixture({ layers, config: { history }, catalogers: [] }, [historyMismatch]);
    assert.deepEqual(summary(findings), expected);
  });
}
