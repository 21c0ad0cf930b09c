import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toOneLine } from '../../core/one-line.ts';
import { type Body, readAtMost, readSteadily } from './body.ts';

function toBody(pieces: readonly number[], onPiece = (): void => undefined): Body & { destroyed: boolean } {
  return {
    destroyed: false,
    destroy() {
      this.destroyed = true;
    },
    async *[Symbol.asyncIterator]() {
      for (const length of pieces) {
        onPiece();
        yield Buffer.alloc(length);
      }
    },
  };
}

const bounds: [name: string, pieces: number[], max: number, length: number, complete: boolean][] = [
  ['nothing', [], 0, 0, true],
  ['less', [3, 3], 10, 6, true],
  ['exactly as much', [5, 5], 10, 10, true],
  ['one more', [5, 6], 10, 10, false],
  ['far more in one piece', [1000], 10, 10, false],
];

for (const [name, pieces, max, length, complete] of bounds) {
  test(`readAtMost: ${name}`, async () => {
    const body = toBody(pieces);
    const read = await readAtMost(body, max);
    assert.deepEqual([read.bytes.length, read.complete, body.destroyed], [length, complete, true]);
  });
}

/** Reads pieces that each take `wait` ms to come and `work` ms to be dealt with. */
async function readSlowly(pieces: readonly number[], wait: number, work: number): Promise<number> {
  let time = 0;
  const body = toBody(pieces, () => {
    time += wait;
  });
  let length = 0;
  try {
    for await (const piece of readSteadily(body, 'r.example', () => time)) {
      length += piece.length;
      time += work;
    }
  } finally {
    assert.ok(body.destroyed);
  }
  return length;
}

test('readSteadily: a byte now and then is as good as silence', async () => {
  const drip = new Array<number>(1000).fill(1);
  await assert.rejects(readSlowly(drip, 5000, 0), {
    code: 'UNREACHABLE',
    message: /r\.example sends 12 bytes in 60 s/,
  });
});

test('readSteadily: a slow line is not, and neither is a slow reader', async () => {
  assert.equal(await readSlowly(new Array<number>(100).fill(4096), 5000, 0), 409_600);
  assert.equal(await readSlowly(new Array<number>(100).fill(1), 10, 60_000), 100);
});

const lines: [name: string, text: string, expected: string][] = [
  ['line breaks', 'a\r\nb\u2028c\u0085d', 'a b c d'],
  ['terminal escapes', '\u001b[31mred\u001b]0;title\u0007', '[31mred ]0;title'],
  ['direction overrides', 'a\u202eb\u2066c\u200b', 'a b c'],
  ['lone surrogates', 'a\ud800b', 'a b'],
  ['too much', 'x'.repeat(1e6), 'x'.repeat(200)],
  ['other scripts', 'déjà vu 日本', 'déjà vu 日本'],
];

for (const [name, text, expected] of lines) {
  test(`one line: ${name}`, () => assert.equal(toOneLine(text), expected));
}
