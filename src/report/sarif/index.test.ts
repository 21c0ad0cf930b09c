import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Log } from 'sarif';
import type { Report } from '../../core/report.ts';
import { assertGolden, assertInert } from '../testing/golden.ts';
import { hostileReports } from '../testing/hostile-report.ts';
import { CLEAN_REPORT, SAMPLE_REPORT } from '../testing/sample-report.ts';
import { assertValid, compileSchema } from '../testing/validator.ts';
import { renderSarif } from './index.ts';

const require = createRequire(import.meta.url);

/** The OASIS schema is draft 4: its own `id` is not `$id`, and no other keyword differs here. */
function compileSarif() {
  const {
    id: _id,
    $schema: _draft,
    ...schema
  } = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  return compileSchema(schema);
}

function resultsOf(report: Report) {
  const log: Log = JSON.parse(renderSarif([report]));
  return log.runs[0]?.results ?? [];
}

test('sarif: golden', () => {
  const text = renderSarif([SAMPLE_REPORT]);
  assertInert(text);
  assertGolden('sample.sarif', text);
});

test('sarif: valid by the schema of 2.1.0, a run for each platform', () => {
  const validate = compileSarif();
  const text = renderSarif([SAMPLE_REPORT, CLEAN_REPORT]);
  assertValid(validate, text);
  assert.equal(JSON.parse(text).runs.length, 2);
  assertValid(validate, renderSarif([]));
});

test('sarif: the schema does refuse', () => {
  const log = JSON.parse(renderSarif([SAMPLE_REPORT]));
  log.runs[0].results[0].level = 'fatal';
  assert.equal(compileSarif()(log), false);
});

test('sarif: tiers are levels', () => {
  assert.deepEqual(
    resultsOf(SAMPLE_REPORT).map(({ level }) => level),
    ['error', 'error', 'error', 'warning', 'warning', 'note'],
  );
});

test('sarif: a path is a relative URI, percent-encoded', () => {
  const uris = resultsOf(SAMPLE_REPORT).map(
    ({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.uri,
  );
  assert.equal(uris[0], 'etc/ld.so.preload');
  assert.equal(uris[5], 'app/docs/README%20100%25.md');
  for (const uri of uris.filter((one) => one !== undefined)) {
    assert.match(uri, /^[\w%./~!*'()-]+$/);
    assert.equal(new URL(uri, 'file:///').host, '');
  }
});

test('sarif: fingerprints stay when layers and lines move, and differ among findings', () => {
  const fingerprints = (report: Report) =>
    resultsOf(report).map(({ partialFingerprints }) => partialFingerprints?.['pratiqueFinding/v1']);
  const moved = SAMPLE_REPORT.findings.map(({ location: { layer: _, line, ...location }, ...finding }) => ({
    ...finding,
    location: { ...location, ...(line !== undefined && { line: line + 1 }) },
  }));
  const before = fingerprints(SAMPLE_REPORT);
  assert.deepEqual(fingerprints({ ...SAMPLE_REPORT, findings: moved }), before);
  assert.equal(new Set(before).size, SAMPLE_REPORT.findings.length);
});

test('sarif: two findings that read alike have two fingerprints', () => {
  const [finding] = SAMPLE_REPORT.findings;
  assert.ok(finding);
  const results = resultsOf({ ...SAMPLE_REPORT, findings: [finding, finding] });
  assert.equal(
    new Set(results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints))).size,
    2,
  );
});

test('sarif: what was not read makes the run no success', () => {
  const invocation = (report: Report) => JSON.parse(renderSarif([report])).runs[0].invocations[0];
  assert.equal(invocation(SAMPLE_REPORT).executionSuccessful, false);
  assert.equal(invocation(SAMPLE_REPORT).toolExecutionNotifications[0].level, 'error');
  assert.equal(invocation(CLEAN_REPORT).executionSuccessful, true);
});

test('sarif: valid whatever the image says', () => {
  const validate = compileSarif();
  fc.assert(
    fc.property(hostileReports, (report) => assertValid(validate, renderSarif([report]))),
    { numRuns: 60 },
  );
});
