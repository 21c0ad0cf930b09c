import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CloudFacts } from '../../../../core/image.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { cloudImage } from './index.ts';

const FACTS: CloudFacts = { id: 'ami-1', asked: '2026-06-01T00:00:00Z', productCodes: [], disks: [] };

const cases: readonly (readonly [name: string, facts: Partial<CloudFacts>, expected: readonly string[]])[] = [
  ['new', { created: '2026-05-01T00:00:00Z' }, []],
  ['nothing is told', {}, []],
  ['old', { created: '2023-01-01T00:00:00Z' }, ['note machine/old-image cloud.created']],
  [
    'deprecated',
    { deprecated: '2026-05-01T00:00:00Z' },
    ['review machine/deprecated-image cloud.deprecated'],
  ],
  ['to be deprecated', { deprecated: '2027-05-01T00:00:00Z' }, []],
  ['a state', { deprecated: 'OBSOLETE' }, ['review machine/deprecated-image cloud.deprecated']],
  ['a date that is none', { created: 'long ago' }, []],
];

for (const [name, facts, expected] of cases) {
  test(`machine/cloud-image: ${name}`, () => {
    const cloud = { ...FACTS, ...facts };
    const { findings } = inspectFixture({ layers: [], kind: 'aws', cloud }, [cloudImage]);
    assert.deepEqual(summary(findings), expected);
  });
}
