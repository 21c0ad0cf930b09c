import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isFailure } from '../../src/core/failure.ts';
import { classify } from '../../src/inspect/content/classify.ts';
import { readRules } from '../../src/inspect/yara/rule-source.ts';
import { SAMPLES } from '../../src/inspect/yara/testing/samples.ts';
import { openYara } from '../../src/inspect/yara/yara-examiner.ts';

/* Real rule sets, given as a user gives them. */

const data = fileURLToPath(new URL('../../../shared/data/yara/', import.meta.url));
const SETS = ['malcontent', 'signature-base'] as const;
const missing = SETS.every((set) => existsSync(`${data}${set}.tar.xz`))
  ? false
  : 'needs ../shared/data/yara/malcontent.tar.xz and signature-base.tar.xz';
const folder = mkdtempSync(join(tmpdir(), 'pratique-yara-'));

before(() => {
  if (missing) return;
  for (const set of SETS) execFileSync('tar', ['-xJf', `${data}${set}.tar.xz`, '-C', folder]);
});
after(() => rmSync(folder, { recursive: true }));

/** Programs with something to say, and texts. */
const contents = [
  ...SAMPLES.filter((_, index) => index % 3 === 2).map(({ bytes }) => bytes),
  readFileSync(process.execPath).subarray(0, 2 ** 18),
  readFileSync(fileURLToPath(import.meta.url)),
];
const files = contents.map((bytes, index) => ({
  record: {
    ...({ kind: 'file', mode: 0o755, uid: 0, gid: 0, mtime: 0 } as const),
    path: `srv/${index}` as never,
    size: bytes.length,
    content: classify(bytes),
  },
  bytes,
  base: 0,
  whole: true,
}));

for (const set of SETS) {
  test(`${set}: loads in both engines, which agree wherever the second does not trap`, {
    skip: missing,
  }, async (t) => {
    const started = performance.now();
    const { user } = readRules([join(folder, set)]);
    const read = performance.now();
    const native = await openYara({ own: [], user, digest: '' });
    const compiled = performance.now();
    t.diagnostic(
      `${user.length} files: read in ${Math.round(read - started)} ms, compiled in ${Math.round(compiled - read)} ms`,
    );
    assert.ok(compiled - started < 15_000, 'loads in seconds, even on a busy machine');
    const theirs = native.examineBatch(files);
    const wasm = await openYara({ own: [], user, digest: '' }, 'wasm');
    let compared = 0;
    for (const [index, result] of wasm.examineBatch(files).entries()) {
      if (result.problems.length > 0) {
        assert.equal(result.problems[0]?.code, 'YARA_FAILED');
        continue;
      }
      compared++;
      const order = (a: { rule: string }, b: { rule: string }) => (a.rule < b.rule ? -1 : 1);
      assert.deepEqual(
        [...result.observations].sort(order),
        [...(theirs[index]?.observations ?? [])].sort(order),
      );
    }
    t.diagnostic(`${compared} of ${files.length} files compared`);
    assert.ok(compared > 0);
  });
}

test('malcontent: one broken file among a thousand is named with its line', { skip: missing }, async () => {
  const broken = join(folder, 'malcontent/rules/net/zz-broken.yara');
  writeFileSync(broken, 'rule fine { condition: true }\nrule broken {\n  condition: nonsense\n}\n');
  const { user } = readRules([join(folder, 'malcontent')]);
  rmSync(broken);
  await assert.rejects(openYara({ own: [], user, digest: '' }), (error) => {
    assert.ok(isFailure(error, 'RULES_INVALID'));
    assert.match(error.message, /zz-broken\.yara:3:14: unknown identifier `nonsense`/);
    return true;
  });
});
