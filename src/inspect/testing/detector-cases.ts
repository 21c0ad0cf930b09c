import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageConfig, ImageKind } from '../../core/image.ts';
import type { AnyDetector } from '../contract.ts';
import { type FixtureFile, inspectFixture, summary } from './fixture.ts';

/** One image and what is expected of it, as `summary` writes findings. */
export interface DetectorCase {
  readonly name: string;
  readonly files?: Readonly<Record<string, FixtureFile>>;
  readonly config?: Partial<ImageConfig>;
  /** `oci-layout` where absent. */
  readonly kind?: ImageKind;
  readonly expected: readonly string[];
}

/** Runs a table of images against one detector; a problem is a failure too. */
export function testCases(detector: AnyDetector, cases: readonly DetectorCase[]): void {
  for (const { name, files = {}, config = {}, kind, expected } of cases) {
    test(`${detector.id}: ${name}`, () => {
      const fixture = { layers: [files], config, catalogers: [], ...(kind !== undefined && { kind }) };
      const { findings, problems } = inspectFixture(fixture, [detector]);
      assert.deepEqual(summary(findings), [...expected].sort());
      assert.deepEqual(problems, []);
    });
  }
}

export function historyOf(...lines: readonly string[]): Partial<ImageConfig> {
  return { history: lines.map((createdBy) => ({ createdBy, emptyLayer: false })) };
}
