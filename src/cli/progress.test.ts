import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showProgress } from './progress.ts';

function view({ isTTY = true, wanted = true } = {}) {
  const written: string[] = [];
  const clock = { now: 0 };
  const stream = {
    isTTY,
    columns: 80,
    write: (text: string | Uint8Array) => written.push(String(text)) > 0,
  };
  return { written, clock, ...showProgress(wanted, stream, () => clock.now) };
}

const opened = { kind: 'opened', location: 'shop', layers: [100, 100] } as const;
const read = (index: number, bytes: number, done = false) =>
  ({ kind: 'layer', index, bytes, done, cached: false }) as const;

test('progress: nothing where there is no terminal, or it is not wanted', () => {
  for (const options of [{ isTTY: false }, { wanted: false }]) {
    const { update, finish, written } = view(options);
    update(opened);
    finish();
    assert.deepEqual(written, []);
  }
});

test('progress: what reading will cost is said before, also where there is no terminal', () => {
  for (const isTTY of [true, false]) {
    const { update, written } = view({ isTTY });
    update({ ...opened, cost: 'reading costs at most $1' });
    assert.equal(written[0], 'shop: reading costs at most $1\n');
    assert.equal(written.length, isTTY ? 2 : 1);
  }
  const quiet = view({ wanted: false });
  quiet.update({ ...opened, cost: 'x' });
  assert.deepEqual(quiet.written, []);
});

test('progress: at most ten drawings a second', () => {
  const { update, written, clock } = view();
  update(opened);
  for (let bytes = 1; bytes <= 99; bytes += 1) {
    clock.now += 5;
    update(read(0, bytes));
  }
  assert.ok(written.length <= 6, String(written.length));
});

test('progress: the bar is redrawn in place and taken away once', () => {
  const { update, finish, written, clock } = view();
  update(opened);
  clock.now += 100;
  update(read(0, 50));
  finish();
  finish();
  assert.equal(written.length, 3);
  assert.match(written[1] ?? '', /\r\x1b\[K.*50 B of 200 B · 0 of 2 layers/);
  assert.equal(written[2], '\r\x1b[K');
  assert.ok(written.every((text) => !text.includes('\n')));
});

test('progress: late news of a layer does not take it back', () => {
  const { update, written, clock } = view();
  update(opened);
  update(read(0, 100, true));
  clock.now += 100;
  update(read(0, 50));
  assert.match(written.at(-1) ?? '', /100 B of 200 B · 1 of 2 layers/);
});

test('progress: nothing to take away before an image is open', () => {
  const { update, finish, written } = view();
  update(read(0, 1));
  finish();
  assert.deepEqual(written, []);
});
