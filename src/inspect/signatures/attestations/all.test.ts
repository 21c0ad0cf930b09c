import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../../core/failure.ts';
import { PREDICATE_TYPES, readPredicate, toPredicateUris } from './all.ts';
import { impliesLevel } from './predicates/verification-summary.ts';
import { repositoryOf, sourceForms } from './source-commit.ts';

const read = (predicateType: string, predicate: unknown) =>
  readPredicate({ type: 'https://in-toto.io/Statement/v1', subjects: [], predicateType, predicate });

const COMMIT = '5'.repeat(40);
const provenance02 = {
  builder: { id: 'https://builder.example/v1' },
  buildType: 'https://builder.example/make@v1',
  invocation: {
    configSource: {
      uri: 'git+https://github.com/acme/app@refs/tags/v1',
      digest: { sha1: COMMIT },
      entryPoint: 'release.yml',
    },
    parameters: { debug: false },
    environment: {},
  },
  metadata: { buildStartedOn: '2026-01-01T00:00:00Z' },
  materials: [{ uri: 'pkg:docker/alpine', digest: { sha256: 'ab' } }],
};
const provenance1 = {
  buildDefinition: {
    buildType: 'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
    externalParameters: {
      workflow: {
        ref: 'refs/tags/v1',
        repository: 'https://github.com/acme/app',
        path: '.github/workflows/r.yml',
      },
    },
    internalParameters: { github: { event_name: 'push' } },
    resolvedDependencies: [
      { uri: 'git+https://github.com/acme/app@refs/tags/v1', digest: { gitCommit: COMMIT } },
    ],
  },
  runDetails: { builder: { id: 'https://github.com/actions/runner' }, metadata: { invocationId: 'run/1' } },
};
const summary = {
  verifier: { id: 'https://verifier.example' },
  timeVerified: '2026-01-01T00:00:00Z',
  resourceUri: 'registry.example/app',
  policy: { uri: 'https://verifier.example/policy', digest: { sha256: 'ab' } },
  verificationResult: 'PASSED',
  verifiedLevels: ['SLSA_BUILD_LEVEL_3', 'ACME_REVIEWED'],
  'https://verifier.example/extension': true,
};
const vex = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://vex.example/1',
  author: 'acme',
  timestamp: '2026-01-01T00:00:00Z',
  version: 1,
  statements: [{ vulnerability: { name: 'CVE-2026-0001' }, products: [], status: 'not_affected' }],
};
const vuln = {
  invocation: { parameters: null, uri: '', event_id: '', 'builder.id': '' },
  scanner: { uri: 'https://scanner.example', version: '1.2', db: {}, result: {} },
  metadata: { scanStartedOn: '2026-01-01T00:00:00Z', scanFinishedOn: '2026-01-01T00:01:00Z' },
};
const spdx = { spdxVersion: 'SPDX-2.3', name: 'app', packages: [{}, {}] };
const cyclonedx = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: { component: { name: 'app' } },
  components: [{}],
};

const V02 = 'https://slsa.dev/provenance/v0.2';
const V1 = 'https://slsa.dev/provenance/v1';
const VSA = 'https://slsa.dev/verification_summary/v1';
const SPDX = 'https://spdx.dev/Document';
const CYCLONEDX = 'https://cyclonedx.org/bom';
const VULN = 'https://cosign.sigstore.dev/attestation/vuln/v1';
const VEX = 'https://openvex.dev/ns';
const SIGN = 'https://sigstore.dev/cosign/sign/v1';

const SAYS: readonly (readonly [name: string, type: string, predicate: unknown, says: readonly string[]])[] =
  [
    [
      'SLSA provenance 0.2',
      V02,
      provenance02,
      [
        'builder: https://builder.example/v1',
        'build type: https://builder.example/make@v1',
        'source: git+https://github.com/acme/app@refs/tags/v1',
        `commit: ${COMMIT}`,
        'entry point: release.yml',
        'parameters: debug',
      ],
    ],
    [
      'SLSA provenance 1, with the commit from its dependencies',
      V1,
      provenance1,
      [
        'builder: https://github.com/actions/runner',
        'build type: https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
        'source: https://github.com/acme/app@refs/tags/v1',
        `commit: ${COMMIT}`,
        'workflow: .github/workflows/r.yml',
        'parameters: workflow',
        'invocation: run/1',
      ],
    ],
    [
      'VSA',
      VSA,
      summary,
      [
        'verifier: https://verifier.example',
        'result: PASSED',
        'levels: SLSA_BUILD_LEVEL_3, ACME_REVIEWED',
        'resource: registry.example/app',
        'policy: https://verifier.example/policy',
        'time verified: 2026-01-01T00:00:00Z',
      ],
    ],
    ['SPDX 2', SPDX, spdx, ['format: SPDX-2.3', 'name: app', 'packages: 2']],
    [
      'SPDX as tag-value',
      SPDX,
      'SPDXVersion: SPDX-2.2\nDataLicense: CC0-1.0\nPackageName: a\nPackageName: b\n',
      ['format: SPDX-2.2', 'packages: 2'],
    ],
    [
      'SPDX 3',
      SPDX,
      { '@context': 'x', '@graph': [{ type: 'software_Package' }, {}] },
      ['format: SPDX 3', 'packages: 1'],
    ],
    ['CycloneDX', CYCLONEDX, cyclonedx, ['format: CycloneDX 1.6', 'name: app', 'components: 1']],
    [
      'vulnerabilities',
      VULN,
      vuln,
      ['scanner: https://scanner.example 1.2', 'scanned: 2026-01-01T00:01:00Z'],
    ],
    ['OpenVEX', VEX, vex, ['author: acme', 'statements: 1 not_affected']],
    [
      'in-toto link',
      'https://in-toto.io/Link/v1',
      { name: 'build', command: ['make', 'all'] },
      ['step: build', 'command: make all'],
    ],
    ['cosign signature', SIGN, {}, []],
    ['cosign signature without predicate', SIGN, undefined, []],
    ['custom', 'https://cosign.sigstore.dev/attestation/v1', { Data: '{}', Timestamp: 'x' }, []],
    [
      'says a name on one line',
      CYCLONEDX,
      { ...cyclonedx, metadata: { component: { name: 'a\nb\u202e' } } },
      ['format: CycloneDX 1.6', 'name: a b', 'components: 1'],
    ],
  ];

for (const [name, type, predicate, says] of SAYS) {
  test(`predicate: ${name}`, () => assert.deepEqual(read(type, predicate)?.says, says));
}

test('predicate: every source that parameters name is kept', () => {
  const { workflow } = provenance1.buildDefinition.externalParameters;
  const externalParameters = { workflow, source: { uri: 'git+https://github.com/stranger/app' } };
  const facts = read(V1, {
    ...provenance1,
    buildDefinition: { ...provenance1.buildDefinition, externalParameters },
  });
  assert.deepEqual(facts?.kind === 'provenance' && facts.sources, [
    { uri: 'https://github.com/acme/app@refs/tags/v1', commit: COMMIT },
    { uri: 'git+https://github.com/stranger/app' },
  ]);
});

const MALFORMED: readonly (readonly [name: string, type: string, predicate: unknown])[] = [
  ['provenance 0.2 without builder', V02, { ...provenance02, builder: undefined }],
  ['provenance 0.2 with an empty builder', V02, { ...provenance02, builder: { id: '' } }],
  [
    'provenance 0.2 with a source that is a list',
    V02,
    { ...provenance02, invocation: { configSource: { uri: [] } } },
  ],
  ['provenance 1 under the type of 0.2', V02, provenance1],
  ['provenance 0.2 under the type of 1', V1, provenance02],
  ['provenance 1 without builder', V1, { ...provenance1, runDetails: {} }],
  ['provenance 1 without parameters', V1, { ...provenance1, buildDefinition: { buildType: 'x' } }],
  ['VSA without verifier', VSA, { ...summary, verifier: {} }],
  ['VSA with another result', VSA, { ...summary, verificationResult: 'passed' }],
  ['VSA without levels', VSA, { ...summary, verifiedLevels: undefined }],
  ['VSA with a level of its own that begins with SLSA_', VSA, { ...summary, verifiedLevels: ['SLSA_ACME'] }],
  [
    'VSA with two levels of a track',
    VSA,
    { ...summary, verifiedLevels: ['SLSA_BUILD_LEVEL_1', 'SLSA_BUILD_LEVEL_3'] },
  ],
  ['VSA without resource', VSA, { ...summary, resourceUri: undefined }],
  ['VSA without policy', VSA, { ...summary, policy: undefined }],
  ['VSA at no time', VSA, { ...summary, timeVerified: 'yesterday' }],
  ['SPDX of no version', SPDX, { name: 'x' }],
  ['SPDX text that is none', SPDX, 'hello'],
  ['CycloneDX of another format', CYCLONEDX, { ...cyclonedx, bomFormat: 'cyclonedx' }],
  ['CycloneDX with components that are no list', CYCLONEDX, { ...cyclonedx, components: {} }],
  ['vulnerabilities without scanner', VULN, { metadata: {} }],
  ['OpenVEX with an unknown status', VEX, { ...vex, statements: [{ status: 'ok' }] }],
  ['OpenVEX of another context', VEX, { ...vex, '@context': 'https://openvex.dev/nsx' }],
  ['link with a command that is text', 'https://in-toto.io/Link/v1', { command: 'rm' }],
  ['cosign signature that is a list', SIGN, []],
  ['custom without data', 'https://cosign.sigstore.dev/attestation/v1', {}],
  ['nothing', V1, undefined],
  ['null', VSA, null],
];

for (const [name, type, predicate] of MALFORMED) {
  test(`bypass 7: a predicate that breaks its format is refused: ${name}`, () => {
    assert.throws(
      () => read(type, predicate),
      (error) => isFailure(error, 'MALFORMED'),
    );
  });
}

test('bypass 8: a type is its exact URI: no prefix, case or slash more', () => {
  for (const type of [`${V1}/`, `${V1}.0`, V1.toUpperCase(), V1.slice(0, -1), ` ${V1}`, 'slsaprovenance1']) {
    assert.equal(read(type, provenance1), undefined, type);
  }
});

test('predicate: a type nobody knows says nothing', () => {
  assert.equal(read('https://acme.example/reviewed/v1', { anything: true }), undefined);
});

test('predicate types: every URI and every short name is there once', () => {
  const names = PREDICATE_TYPES.flatMap(({ uris, aliases }) => [...uris, ...aliases]);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(toPredicateUris('slsaprovenance'), [V02]);
  assert.deepEqual(toPredicateUris('slsaprovenance1'), [V1]);
  assert.equal(toPredicateUris('SLSAProvenance1'), undefined);
  assert.equal(toPredicateUris(V1), undefined);
});

test('predicates: whatever is signed, facts of bounded lines or MALFORMED', () => {
  const types = PREDICATE_TYPES.flatMap(({ uris }) => uris);
  const samples = [provenance02, provenance1, summary, vex, vuln, spdx, cyclonedx];
  const overlay = fc.dictionary(
    fc.constantFrom(...samples.flatMap((one) => Object.keys(one))),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.constantFrom(...samples), overlay, (type, sample, over) => {
      try {
        for (const line of read(type, { ...sample, ...over })?.says ?? []) assert.ok(line.length < 400);
      } catch (error) {
        assert.ok(isFailure(error, 'MALFORMED'), String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('levels: one implies those below it of the same track, and nothing else', () => {
  const rows: readonly (readonly [readonly string[], string, boolean])[] = [
    [['SLSA_BUILD_LEVEL_3'], 'SLSA_BUILD_LEVEL_3', true],
    [['SLSA_BUILD_LEVEL_3'], 'SLSA_BUILD_LEVEL_2', true],
    [['SLSA_BUILD_LEVEL_1'], 'SLSA_BUILD_LEVEL_2', false],
    [['SLSA_SOURCE_LEVEL_3'], 'SLSA_BUILD_LEVEL_2', false],
    [['SLSA_BUILD_LEVEL_UNEVALUATED'], 'SLSA_BUILD_LEVEL_0', false],
    [['ACME_9'], 'ACME_1', false],
    [['ACME'], 'ACME', true],
    [[], 'SLSA_BUILD_LEVEL_0', false],
  ];
  for (const [verified, asked, expected] of rows)
    assert.equal(impliesLevel(verified, asked), expected, asked);
});

test('sources: the repository is what stands before the first ref', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['git+https://github.com/acme/app@refs/tags/v1', 'https://github.com/acme/app'],
    ['https://github.com/acme/app.git#refs/heads/main:sub', 'https://github.com/acme/app'],
    ['https://github.com/acme/app@refs/heads/x@refs/heads/y', 'https://github.com/acme/app'],
    ['git+ssh://git@git.example/acme/app', 'ssh://git@git.example/acme/app'],
    ['', ''],
  ];
  for (const [uri, repository] of rows) assert.equal(repositoryOf(uri), repository);
  assert.deepEqual(sourceForms('git+https://x.example/a@refs/tags/v1'), [
    'git+https://x.example/a@refs/tags/v1',
    'https://x.example/a',
    'https://x.example/a@refs/tags/v1',
    'git+https://x.example/a',
  ]);
});
