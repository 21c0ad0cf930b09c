import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Compile, Scannable, YaraEngine, YaraOutcome } from './engine.ts';
import { loadNative } from './native-engine.ts';
import { toPrefilter } from './prefilter.ts';
import { readRules } from './rule-source.ts';
import { toUnits } from './rule-unit.ts';
import { SAMPLES } from './testing/samples.ts';
import { type Glue, loadWasm, toWasmCompile } from './wasm-engine.ts';

const native = loadNative();
const wasm = await loadWasm();
const engines: readonly (readonly [string, Compile])[] = [
  ['wasm', wasm],
  ...(native === undefined ? [] : [['native', native] as const]),
];
const [ownUnit] = toUnits(readRules([]).own);
if (ownUnit === undefined) throw new Error('no rules ship');

const files: Scannable[] = SAMPLES.map(({ name, bytes }) => ({ path: `srv/${name}`, bytes }));

for (const [kind, compile] of engines) {
  const engine = compile(ownUnit);
  test(`our own rules, ${kind}: each sample gives its rules and no other`, () => {
    const found = engine.scan(files).map((outcome, index) => [SAMPLES[index]?.name, rulesOf(outcome)]);
    assert.deepEqual(
      found,
      SAMPLES.map(({ name, rules }) => [name, rules]),
    );
  });
}

test('every rule of ours has a sample, and says title, tier, technique, reference, version and date', () => {
  const sampled = new Set(SAMPLES.flatMap(({ rules }) => rules));
  assert.deepEqual(ownUnit.rules.map(({ name }) => name).sort(), [...sampled].sort());
  for (const outcome of wasm(ownUnit).scan(files)) {
    for (const { rule, meta } of outcome.kind === 'scanned' ? outcome.matches : []) {
      const missing = ['title', 'tier', 'attack', 'reference', 'version', 'date'].filter(
        (key) => !(key in meta),
      );
      assert.deepEqual(missing, [], rule);
    }
  }
});

test('our own rules do not match their own text', () => {
  const own = readRules([]).own.map(({ path, text }) => ({ path, bytes: Buffer.from(text) }));
  for (const [, compile] of engines) assert.deepEqual(compile(ownUnit).scan(own).flatMap(rulesOf), []);
});

test('our own rules can be answered for many files at once', () => {
  assert.notEqual(toPrefilter(ownUnit.rules), undefined);
});

const TRICKY = `
  import "math"
  rule first : tag_a tag_b { meta: severity = "high" n = 3 yes = true s = "unknown"
    strings: $a = "alpha" fullword nocase $b = { 62 [1-3] 74 61 } condition: any of them }
  private rule inner { strings: $i = "inner" private condition: $i }
  rule outer { strings: $o = /out[a-z]{0,6}er/ condition: inner and $o }
  rule named { strings: $a = "alpha" condition: $a and filename == "deep.txt" and extension == ".txt" }
  rule counted { strings: $a = "ab" condition: #a >= 3 and filesize < 5000 }
  rule mixed { strings: $a = "gamma" wide xor condition: $a and math.entropy(0, filesize) >= 0.0 }
  rule placed { strings: $a = "alpha" condition: $a at 0 or $a in (4..8) }
`;

test('both engines agree, and together as one by one', {
  skip: native === undefined && 'no native engine here',
}, () => {
  const unit = unitOf(TRICKY);
  const ours = wasm(unit);
  const theirs = (native as Compile)(unit);
  assert.notEqual(toPrefilter(unit.rules), undefined);
  const word = fc.constantFrom(
    'alpha',
    'ALPHA',
    'b',
    'ta',
    '\0',
    ' ',
    'inner',
    'outer',
    'outxer',
    'ab',
    'x',
    '5',
    '\n',
  );
  const wide = fc.constant(
    Buffer.from(Buffer.from('gamma', 'utf16le').map((byte) => byte ^ 7)).toString('latin1'),
  );
  const content = fc.array(fc.oneof({ arbitrary: word, weight: 9 }, { arbitrary: wide, weight: 1 }), {
    maxLength: 12,
  });
  const path = fc.constantFrom('a/deep.txt', 'deep.txt', '5', 'true', 'x.tar.gz', 'etc/.hidden');
  const batch = fc.array(fc.record({ path, content }), { maxLength: 8 });
  fc.assert(
    fc.property(batch, (items) => {
      const scannables = items.map((item) => ({
        path: item.path,
        bytes: Buffer.from(item.content.join(''), 'latin1'),
      }));
      const together = plain(ours.scan(scannables));
      assert.deepEqual(together, plain(theirs.scan(scannables)));
      assert.deepEqual(together, plain(scannables.flatMap((file) => [...ours.scan([file])])));
    }),
    { numRuns: 20 },
  );
});

test('rules that share a pattern do not share what they ask of size and first bytes', () => {
  const asks = ['filesize > 512', 'uint32(0) == 0x464c457f', '$x at 0', 'filesize > 512 // large'];
  for (const [kind, compile] of engines) {
    for (const ask of asks) {
      const unit = unitOf(`rule picky { strings: $x = "dlsym" condition: $x and ${ask}\n }
        rule plain { strings: $x = "dlsym" condition: $x }`);
      assert.deepEqual(rulesOf(scanOne(compile(unit), 'yy dlsym yy')), ['plain'], `${kind}: ${ask}`);
    }
  }
});

test('a rule that may hold without its patterns is put to every file', () => {
  for (const [kind, compile] of engines) {
    const engine = compile(unitOf('rule without { strings: $a = "alpha" condition: not $a }'));
    const outcomes = engine.scan(
      ['alpha', 'beta'].map((content) => ({ path: content, bytes: Buffer.from(content) })),
    );
    assert.deepEqual(outcomes.map(rulesOf), [[], ['without']], kind);
  }
});

test('words among masked bytes are found, and do not trap', () => {
  const unit = unitOf(
    'rule usage { strings: $a = /[Uu]sage:?/ fullword $b = /x[Tt]rap|[01]y/ ascii fullword condition: any of them }',
  );
  const strict = unitOf('rule usage { strings: $a = /[Uu]sage/ fullword condition: $a }');
  for (const [kind, compile] of engines) {
    assert.deepEqual(rulesOf(scanOne(compile(unit), 'xx Usage: yy')), ['usage'], kind);
    assert.deepEqual(rulesOf(scanOne(compile(strict), ' usage Usage '.repeat(50))), ['usage'], kind);
    assert.deepEqual(rulesOf(scanOne(compile(strict), 'xusage usages')), [], kind);
  }
});

test('a trap is an outcome: the next file goes to a fresh instance, until there are no more', () => {
  const compile = toWasmCompile([trapping(), trapping(), trapping()], {});
  const engine = compile(unitOf('rule a { strings: $a = "x" condition: $a }'));
  assert.deepEqual(scanOne(engine, 'trap'), {
    kind: 'failed',
    reason: 'the WebAssembly engine trapped: unreachable',
    lasting: false,
  });
  assert.deepEqual(rulesOf(scanOne(engine, 'fine')), []);
  const both = ['trap', 'fine'].map((content) => ({ path: content, bytes: Buffer.from(content) }));
  const last = engine.scan(both).map((outcome) => outcome.kind === 'failed' && outcome.lasting);
  assert.deepEqual(last, [true, true]);
  assert.match(rulesOf(scanOne(engine, 'fine'))[0] ?? '', /given up/);
});

/** An instance that traps on what begins with `trap`, alone or among others. */
function trapping(): Glue {
  const scanner = {
    setMaxMatchesPerPattern: () => undefined,
    setGlobal: () => undefined,
    scan: (bytes: Uint8Array) => {
      if (Buffer.from(bytes).toString('latin1').startsWith('trap')) throw new Error('unreachable');
      return { matches: [] };
    },
  };
  class Compiler {
    addSource = () => undefined;
    build = () => ({ scanner: () => scanner });
    free = () => undefined;
  }
  return { initSync: () => undefined, Compiler } as unknown as Glue;
}

function scanOne(engine: YaraEngine, content: string): YaraOutcome {
  return engine.scan([{ path: 'x', bytes: Buffer.from(content) }])[0] as YaraOutcome;
}

function unitOf(text: string): ReturnType<typeof toUnits>[number] {
  return toUnits([{ path: 'test.yar', text }])[0] as ReturnType<typeof toUnits>[number];
}

function rulesOf(outcome: YaraOutcome): string[] {
  return outcome.kind === 'scanned' ? outcome.matches.map(({ rule }) => rule) : [`failed: ${outcome.reason}`];
}

/** Order of rules is the engine's own business. */
function plain(outcomes: readonly YaraOutcome[]): unknown {
  return outcomes.map((outcome) =>
    outcome.kind === 'failed' ? outcome : [...outcome.matches].sort((a, b) => (a.rule < b.rule ? -1 : 1)),
  );
}
