import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Failure } from '../../core/failure.ts';
import { readRules } from '../yara/rule-source.ts';
import { WorkerPool } from './pool.ts';

const MIB = 2 ** 20;
const never = new AbortController().signal;

function poolFor(context: TestContext, user: readonly string[] = []): WorkerPool {
  const own = readRules([]);
  const rules = { ...own, user: user.map((text, at) => ({ path: `user-${at}.yar`, text })) };
  const pool = new WorkerPool({ scope: 'all', rules }, 2);
  context.after(() => pool.close());
  return pool;
}

test('pool: whoever waits for room goes on when a buffer comes back', async (context) => {
  const pool = poolFor(context);
  const held = await pool.takeBuffer(64 * MIB, never);
  const next = pool.takeBuffer(64 * MIB, never);
  pool.giveBack(held);
  assert.equal((await next).byteLength, 64 * MIB);
});

test('pool: whoever waits for room can be told to stop', async (context) => {
  const pool = poolFor(context);
  await pool.takeBuffer(64 * MIB, never);
  const stop = new AbortController();
  const next = pool.takeBuffer(64 * MIB, stop.signal);
  stop.abort();
  await assert.rejects(next, (error) => error instanceof Failure && error.code === 'CANCELLED');
});

test('pool: nobody waits for workers that cannot work', async (context) => {
  const pool = poolFor(context, ['rule broken { condition: nothing }']);
  const invalid = (error: unknown): boolean => error instanceof Failure && error.code === 'RULES_INVALID';
  await pool.takeBuffer(64 * MIB, never);
  const waiting = assert.rejects(pool.takeBuffer(64 * MIB, never), invalid);
  await assert.rejects(pool.examine(new ArrayBuffer(8), []), invalid);
  await waiting;
  await assert.rejects(pool.takeBuffer(1, never), invalid);
  await assert.rejects(pool.ready(never), invalid);
});

test('pool: many batches at once are all answered', async (context) => {
  const pool = poolFor(context);
  const work = Array.from({ length: 12 }, async () => pool.examine(new ArrayBuffer(16), []));
  assert.equal((await Promise.all(work)).length, 12);
});
