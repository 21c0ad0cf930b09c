import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertGolden, assertInert } from '../testing/golden.ts';
import { hostileReports } from '../testing/hostile-report.ts';
import { CLEAN_REPORT, SAMPLE_REPORT } from '../testing/sample-report.ts';
import { assertValid, compileSchema, readSchema } from '../testing/validator.ts';
import { renderCycloneDx } from './index.ts';

/** The schemas that the CycloneDX project's library ships. */
function compileCycloneDx() {
  const folder = new URL('res/schema/', import.meta.resolve('@cyclonedx/cyclonedx-library/package.json'));
  const read = (name: string) => {
    const file = `${name}.SNAPSHOT.schema.json`;
    // They refer to each other by file name, whatever their own ids say.
    return { ...readSchema(new URL(file, folder)), $id: `http://cyclonedx.org/schema/${file}` };
  };
  return compileSchema(read('bom-1.6'), [read('spdx'), read('jsf-0.82')]);
}

test('cyclonedx: golden', () => {
  const text = renderCycloneDx([SAMPLE_REPORT]);
  assertInert(text);
  assertGolden('sample.cdx.json', text);
});

test('cyclonedx: valid by the schema of 1.6, for one image, for several, for nothing', () => {
  const validate = compileCycloneDx();
  assertValid(validate, renderCycloneDx([SAMPLE_REPORT]));
  assertValid(validate, renderCycloneDx([SAMPLE_REPORT, CLEAN_REPORT]));
  assertValid(validate, renderCycloneDx([]));
});

test('cyclonedx: the schema does refuse', () => {
  const bom = JSON.parse(renderCycloneDx([SAMPLE_REPORT]));
  bom.components[0].type = 'malware';
  assert.equal(compileCycloneDx()(bom), false);
});

test('cyclonedx: the image is a container known by its purl', () => {
  const { component } = JSON.parse(renderCycloneDx([SAMPLE_REPORT])).metadata;
  assert.equal(component.type, 'container');
  assert.equal(
    component.purl,
    `pkg:oci/shop@sha256:${'d'.repeat(64)}?arch=arm64&repository_url=registry.example%3A5000%2Fteam%2Fshop&tag=1.4`,
  );
});

test('cyclonedx: licences are expressions where they are valid ones, else names', () => {
  const { components } = JSON.parse(renderCycloneDx([SAMPLE_REPORT]));
  const licences = components.map(({ licenses }: { licenses?: unknown }) => JSON.stringify(licenses) ?? '');
  assert.match(licences[1], /^\[{"expression":"LGPL-2.1-or-later AND/);
  assert.match(licences[3], /"name":"Freeware /);
});

test('cyclonedx: the same image gives the same document but for the time', () => {
  const later = { ...SAMPLE_REPORT, createdAt: '2027-01-01T00:00:00.000Z', timings: CLEAN_REPORT.timings };
  const [a, b] = [renderCycloneDx([SAMPLE_REPORT]), renderCycloneDx([later])].map((text) => JSON.parse(text));
  delete a.metadata.timestamp;
  delete b.metadata.timestamp;
  assert.deepEqual(a, b);
  assert.match(
    a.serialNumber,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.notEqual(a.serialNumber, JSON.parse(renderCycloneDx([CLEAN_REPORT])).serialNumber);
});

test('cyclonedx: a package listed twice has two references', () => {
  const packages = [...CLEAN_REPORT.packages, ...CLEAN_REPORT.packages];
  const { components } = JSON.parse(renderCycloneDx([{ ...CLEAN_REPORT, packages }]));
  assert.equal(
    new Set(components.map((one: Record<string, string>) => one['bom-ref'])).size,
    components.length,
  );
});

test('cyclonedx: valid whatever the image says', () => {
  const validate = compileCycloneDx();
  fc.assert(
    fc.property(hostileReports, (report) => assertValid(validate, renderCycloneDx([report]))),
    { numRuns: 60 },
  );
});
