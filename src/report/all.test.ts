import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FORMATS } from './all.ts';
import { renderTerminal } from './terminal/index.ts';
import { assertInert } from './testing/golden.ts';
import { hostileReports } from './testing/hostile-report.ts';
import { CLEAN_REPORT } from './testing/sample-report.ts';

/* Whatever an image's author writes, every format has an answer, and what is shown to people steers nothing. */

test('formats: names are unique', () => {
  const names = FORMATS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

for (const { name, mediaType, render } of FORMATS) {
  test(`${name}: has an answer to any text`, async () => {
    await fc.assert(
      fc.asyncProperty(hostileReports, async (report) => {
        const rendered = await render([report, CLEAN_REPORT]);
        if (/[/+]json/.test(mediaType)) JSON.parse(rendered);
        assertInert(name === 'json' ? '' : rendered);
      }),
      { numRuns: 60 },
    );
  });
}

test('terminal: has an answer to any text, and to any width', () => {
  fc.assert(
    fc.property(hostileReports, fc.integer({ min: 40, max: 160 }), fc.boolean(), (report, width, verbose) => {
      assertInert(renderTerminal(report, { colour: false, width, verbose }));
    }),
    { numRuns: 60 },
  );
});
