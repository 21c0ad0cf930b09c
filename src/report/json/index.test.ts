import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageDiff } from '../../core/diff.ts';
import { PROBLEM_CODES } from '../../core/problem.ts';
import type { Report } from '../../core/report.ts';
import type { Verification } from '../../core/verification.ts';
import {
  REJECTION_CODES,
  type Rejection,
  type VerifiedSignature,
  type Vouching,
} from '../../core/vouching.ts';
import { assertGolden } from '../testing/golden.ts';
import { CLEAN_REPORT, type Complete, SAMPLE_DIFF, SAMPLE_REPORT } from '../testing/sample-report.ts';
import { assertValid, compileOwnSchema } from '../testing/validator.ts';
import { renderVerificationJson } from '../verification/index.ts';
import { renderJson } from './index.ts';

/*
 * The published schemas refuse fields they do not know. The two samples below have, by their types, every field there
 * is: a field added to the report does not compile here until it is in the sample, and fails here until it is in the
 * schema.
 */

const [layer] = SAMPLE_REPORT.image.layers;
const [finding] = SAMPLE_REPORT.findings;
const [problem] = SAMPLE_REPORT.problems;
const [one] = SAMPLE_REPORT.packages;
assert.ok(layer?.instruction !== undefined && finding && problem && one);

const { size: _size, files: _files, cached: _cached, ...place } = layer;
const volume = { name: 'partition 1', fileSystem: 'ext4', label: 'root', mount: '' };
const ref = { ...place, instruction: layer.instruction, volume };

const completeFinding = {
  ...finding,
  location: {
    layer: ref,
    path: 'a',
    line: 1,
    offset: 2,
    config: 'Cmd',
    hidden: { by: 'replaced', layer: ref },
  },
} as const satisfies Complete<Report['findings'][number]>;

const completeProblem = { ...problem, layer: ref, path: 'a', offset: 1 } as const satisfies Complete<
  Report['problems'][number]
>;

const digest = ref.digest;
const platform = { os: 'linux', architecture: 'arm', variant: 'v7' } as const;
const identity = {
  location: 'a',
  kind: 'registry',
  digest,
  configDigest: digest,
  indexDigest: digest,
  tags: ['a:1'],
  platform,
  cloud: {
    asked: '2026-01-02T03:04:05Z',
    id: 'ami-1',
    name: 'a',
    owner: '123456789012',
    ownerAlias: 'amazon',
    public: true,
    region: 'eu-west-1',
    system: 'Linux/UNIX',
    created: '2026-01-02T03:04:05Z',
    deprecated: '2027-01-02T03:04:05Z',
    productCodes: ['a'],
    disks: ['snap-1'],
  },
} as const satisfies Complete<ImageDiff['before']>;

const completeRejection = {
  code: 'TOO_OLD',
  message: 'a',
  format: 'notation',
  subject: { digest, kind: 'index' },
  attachment: digest,
} as const satisfies Complete<Rejection>;

const completeSignature = {
  format: 'cosign',
  identity: { kind: 'key', name: 'a', fingerprint: digest },
  subject: { digest, kind: 'file' },
  times: [{ time: '2026-01-02T03:04:05Z', source: 'timestamp-authority' }],
  log: { index: '1', log: 'https://rekor.example' },
  predicateType: 'https://slsa.dev/provenance/v1',
  says: ['a'],
  attachment: digest,
  notes: ['a'],
} as const satisfies Complete<VerifiedSignature>;

const completeVouching = {
  outcome: 'untrusted',
  reasons: [completeRejection],
  rules: [{ rule: 'a', satisfied: false, reasons: [completeRejection] }],
  verified: [completeSignature],
  rejected: [completeRejection],
} as const satisfies Complete<Vouching>;

const completeVerification = {
  schemaVersion: '1.0',
  tool: { name: 'pratique', version: '0.0.0' },
  createdAt: '2026-01-02T03:04:05.678Z',
  subject: { location: 'a', name: 'b', kind: 'index', digest, platform: { name: 'linux/arm64', digest } },
  vouching: completeVouching,
  notes: ['a'],
} as const satisfies Complete<Verification>;

const completeReport = {
  schemaVersion: '1.0',
  tool: { name: 'pratique', version: '0.0.0' },
  createdAt: '2026-01-02T03:04:05.678Z',
  image: {
    ...identity,
    distribution: { id: 'debian', idLike: ['linux'], version: '12', codename: 'bookworm', name: 'Debian' },
    config: {
      ...SAMPLE_REPORT.image.config,
      created: '2026-01-02T03:04:05Z',
      author: 'someone',
      history: [
        { createdBy: 'RUN x', created: '2026-01-02T03:04:05Z', comment: 'buildkit', emptyLayer: true },
      ],
    },
    layers: [{ ...ref, size: 1, files: 2, cached: true }],
    files: 2,
  },
  names: [
    {
      name: 'a',
      standing: 'official',
      publisher: 'b',
      suspicions: [{ trick: 'a', of: 'b', tier: 'review', score: 0.5, why: 'c' }],
    },
  ],
  vouching: completeVouching,
  packages: [
    {
      ...one,
      architecture: 'amd64',
      source: { name: 'a', version: '1' },
      licence: 'MIT',
      maintainer: 'someone',
    },
  ],
  findings: [completeFinding],
  problems: [completeProblem],
  decision: { outcome: 'deny', reasons: ['a'] },
  timings: { total: 1, open: 0.1, read: 0.2, judge: 0.3 },
} as const satisfies Complete<Report>;

const completeDiff = {
  schemaVersion: '1.0',
  before: identity,
  after: identity,
  files: {
    added: [{ path: 'a', size: 1, what: ['content'], owner: 'a', suspicious: true }],
    removed: [],
    changed: [],
  },
  packages: { added: [{ type: 'deb', name: 'a', before: '1', after: '2' }], removed: [], changed: [] },
  config: [{ field: 'Cmd', before: '[]', after: '[]' }],
  findings: { added: [completeFinding], removed: [] },
  problems: [completeProblem],
  decision: { outcome: 'deny', reasons: [] },
} as const satisfies Complete<ImageDiff>;

test('json: golden', () => {
  assertGolden('sample.json', renderJson([SAMPLE_REPORT]));
});

test('json: one report is the document, several stand in `reports`', () => {
  assert.deepEqual(JSON.parse(renderJson([SAMPLE_REPORT])).schemaVersion, '1.0');
  assert.equal(JSON.parse(renderJson([SAMPLE_REPORT, CLEAN_REPORT])).reports.length, 2);
  assert.equal(JSON.parse(renderJson([])).reports.length, 0);
});

const report = compileOwnSchema('report-1.0.json');
const diff = compileOwnSchema('diff-1.0.json', 'report-1.0.json');

const verification = compileOwnSchema('verification-1.0.json', 'report-1.0.json');

const valid: readonly (readonly [name: string, text: string, validate: typeof report])[] = [
  ['a rich report', renderJson([SAMPLE_REPORT]), report],
  ['a bare report', renderJson([CLEAN_REPORT]), report],
  ['several reports', renderJson([SAMPLE_REPORT, CLEAN_REPORT]), report],
  ['a report with every field', renderJson([completeReport]), report],
  ['a difference', JSON.stringify(SAMPLE_DIFF), diff],
  ['a difference with every field', JSON.stringify(completeDiff), diff],
  ['a verification with every field', renderVerificationJson(completeVerification), verification],
];
for (const [name, text, validate] of valid) {
  test(`schema: ${name} is valid`, () => assertValid(validate, text));
}

const broken: readonly (readonly [name: string, document: object, validate: typeof report])[] = [
  ['an unknown field', { ...completeReport, extra: 1 }, report],
  ['a missing field', { ...completeReport, decision: undefined }, report],
  ['an unknown outcome', { ...completeReport, decision: { outcome: 'maybe', reasons: [] } }, report],
  ['another version', { ...completeReport, schemaVersion: '2.0' }, report],
  ['a difference with an unknown field', { ...completeDiff, extra: 1 }, diff],
  ['a verification with an unknown field', { ...completeVerification, extra: 1 }, verification],
  [
    'an identity of an unknown kind',
    {
      ...completeReport,
      vouching: { ...completeVouching, verified: [{ ...completeSignature, identity: { kind: 'x' } }] },
    },
    report,
  ],
];
for (const [name, document, validate] of broken) {
  test(`schema: ${name} is refused`, () => {
    assert.equal(validate(JSON.parse(JSON.stringify(document))), false);
  });
}

test('schema: every problem code is in it', () => {
  for (const code of PROBLEM_CODES) {
    assertValid(report, renderJson([{ ...completeReport, problems: [{ ...completeProblem, code }] }]));
  }
});

test('schema: every reason for which a signature does not count is in it', () => {
  for (const code of REJECTION_CODES) {
    const vouching = { ...completeVouching, rejected: [{ ...completeRejection, code }] };
    assertValid(report, renderJson([{ ...completeReport, vouching }]));
  }
});
