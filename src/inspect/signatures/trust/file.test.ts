import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../../core/failure.ts';
import { parseTrustFile, readTrustFile } from './file.ts';
import { neededBy, rulesFor } from './rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'pratique-trust-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'trust.yaml');

const toPem = (): string =>
  String(
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'pem', type: 'spki' }),
  );
mkdirSync(join(folder, 'keys'));
const pem = toPem();
writeFileSync(join(folder, 'keys/release.pub'), pem);
writeFileSync(join(folder, 'keys/same.pub'), pem);
writeFileSync(join(folder, 'keys/old.pub'), toPem());
writeFileSync(join(folder, 'keys/broken.pub'), 'hello');

const WHOLE = `
version: 1
keys:
  release: { file: keys/release.pub }
  old: { file: keys/old.pub, validFrom: 2025-01-01, validUntil: 2026-06-30T12:00:00Z }
  inline:
    pem: |
${pem.replace(/^/gm, '      ').trimEnd()}
roots:
  github: { file: github-root.json, log: false, sct: false }
  corp: { tuf: https://tuf.acme.example, root: tuf-root.json }
notation:
  acme: { folder: notation/ }
rules:
  - name: our own images
    images: ['registry.acme.example/**']
    signed:
      - by:
          - key: release
          - issuer: https://token.actions.githubusercontent.com
            subjectPattern: https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*
          - { issuer: 'https://login.acme.example', subject: ci@acme.example, root: corp }
          - notation: acme
        atLeast: 2
        log: required
        maxAge: 90d
        since: 2026-01-01
        sameRepository: true
    attested:
      - predicate: slsaprovenance1
        by: [{ key: old }]
        builder: https://builder.example
        sourcePattern: git+https://github.com/acme/*
      - predicate: vsa
        by: [{ key: release }]
        verifier: https://verifier.example
        levels: [SLSA_BUILD_LEVEL_2, ACME_OK]
        resource: registry.acme.example/app
      - predicate: [spdxjson, 'https://acme.example/reviewed/v1']
        by: [{ key: inline }]
  - name: base images
    images: [docker.io/nginx]
    signed:
      - by: [{ key: release }]
`;

test('trust file: everything that can be written', () => {
  const file = parseTrustFile(WHOLE, path);
  const [own, base] = file.rules;
  assert.equal(own?.name, 'our own images');
  const [signature, provenance, summary, other] = own?.requirements ?? [];
  assert.deepEqual(
    signature?.by.map((signer) => signer.kind),
    ['key', 'sigstore', 'sigstore', 'notation'],
  );
  const [release, pattern, exact, notation] = signature?.by ?? [];
  assert.equal(release?.kind === 'key' && release.key.name, 'release');
  assert.ok(
    pattern?.kind === 'sigstore' && pattern.subject.kind === 'pattern' && pattern.root === 'sigstore',
  );
  assert.deepEqual(exact, {
    kind: 'sigstore',
    issuer: 'https://login.acme.example',
    subject: { kind: 'exact', text: 'ci@acme.example' },
    root: 'corp',
  });
  assert.deepEqual(notation, { kind: 'notation', trust: 'acme' });
  assert.equal(signature?.atLeast, 2);
  assert.equal(signature?.log, 'required');
  assert.equal(signature?.maxAge, 90 * 86_400_000);
  assert.equal(signature?.since?.toISOString(), '2026-01-01T00:00:00.000Z');
  assert.equal(signature?.sameRepository, true);
  assert.equal(signature?.predicate, undefined);

  const [old] = provenance?.by ?? [];
  assert.equal(old?.kind === 'key' && old.key.validUntil?.toISOString(), '2026-06-30T12:00:00.000Z');
  assert.deepEqual(provenance?.predicate?.types, ['https://slsa.dev/provenance/v1']);
  assert.equal(provenance?.predicate?.builder, 'https://builder.example');
  assert.equal(provenance?.predicate?.source?.text, 'git+https://github.com/acme/*');
  assert.deepEqual(summary?.predicate, {
    types: ['https://slsa.dev/verification_summary/v1'],
    verifier: 'https://verifier.example',
    levels: ['SLSA_BUILD_LEVEL_2', 'ACME_OK'],
    resource: 'registry.acme.example/app',
  });
  assert.ok(other?.predicate?.types.includes('https://acme.example/reviewed/v1'));
  assert.ok(other?.predicate?.types.includes('https://spdx.dev/Document'));
  assert.equal(base?.requirements[0]?.atLeast, 1);
  assert.equal(base?.requirements[0]?.log, 'optional');

  assert.deepEqual(Object.fromEntries(file.roots), {
    sigstore: { source: { kind: 'public' }, requireLog: true, requireSct: true },
    github: {
      source: { kind: 'file', path: join(folder, 'github-root.json') },
      requireLog: false,
      requireSct: false,
    },
    corp: {
      source: { kind: 'tuf', url: 'https://tuf.acme.example', root: join(folder, 'tuf-root.json') },
      requireLog: true,
      requireSct: true,
    },
  });
  assert.deepEqual(Object.fromEntries(file.notation), { acme: join(folder, 'notation') });
  assert.deepEqual(file.notes, ['the root github is used by no rule']);
});

test('trust file: only what a matching rule asks for is needed', () => {
  const { rules } = parseTrustFile(WHOLE, path);
  const needed = (name: string | undefined) => {
    const { keys, roots, notation } = neededBy(rulesFor(rules, name));
    return { keys: keys.map((key) => key.name), roots, notation };
  };
  assert.deepEqual(needed('docker.io/library/nginx'), { keys: ['release'], roots: [], notation: [] });
  assert.deepEqual(needed('registry.acme.example/app'), {
    keys: ['release', 'old', 'inline'],
    roots: ['sigstore', 'corp'],
    notation: ['acme'],
  });
  assert.deepEqual(needed('quay.io/acme/app'), { keys: [], roots: [], notation: [] });
  assert.deepEqual(rulesFor(rules, undefined), []);
});

test('trust file: the public root gives way to one that is written', () => {
  const rule =
    "rules: [{ name: a, images: ['**'], signed: [{ by: [{ issuer: 'https://i.example', subject: s }] }] }]";
  const { roots, rules } = parseTrustFile(`version: 1\nroots: { sigstore: { file: r.json } }\n${rule}`, path);
  assert.deepEqual(roots.get('sigstore')?.source, { kind: 'file', path: join(folder, 'r.json') });
  assert.deepEqual(neededBy(rulesFor(rules, undefined)).roots, ['sigstore']);
});

// `signer`, `requirement` and `rule` each begin on line 5 or later; what is wrong is put in one place of a good file.
const small = (replace: Readonly<Record<string, string>>): string => {
  const parts: Record<string, string> = {
    version: 'version: 1',
    keys: 'keys: { release: { file: keys/release.pub }, same: { file: keys/same.pub } }',
    more: '',
    name: 'name: ours',
    images: "images: ['registry.acme.example/**']",
    by: 'by: [{ key: release }]',
    options: '',
    attested: '',
    ...replace,
  };
  return `${parts.version}
${parts.keys}
${parts.more}
rules:
  - ${parts.name}
    ${parts.images}
    signed:
      - ${parts.by}
        ${parts.options}
    ${parts.attested}
`;
};

const attested = (fields: string): string =>
  small({ attested: `attested: [{ by: [{ key: release }], ${fields} }]` });
const by = (fields: string): string => small({ by: `by: [{ ${fields} }]` });
const ISSUER = 'issuer: https://i.example';

const REFUSED: readonly (readonly [name: string, text: string, message: RegExp])[] = [
  ['an unknown field of the file', small({ more: 'rule: []' }), /:3: rule: .*[Uu]nrecognized/],
  [
    'an unknown field of a requirement',
    small({ options: 'maxage: 90d' }),
    /:9: rules\.0\.signed\.0\.maxage: .*[Uu]nrecognized/,
  ],
  ['an unknown field of a signer', by('key: release, name: x'), /:8: rules\.0\.signed\.0\.by\.0\.name: /],
  ['a field twice', small({ options: 'by: [{ key: same }]' }), /:9: .*unique/],
  ['an alias', small({ more: 'x: &a 1', keys: 'keys: { release: *a }' }), /trust\.yaml/],
  [
    'an alias after its anchor',
    small({ keys: 'keys: &k { release: { file: keys/release.pub } }', more: 'notation: *k' }),
    /aliases/,
  ],
  ['two documents', `${small({})}\n---\n${small({})}`, /:\d+: /],
  ['a tag of its own', small({ name: 'name: !x ours' }), /:5: /],
  ['no YAML', 'version: [', /:\d+: /],
  ['nothing', '', /:1: /],
  ['a list', '[]', /:1: /],
  ['another version', small({ version: 'version: 2' }), /:1: version: /],
  ['no rules', 'version: 1\nrules: []', /:2: rules: /],
  ['a rule that asks for nothing', "version: 1\nrules: [{ name: a, images: ['**'] }]", /asks for nothing/],
  ['a rule without images', small({ images: 'images: []' }), /:6: rules\.0\.images: /],
  [
    'an image without registry',
    small({ images: 'images: [nginx]' }),
    /:6: rules\.0\.images\.0: .*registry too/,
  ],
  [
    'two rules of one name',
    `${small({})}  - { name: ours, images: ['**'], signed: [{ by: [{ key: same }] }] }`,
    /another rule has this name/,
  ],
  ['nobody who may sign', small({ by: 'by: []' }), /:8: rules\.0\.signed\.0\.by: /],
  [
    'a key that is not defined',
    by('key: rellease'),
    /:8: rules\.0\.signed\.0\.by\.0\.key: "rellease" is not defined under keys/,
  ],
  [
    'a root that is not defined',
    by(`${ISSUER}, subject: s, root: corp`),
    /root: "corp" is not defined under roots/,
  ],
  [
    'a Notation folder that is not defined',
    by('notation: acme'),
    /notation: "acme" is not defined under notation/,
  ],
  ['a signer of two kinds', by(`key: release, ${ISSUER}, subject: s`), /a signer is one of/],
  ['a signer of no kind', by(''), /a signer is one of/],
  ['a root without an identity', by('root: sigstore'), /add issuer/],
  ['a subject without issuer', by('subject: s'), /add issuer/],
  ['an issuer without subject', by(ISSUER), /add either subject or subjectPattern/],
  ['a subject and a pattern', by(`${ISSUER}, subject: s, subjectPattern: '*@a.example'`), /add either/],
  [
    'bypass 3: a pattern for everybody',
    by(`${ISSUER}, subjectPattern: '**'`),
    /:8: rules\.0\.signed\.0\.by\.0\.subjectPattern: .*everybody/,
  ],
  [
    'bypass 3: a regular expression',
    by(`${ISSUER}, subjectPattern: '^https://github.com/acme/'`),
    /regular expressions/,
  ],
  ['bypass 3: an empty subject', by(`${ISSUER}, subject: ''`), /subject "" cannot be used: it is empty/],
  ['bypass 3: a pattern as exact subject', by(`${ISSUER}, subject: '*@a.example'`), /write subjectPattern/],
  ['bypass 3: a pattern as issuer', by(`issuer: 'https://*', subject: s`), /compared exactly/],
  ['more signers than there are', small({ options: 'atLeast: 2' }), /:9: .*atLeast: 2 signers cannot sign/],
  [
    'more signers than different keys',
    small({ by: 'by: [{ key: release }, { key: same }]', options: 'atLeast: 2' }),
    /names 1 different one/,
  ],
  ['bypass 4: a threshold of nothing', small({ options: 'atLeast: 0' }), /atLeast: /],
  ['an age without unit', small({ options: 'maxAge: 90' }), /maxAge: /],
  ['an age of an unknown unit', small({ options: 'maxAge: 3m' }), /write an age as/],
  ['a day that is none', small({ options: 'since: 2026-02-30' }), /write a time as/],
  ['a time without zone', small({ options: "since: '2026-02-03T00:00:00'" }), /write a time as/],
  ['a log that may be', small({ options: 'log: true' }), /log: /],
  [
    'an unknown predicate',
    attested('predicate: slsa'),
    /predicate: "slsa" is neither a type URI nor one of slsaprovenance/,
  ],
  [
    'a plain signature as predicate',
    attested('predicate: https://sigstore.dev/cosign/sign/v1'),
    /ask for it under signed/,
  ],
  ['bypass 13: a VSA without verifier', attested('predicate: vsa'), /verifier: a VSA is somebody’s verdict/],
  [
    'bypass 13: a VSA by its URI without verifier',
    attested('predicate: https://slsa.dev/verification_summary/v1'),
    /verifier: /,
  ],
  [
    'bypass 13: a VSA among others without verifier',
    attested('predicate: [slsaprovenance1, vsa]'),
    /verifier: /,
  ],
  ['a builder of an SBOM', attested('predicate: spdxjson, builder: b'), /builder: only SLSA provenance/],
  ['a verifier of provenance', attested('predicate: slsaprovenance1, verifier: v'), /verifier: only a VSA/],
  [
    'two sources',
    attested("predicate: slsaprovenance1, source: s, sourcePattern: 'https://x.example/*'"),
    /write one of the two/,
  ],
  [
    'a source that is everybody’s',
    attested("predicate: slsaprovenance1, sourcePattern: 'https://github.com/**'"),
    /everybody can have an account/,
  ],
  ['a level that is none', attested('predicate: vsa, verifier: v, levels: [SLSA_ACME]'), /is no SLSA level/],
  [
    'a key that is not there',
    small({ keys: 'keys: { release: { file: keys/gone.pub } }' }),
    /:2: keys\.release\.file: .*does not exist/,
  ],
  [
    'a key that is no key',
    small({ keys: 'keys: { release: { file: keys/broken.pub } }' }),
    /:2: keys\.release\.file: /,
  ],
  [
    'a key in a KMS',
    small({ keys: 'keys: { release: { file: "awskms://alias/x" } }' }),
    /:2: keys\.release\.file: .*not supported/,
  ],
  ['a key that is a folder', small({ keys: 'keys: { release: { file: keys } }' }), /is a folder/],
  ['a key from nowhere', small({ keys: 'keys: { release: {} }' }), /either file or pem/],
  [
    'a key that never counts',
    small({
      keys: 'keys: { release: { file: keys/release.pub, validFrom: 2026-01-02, validUntil: 2026-01-01 } }',
    }),
    /validFrom must be before/,
  ],
  ['a name that is a path', small({ keys: 'keys: { ../x: { file: keys/release.pub } }' }), /:2: keys/],
  [
    'a root from nowhere',
    small({ more: 'roots: { sigstore: { log: false } }' }),
    /:3: roots\.sigstore: .*either file/,
  ],
  [
    'a TUF repository without root',
    small({ more: 'roots: { corp: { tuf: https://x.example } }' }),
    /tuf and root go together/,
  ],
  [
    'a TUF repository in the clear',
    small({ more: 'roots: { corp: { tuf: http://x.example, root: r.json } }' }),
    /must be an https URL/,
  ],
];

for (const [name, text, message] of REFUSED) {
  test(`trust file refuses: ${name}`, () => {
    assert.throws(
      () => parseTrustFile(text, path),
      (error) =>
        isFailure(error, 'MALFORMED') &&
        error.message.startsWith(path) &&
        !error.message.includes('\n') &&
        (message.test(error.message) || assert.match(error.message, message) === undefined),
    );
  });
}

test('trust file: several mistakes are told at once', () => {
  const text = small({
    options: 'atLeast: 2',
    by: 'by: [{ key: release }, { key: gone }]',
    name: 'name: ours',
    attested: 'attested: [{ predicate: x, by: [{ key: gone }] }]',
  });
  assert.throws(
    () => parseTrustFile(text, path),
    (error) =>
      isFailure(error, 'MALFORMED') && (error.message.match(/trust\.yaml:\d+: /g) ?? []).length === 3,
  );
});

test('trust file: nesting that no stack takes is refused', () => {
  assert.throws(
    () => parseTrustFile('['.repeat(500_000), path),
    (error) => isFailure(error, 'MALFORMED'),
  );
});

test('trust file: is read with its keys', async () => {
  writeFileSync(path, WHOLE);
  assert.equal((await readTrustFile(path)).rules.length, 2);
});

test('trust file: what cannot be read is said', async () => {
  await assert.rejects(readTrustFile(join(folder, 'gone.yaml')), (error) => isFailure(error, 'NOT_FOUND'));
  await assert.rejects(readTrustFile(folder), (error) => isFailure(error, 'USAGE'));
  const large = join(folder, 'large.yaml');
  writeFileSync(large, Buffer.alloc(2 ** 20 + 1, '#'));
  await assert.rejects(readTrustFile(large), (error) => isFailure(error, 'TOO_LARGE'));
  const latin1 = join(folder, 'latin1.yaml');
  writeFileSync(latin1, Buffer.from([0x23, 0xff]));
  await assert.rejects(readTrustFile(latin1), (error) => isFailure(error, 'MALFORMED'));
});

test('trust file: whatever is written, rules that ask for something or MALFORMED', () => {
  const mutation = fc.record({
    at: fc.nat(WHOLE.length - 1),
    put: fc.constantFrom('', '*', '\n', '- ', '{', "'", ': ', '\u0000'),
    cut: fc.nat(8),
  });
  fc.assert(
    fc.property(mutation, ({ at, put, cut }) => {
      try {
        const { rules } = parseTrustFile(WHOLE.slice(0, at) + put + WHOLE.slice(at + cut), path);
        for (const { requirements } of rules)
          assert.ok(requirements.every((one) => one.by.length >= one.atLeast));
      } catch (error) {
        assert.ok(isFailure(error, 'MALFORMED'), String(error));
      }
    }),
    { numRuns: 150 },
  );
});
