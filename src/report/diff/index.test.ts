import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertGolden, assertInert } from '../testing/golden.ts';
import { SAMPLE_DIFF } from '../testing/sample-report.ts';
import { renderDiff } from './index.ts';

const plain = { colour: false, width: 80 };

test('diff: golden', () => {
  const text = renderDiff(SAMPLE_DIFF, plain);
  assertInert(text);
  assertGolden('sample.diff.txt', text);
});

test('diff: a file that changed without its package comes first', () => {
  assert.match(
    renderDiff(SAMPLE_DIFF, plain),
    /FILES {2}4 changes\n {2}~ \/usr\/bin\/sshd \(openssh-server\): content; its package kept its version\n/,
  );
});

test('diff: nothing new says so', () => {
  const none = { added: [], removed: [], changed: [] };
  const text = renderDiff(
    {
      ...SAMPLE_DIFF,
      files: none,
      packages: none,
      config: [],
      findings: { added: [], removed: [] },
      problems: [],
    },
    plain,
  );
  assert.equal(text.match(/no change/g)?.length, 4);
  assert.match(text, /PROBLEMS {2}no problem\n/);
});
