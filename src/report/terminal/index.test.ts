import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { Report } from '../../core/report.ts';
import { assertGolden, assertInert } from '../testing/golden.ts';
import { CLEAN_REPORT, SAMPLE_REPORT } from '../testing/sample-report.ts';
import { renderTerminal } from './index.ts';

const plain = { colour: false, width: 80, verbose: false };

test('terminal: golden, 80 columns', () => {
  assertGolden('sample.terminal.txt', renderTerminal(SAMPLE_REPORT, plain));
});

test('terminal: golden, 60 columns, everything', () => {
  assertGolden(
    'sample.terminal-60.txt',
    renderTerminal(SAMPLE_REPORT, { ...plain, width: 60, verbose: true }),
  );
});

for (const width of [60, 80, 120]) {
  test(`terminal: no line but a digest is wider than ${width} columns`, () => {
    const lines = renderTerminal(SAMPLE_REPORT, { ...plain, width }).split('\n');
    const wide = lines.filter((line) => line.length > width && !/^sha256:/.test(line));
    assert.deepEqual(wide, []);
  });
}

test('terminal: nothing of the image steers the terminal', () => {
  assertInert(renderTerminal(SAMPLE_REPORT, { ...plain, verbose: true }));
  assertInert(renderTerminal({ ...SAMPLE_REPORT, ...hostileLocation() }, plain));
});

test('terminal: colours add nothing but colours', () => {
  const coloured = renderTerminal(SAMPLE_REPORT, { ...plain, colour: true });
  assert.notEqual(coloured, renderTerminal(SAMPLE_REPORT, plain));
  assert.equal(stripVTControlCharacters(coloured), renderTerminal(SAMPLE_REPORT, plain));
});

const verdicts: readonly (readonly [name: string, report: Report, expected: RegExp])[] = [
  [
    'allowed',
    CLEAN_REPORT,
    /^ALLOWED {2}.*\n.*\n0 block · 0 review · 0 note\n.*: a name of your own\nnothing above a note was found/,
  ],
  ['denied', SAMPLE_REPORT, /^DENIED {2}.*\n.*\n3 block · 2 review · 1 note · 1 part unread\n/],
  [
    'undetermined, with its reason where nothing else says it',
    { ...CLEAN_REPORT, decision: { outcome: 'undetermined', reasons: ['only packages were read'] } },
    /^UNDETERMINED {2}[\s\S]*only packages were read/,
  ],
];
for (const [name, report, expected] of verdicts) {
  test(`terminal: ${name}`, () => assert.match(renderTerminal(report, plain), expected));
}

test('terminal: many places of one rule are counted, and shown when asked for', () => {
  const [finding] = SAMPLE_REPORT.findings;
  assert.ok(finding);
  const report = { ...SAMPLE_REPORT, findings: Array.from({ length: 50 }, () => finding) };
  assert.match(renderTerminal(report, plain), /… 45 more; --verbose shows them all/);
  assert.equal(renderTerminal(report, { ...plain, verbose: true }).match(/ld\.so\.preload:2/g)?.length, 50);
});

function hostileLocation(): Partial<Report> {
  return { image: { ...SAMPLE_REPORT.image, location: '\x1b]0;x\x07\u202eimage' } };
}
