import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../core/failure.ts';
import { sha256 } from '../testing/image-builder.ts';
import { NO_CONFIG, parseConfig } from './config.ts';
import { toLayerRefs } from './layers.ts';

const diffId = sha256('layer');
const rootfs = { type: 'layers', diff_ids: [diffId] };

function parse(value: unknown) {
  return parseConfig(Buffer.from(JSON.stringify(value)), 'the config');
}

test('parseConfig reads everything that is inspected', () => {
  const { config, platform, diffIds } = parse({
    os: 'linux',
    architecture: 'arm64',
    variant: 'v8',
    created: '2024-01-01T00:00:00Z',
    author: 'somebody',
    config: {
      User: '65532',
      Entrypoint: ['/entry'],
      Cmd: ['serve'],
      Shell: ['/bin/ash', '-c'],
      Env: ['PATH=/bin', 'A=b=c'],
      WorkingDir: '/srv',
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      Volumes: { '/data': {} },
      Labels: { a: 'b' },
      Healthcheck: { Test: ['CMD', 'true'], Interval: 30_000_000_000 },
      OnBuild: ['RUN true'],
      StopSignal: 'SIGINT',
    },
    rootfs,
    history: [{ created_by: 'ADD x', created: '2024-01-01T00:00:00Z', comment: 'c' }, { empty_layer: true }],
  });
  assert.deepEqual(platform, { os: 'linux', architecture: 'arm64', variant: 'v8' });
  assert.deepEqual(diffIds, [diffId]);
  assert.deepEqual(config, {
    user: '65532',
    entrypoint: ['/entry'],
    cmd: ['serve'],
    shell: ['/bin/ash', '-c'],
    env: ['PATH=/bin', 'A=b=c'],
    workingDir: '/srv',
    exposedPorts: ['80/tcp', '53/udp'],
    volumes: ['/data'],
    labels: { a: 'b' },
    healthcheck: ['CMD', 'true'],
    onBuild: ['RUN true'],
    stopSignal: 'SIGINT',
    created: '2024-01-01T00:00:00Z',
    author: 'somebody',
    history: [
      { createdBy: 'ADD x', created: '2024-01-01T00:00:00Z', comment: 'c', emptyLayer: false },
      { createdBy: '', emptyLayer: true },
    ],
  });
});

test('parseConfig reads null and absent alike, and one word for a list', () => {
  const nulls = {
    User: null,
    Entrypoint: null,
    Cmd: 'sh',
    Env: null,
    Labels: null,
    Volumes: null,
    Healthcheck: null,
  };
  const { config, platform } = parse({ config: nulls, rootfs, history: null });
  assert.deepEqual(config, { ...NO_CONFIG, cmd: ['sh'] });
  assert.equal(platform, undefined);
});

const refused: [name: string, value: unknown, message: RegExp][] = [
  ['a config without a root file system', { config: {} }, /rootfs/],
  ['a diff id that is none', { rootfs: { diff_ids: ['sha256:0'] } }, /rootfs\.diff_ids\.0/],
  ['a command that is no words', { config: { Cmd: [1] }, rootfs }, /config\.Cmd/],
  ['two commands', { config: { Cmd: ['a'], cmd: ['b'] }, rootfs }, /config\.Cmd: given twice/],
  ['base layers', { rootfs: { type: 'layers+base', diff_ids: [] } }, /not made of layers/],
];

for (const [name, value, message] of refused) {
  test(`parseConfig refuses ${name}`, () => {
    assert.throws(
      () => parse(value),
      (error) => isFailure(error, 'MALFORMED') && message.test(error.message),
    );
  });
}

const made = (createdBy: string) => ({ createdBy, emptyLayer: false });
const empty = { createdBy: 'ENV a=b', emptyLayer: true };

test('toLayerRefs matches history with layers, and leaves out what Docker adds', () => {
  const refs = toLayerRefs(
    [diffId, diffId],
    [diffId, diffId],
    [made('/bin/sh -c #(nop) ADD file:x in / '), empty, made('RUN true')],
  );
  assert.deepEqual(
    refs.map(({ index, instruction }) => [index, instruction]),
    [
      [0, 'ADD file:x in /'],
      [1, 'RUN true'],
    ],
  );
});

test('toLayerRefs matches nothing when the history counts other layers', () => {
  assert.equal(toLayerRefs([diffId], [diffId], [made('a'), made('b')])[0]?.instruction, undefined);
});

test('toLayerRefs refuses a config that counts other layers', () => {
  assert.throws(() => toLayerRefs([diffId], [], []), { code: 'MALFORMED' });
  assert.throws(() => toLayerRefs([], [diffId], []), { code: 'MALFORMED' });
});
