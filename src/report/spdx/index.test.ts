import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertGolden, assertInert } from '../testing/golden.ts';
import { CLEAN_REPORT, SAMPLE_REPORT } from '../testing/sample-report.ts';
import { renderSpdx } from './index.ts';

interface SpdxDocument {
  readonly packages: readonly Record<string, unknown>[];
  readonly relationships: readonly Record<string, string>[];
  readonly documentNamespace: string;
}

const parse = (text: string): SpdxDocument => JSON.parse(text);

test('spdx: golden', () => {
  const text = renderSpdx([SAMPLE_REPORT]);
  assertInert(text);
  assertGolden('sample.spdx.json', text);
});

test('spdx: every id is unique, and every relationship leads to one', () => {
  const { packages, relationships } = parse(renderSpdx([SAMPLE_REPORT, CLEAN_REPORT]));
  const ids = new Set(packages.map(({ SPDXID }) => SPDXID));
  assert.equal(ids.size, packages.length);
  assert.deepEqual(
    relationships.filter(({ relatedSpdxElement }) => !ids.has(relatedSpdxElement)),
    [],
  );
  const described = relationships.filter(({ relationshipType }) => relationshipType === 'DESCRIBES');
  assert.equal(described.length, 2);
});

test('spdx: a licence is declared only where it is an expression', () => {
  const { packages } = parse(renderSpdx([SAMPLE_REPORT]));
  const declared = packages.map(({ licenseDeclared }) => licenseDeclared);
  assert.deepEqual(declared.slice(2), [
    'LGPL-2.1-or-later AND (MIT OR GPL-2.0-only WITH Classpath-exception-2.0)',
    'GPL-2.0-or-later',
    'NOASSERTION',
  ]);
});

test('spdx: the same image has the same namespace', () => {
  const later = { ...SAMPLE_REPORT, createdAt: '2027-01-01T00:00:00.000Z' };
  assert.equal(
    parse(renderSpdx([later])).documentNamespace,
    parse(renderSpdx([SAMPLE_REPORT])).documentNamespace,
  );
});
