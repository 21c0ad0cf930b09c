import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { DETECTORS } from './all.ts';
import { classify } from './content/classify.ts';
import { NeedleScanner } from './content/needles.ts';
import { toExamination } from './examine.ts';
import { CATALOGERS } from './inventory/all.ts';

/* The acceptance suite: what every detector owes, whatever it looks for. */

const home = new URL('./detectors/', import.meta.url);
const folders = readdirSync(home).flatMap((group) =>
  readdirSync(new URL(`${group}/`, home), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(new URL(`${group}/${entry.name}/index.ts`, home)))
    .map((entry) => `${group}/${entry.name}`),
);

test('the registry and the folders hold the same detectors', () => {
  assert.deepEqual(DETECTORS.map((detector) => detector.id).sort(), folders.sort());
});

test('rule ids are unique over all detectors', () => {
  const ids = DETECTORS.flatMap((detector) => detector.rules.map((rule) => rule.id));
  assert.deepEqual([...new Set(ids)].sort(), ids.sort());
});

for (const detector of DETECTORS) {
  test(`${detector.id}: is complete`, () => {
    const [group] = detector.id.split('/');
    const readme = readFileSync(new URL(`${detector.id}/README.md`, home), 'utf8');
    assert.ok(existsSync(new URL(`${detector.id}/index.test.ts`, home)), 'has tests');
    assert.ok(detector.rules.length > 0, 'has rules');
    for (const rule of detector.rules) {
      assert.match(rule.id, new RegExp(`^${group}/[a-z0-9-]+$`));
      assert.ok(readme.includes(rule.id), `README names ${rule.id}`);
      assert.ok(rule.title.length > 10 && rule.title.length <= 90 && !rule.title.endsWith('.'), rule.title);
      assert.match(rule.remedy, /\.$/);
      for (const technique of rule.attack) assert.match(technique, /^T\d{4}(?:\.\d{3})?$/);
      assert.ok(rule.attack.length > 0, 'names an ATT&CK technique');
      for (const control of rule.controls)
        assert.match(control, /^(?:IAM|TVM|UEM|CCC|DSP|AIS|LOG|IVS|STA)-\d{2}$/);
      assert.ok(rule.controls.length > 0, 'names a CCM control');
      for (const reference of rule.references) assert.ok(URL.canParse(reference), reference);
      assert.ok(rule.references.length > 0, 'has a reference');
    }
    if (detector.examiner !== undefined) {
      new NeedleScanner(detector.examiner.wants.flatMap((wants) => wants.needles ?? []));
      for (const wants of detector.examiner.wants) {
        assert.ok(
          wants.paths?.global !== true && wants.paths?.sticky !== true,
          'path patterns keep no state',
        );
      }
    }
  });
}

test('no examiner throws, whatever the bytes and the path', () => {
  const examiners = [
    ...CATALOGERS,
    ...DETECTORS.flatMap((detector) => (detector.examiner === undefined ? [] : [detector.examiner])),
  ];
  // Straight past the gate: what a gate admits today it may not tomorrow.
  const eager = examiners.map((examiner) => ({ ...examiner, wants: [{}] }));
  const examination = toExamination(eager);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 4096 }),
    fc.string({ maxLength: 2000 }).map((text) => new Uint8Array(Buffer.from(text))),
    fc
      .uint8Array({ maxLength: 2048 })
      .map((tail) => new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...tail])),
    fc.string({ maxLength: 2000 }).map((text) => new Uint8Array(Buffer.from(`#!/bin/sh\n${text}`))),
  );
  fc.assert(
    fc.property(bytes, fc.constantFrom('etc/passwd', 'usr/bin/x', 'x'), fc.boolean(), (data, path, whole) => {
      const content = classify(data);
      const record = { path: path as never, kind: 'file' as const, mode: 0o755, uid: 0, gid: 0, mtime: 0 };
      const file = { ...record, size: data.length, content };
      const { problems } = examination({ record: file, bytes: data, base: whole ? 0 : 65536, whole });
      assert.deepEqual(
        problems.filter(({ code }) => code === 'DETECTOR_FAILED'),
        [],
      );
    }),
    { numRuns: 300 },
  );
});
