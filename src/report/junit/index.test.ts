import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertGolden, assertInert } from '../testing/golden.ts';
import { CLEAN_REPORT, SAMPLE_REPORT } from '../testing/sample-report.ts';
import { renderJunit } from './index.ts';

test('junit: golden', () => {
  const text = renderJunit([SAMPLE_REPORT]);
  assertInert(text);
  assertGolden('sample.junit.xml', text);
});

test('junit: nothing but characters that XML 1.0 has, every bracket our own', () => {
  const text = renderJunit([SAMPLE_REPORT]);
  assert.doesNotMatch(text, /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  assert.doesNotMatch(
    text,
    /<(?!\/?(?:testsuites?|testcase|properties|property|failure|error|system-out)\b|\?xml )/,
  );
  assert.doesNotMatch(text, /&(?!(?:amp|lt|gt|quot|apos);)/);
});

test('junit: counts what failed and what was not read', () => {
  assert.match(renderJunit([SAMPLE_REPORT]), /<testsuites name="pratique" tests="8" failures="5" errors="1"/);
  assert.match(renderJunit([CLEAN_REPORT]), /<testsuites name="pratique" tests="1" failures="0" errors="0"/);
});

test('junit: an image that is not allowed fails even where nothing was found', () => {
  const decision = { outcome: 'undetermined', reasons: ['only packages were read'] } as const;
  assert.match(renderJunit([{ ...CLEAN_REPORT, decision }]), /failures="1"[\s\S]*only packages were read/);
});

test('junit: a suite for each platform', () => {
  assert.equal(renderJunit([SAMPLE_REPORT, CLEAN_REPORT]).match(/<testsuite /g)?.length, 2);
});
