import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Digest, toDigest } from '../../../core/digest.ts';
import { COSIGN_SIGN_PREDICATE, STATEMENT_TYPE, type StatementSubject } from '../../../core/statement.ts';
import type {
  Identity,
  RejectionCode,
  SigningTime,
  VouchedSubject,
  Vouching,
} from '../../../core/vouching.ts';
import type { Proof, SignedContent, TrustedKey } from '../contract.ts';
import type { FoundProof, TrustQuestion, Unproven } from './evidence.ts';
import { openJudgement } from './judge.ts';
import { everyImage } from './name-pattern.ts';
import type { PredicateRequirement, Requirement, Signer } from './rules.ts';
import { parseSubjectPattern } from './subject-pattern.ts';

interface TrustEvidence extends TrustQuestion, Unproven {
  readonly proofs: readonly FoundProof[];
}

function judgeTrust({ proofs, ...evidence }: TrustEvidence): Vouching {
  const judgement = openJudgement(evidence);
  for (const proof of proofs) judgement.add(proof);
  return judgement.close(evidence);
}

const NOW = new Date('2026-06-01T00:00:00Z');
const DAY = 86_400_000;
const ISSUER = 'https://token.actions.githubusercontent.com';
const RELEASE = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1';
const NAME = 'registry.acme.example/app';
const PROVENANCE = 'https://slsa.dev/provenance/v1';
const VSA = 'https://slsa.dev/verification_summary/v1';
const SBOM = 'https://cyclonedx.org/bom';

const digestOf = (text: string): Digest =>
  toDigest('sha256', createHash('sha256').update(text).digest('hex'));
const INDEX = digestOf('index');
const MANIFEST = digestOf('manifest');
const OTHER = digestOf('other');
const LONG = toDigest('sha512', createHash('sha512').update('manifest').digest('hex'));

const { publicKey } = generateKeyPairSync('ed25519');
const trustedKey = (name: string, more: Partial<TrustedKey> = {}): TrustedKey => ({
  name,
  key: publicKey,
  fingerprint: digestOf(name),
  ...more,
});

// Who may sign.
const key = (name: string, more: Partial<TrustedKey> = {}): Signer => ({
  kind: 'key',
  key: trustedKey(name, more),
});
const exact = (subject: string, root = 'sigstore'): Signer => ({
  kind: 'sigstore',
  issuer: ISSUER,
  subject: { kind: 'exact', text: subject },
  root,
});
const pattern = (text: string): Signer => ({
  kind: 'sigstore',
  issuer: ISSUER,
  subject: parseSubjectPattern(text, 'subjectPattern'),
  root: 'sigstore',
});
const notation = (trust: string): Signer => ({ kind: 'notation', trust });

// Who signed.
const byKey = (name: string): Identity => ({ kind: 'key', name, fingerprint: digestOf(name) });
const bySigstore = (subject: string, issuer = ISSUER, root = 'sigstore'): Identity => ({
  kind: 'sigstore',
  issuer,
  subject,
  root,
});
const byCertificate: Identity = {
  kind: 'x509',
  subject: 'CN=acme',
  fingerprint: digestOf('leaf'),
  store: 'ca:acme',
};

// What was signed.
const image = (digest: Digest = MANIFEST, claimedName?: string): SignedContent => ({
  kind: 'image',
  digest,
  ...(claimedName === undefined ? {} : { claimedName }),
});
const statement = (
  predicateType: string,
  predicate: unknown,
  subjects: readonly StatementSubject[] = [{ digest: { sha256: MANIFEST.slice(7) } }],
): SignedContent => ({
  kind: 'statement',
  statement: { type: STATEMENT_TYPE, subjects, predicateType, predicate },
});
const provenance = (
  builder = 'https://builder.example',
  source = 'git+https://github.com/acme/app@refs/tags/v1',
) =>
  statement(PROVENANCE, {
    buildDefinition: { buildType: 'https://builder.example/v1', externalParameters: { source } },
    runDetails: { builder: { id: builder } },
  });
const vsa = (over: Readonly<Record<string, unknown>> = {}): SignedContent =>
  statement(VSA, {
    verifier: { id: 'https://verifier.example' },
    resourceUri: NAME,
    policy: { uri: 'https://verifier.example/policy' },
    verificationResult: 'PASSED',
    verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
    ...over,
  });
const sbom = statement(SBOM, { bomFormat: 'CycloneDX', specVersion: '1.6' });

const logged = (time: string): SigningTime[] => [{ time, source: 'log' }];
const signed = (
  identity: Identity,
  content: SignedContent = image(),
  more: Partial<Proof> = {},
): FoundProof => ({
  proof: { format: 'cosign', identity, content, times: [], notes: [], ...more },
  found: {
    format: 'cosign',
    subject: MANIFEST,
    attachment: digestOf('attachment'),
    body: { kind: 'bundle', json: new Uint8Array() },
  },
});

const asks = (by: readonly Signer[], more: Partial<Requirement> = {}): Requirement => ({
  by,
  atLeast: 1,
  log: 'optional',
  sameRepository: false,
  ...more,
});
const asksFor = (predicate: PredicateRequirement, by: readonly Signer[] = [key('release')]): Requirement =>
  asks(by, { predicate });

const subject = (digest: Digest, kind: VouchedSubject['kind'] = 'manifest'): VouchedSubject => ({
  digest,
  kind,
});
const evidence = (
  requirements: readonly Requirement[],
  proofs: readonly FoundProof[],
  more: Partial<TrustEvidence> = {},
): TrustEvidence => ({
  rules: [{ name: 'rule', images: [everyImage], requirements }],
  name: NAME,
  subjects: [subject(MANIFEST)],
  now: NOW,
  proofs,
  rejected: [],
  cut: [],
  ...more,
});

type Row = readonly [name: string, evidence: TrustEvidence, answer: 'trusted' | readonly RejectionCode[]];

const inTime = { since: new Date('2026-01-01T00:00:00Z'), maxAge: 90 * DAY };
const limited = key('release', {
  validFrom: new Date('2026-01-01T00:00:00Z'),
  validUntil: new Date('2026-02-01T00:00:00Z'),
});
const log = { index: '7', log: 'https://rekor.example' };

const ROWS: readonly Row[] = [
  // Somebody, and the right one
  ['signed by the key asked for', evidence([asks([key('release')])], [signed(byKey('release'))]), 'trusted'],
  ['nothing attached', evidence([asks([key('release')])], []), ['NO_SIGNATURE']],
  [
    'bypass 14: no attestation attached is no "all attestations hold"',
    evidence([asksFor({ types: [PROVENANCE] })], []),
    ['NO_SIGNATURE'],
  ],
  ['no rule covers the name', evidence([], [signed(byKey('release'))], { rules: [] }), ['NO_MATCHING_RULE']],
  [
    'bypass 15: some signature exists, by a key that nobody asked for',
    evidence([asks([key('release')])], [signed(byKey('mallory'))]),
    ['SIGNER_NOT_TRUSTED'],
  ],
  [
    'bypass 15: some signature exists, and it could not be proven',
    evidence([asks([key('release')])], [], { rejected: [{ code: 'SIGNATURE_INVALID', message: 'x' }] }),
    ['SIGNATURE_INVALID'],
  ],
  [
    'a stranger’s signature beside the right one',
    evidence([asks([key('release')])], [signed(byKey('mallory')), signed(byKey('release'))]),
    'trusted',
  ],
  [
    'the key is known by its fingerprint, not by its name',
    evidence(
      [asks([key('release')])],
      [signed({ kind: 'key', name: 'release', fingerprint: digestOf('mallory') })],
    ),
    ['SIGNER_NOT_TRUSTED'],
  ],
  [
    'a key by another name',
    evidence(
      [asks([key('release')])],
      [signed({ kind: 'key', name: 'other', fingerprint: digestOf('release') })],
    ),
    'trusted',
  ],

  // Identities
  ['the identity asked for', evidence([asks([exact(RELEASE)])], [signed(bySigstore(RELEASE))]), 'trusted'],
  [
    'bypass 3: a subject that begins with the one asked for',
    evidence([asks([exact(RELEASE)])], [signed(bySigstore(`${RELEASE}.evil`))]),
    ['IDENTITY_MISMATCH'],
  ],
  [
    'bypass 3: an empty subject',
    evidence([asks([exact(RELEASE)])], [signed(bySigstore(''))]),
    ['IDENTITY_MISMATCH'],
  ],
  [
    'another issuer',
    evidence([asks([exact(RELEASE)])], [signed(bySigstore(RELEASE, `${ISSUER}/`))]),
    ['IDENTITY_MISMATCH'],
  ],
  [
    'another trust root',
    evidence([asks([exact(RELEASE)])], [signed(bySigstore(RELEASE, ISSUER, 'corp'))]),
    ['IDENTITY_MISMATCH'],
  ],
  [
    'the trust root asked for',
    evidence([asks([exact(RELEASE, 'corp')])], [signed(bySigstore(RELEASE, ISSUER, 'corp'))]),
    'trusted',
  ],
  [
    'bypass 12: the pattern matches',
    evidence(
      [asks([pattern('https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*')])],
      [signed(bySigstore(RELEASE))],
    ),
    'trusted',
  ],
  [
    'bypass 12: the pattern is not ignored',
    evidence(
      [asks([pattern('https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*')])],
      [signed(bySigstore(RELEASE.replace('tags/v1', 'heads/x')))],
    ),
    ['IDENTITY_MISMATCH'],
  ],
  [
    'bypass 2: a certificate where a key is asked for',
    evidence([asks([key('release')])], [signed(bySigstore(RELEASE))]),
    ['WRONG_MATERIAL'],
  ],
  [
    'bypass 2: a key where a certificate is asked for',
    evidence([asks([exact(RELEASE)])], [signed(byKey(RELEASE))]),
    ['WRONG_MATERIAL'],
  ],
  [
    'a Notation identity where a sigstore one is asked for',
    evidence([asks([exact('CN=acme')])], [signed(byCertificate)]),
    ['WRONG_MATERIAL'],
  ],
  [
    'the Notation policy asked for',
    evidence([asks([notation('acme')])], [signed(byCertificate, image(), { trust: 'acme' })]),
    'trusted',
  ],
  [
    'another Notation policy',
    evidence([asks([notation('acme')])], [signed(byCertificate, image(), { trust: 'other' })]),
    ['IDENTITY_MISMATCH'],
  ],
  [
    'a Notation identity that no policy accepted',
    evidence([asks([notation('acme')])], [signed(byCertificate)]),
    ['IDENTITY_MISMATCH'],
  ],

  // What it is for
  [
    'bypass 1: a statement about something else',
    evidence(
      [asksFor({ types: [SBOM] })],
      [
        signed(
          byKey('release'),
          statement(SBOM, { bomFormat: 'CycloneDX', specVersion: '1.6' }, [
            { digest: { sha256: OTHER.slice(7) } },
          ]),
        ),
      ],
    ),
    ['SUBJECT_MISMATCH'],
  ],
  [
    'bypass 1: a statement that has the digest under another algorithm',
    evidence(
      [asksFor({ types: [SBOM] })],
      [signed(byKey('release'), statement(SBOM, {}, [{ digest: { sha3_256: MANIFEST.slice(7) } }]))],
    ),
    ['SUBJECT_MISMATCH'],
  ],
  [
    'bypass 1: a statement that has the digest as a name',
    evidence(
      [asksFor({ types: [SBOM] })],
      [signed(byKey('release'), statement(SBOM, {}, [{ name: MANIFEST, digest: {} }]))],
    ),
    ['SUBJECT_MISMATCH'],
  ],
  [
    'one of several subjects',
    evidence(
      [asksFor({ types: [SBOM] })],
      [
        signed(
          byKey('release'),
          statement(SBOM, { bomFormat: 'CycloneDX', specVersion: '1.6' }, [
            { digest: { sha256: OTHER.slice(7) } },
            { digest: { sha256: MANIFEST.slice(7) } },
          ]),
        ),
      ],
    ),
    'trusted',
  ],
  [
    'sha512',
    evidence(
      [asks([key('release')])],
      [
        signed(
          byKey('release'),
          statement(COSIGN_SIGN_PREDICATE, {}, [{ digest: { sha512: LONG.slice(7) } }]),
        ),
      ],
      { subjects: [subject(LONG)] },
    ),
    'trusted',
  ],
  [
    'the start of a sha512',
    evidence(
      [asks([key('release')])],
      [
        signed(
          byKey('release'),
          statement(COSIGN_SIGN_PREDICATE, {}, [{ digest: { sha512: LONG.slice(7, 71) } }]),
        ),
      ],
      { subjects: [subject(LONG)] },
    ),
    ['SUBJECT_MISMATCH'],
  ],
  [
    'bypass 18: the signature of another tag of the repository',
    evidence([asks([key('release')])], [signed(byKey('release'), image(OTHER, NAME))]),
    ['SUBJECT_MISMATCH'],
  ],
  [
    'bypass 22: the index is signed, and its manifest asked for alone',
    evidence([asks([key('release')])], [signed(byKey('release'), image(INDEX))]),
    ['SUBJECT_MISMATCH'],
  ],
  [
    'bypass 22: a manifest is signed, and the index asked for',
    evidence([asks([key('release')])], [signed(byKey('release'), image(MANIFEST))], {
      subjects: [subject(INDEX, 'index')],
    }),
    ['SUBJECT_MISMATCH'],
  ],
  [
    'bypass 22: the manifest is signed, reached through the index',
    evidence([asks([key('release')])], [signed(byKey('release'))], {
      subjects: [subject(INDEX, 'index'), subject(MANIFEST)],
    }),
    'trusted',
  ],
  [
    'a file’s signature for a file',
    evidence([asks([key('release')])], [signed(byKey('release'), { kind: 'file', digest: MANIFEST })], {
      subjects: [subject(MANIFEST, 'file')],
      name: undefined,
    }),
    'trusted',
  ],
  [
    'a file’s signature for an image',
    evidence([asks([key('release')])], [signed(byKey('release'), { kind: 'file', digest: MANIFEST })]),
    ['PAYLOAD_TYPE'],
  ],
  [
    'an image’s signature for a file',
    evidence([asks([key('release')])], [signed(byKey('release'))], { subjects: [subject(MANIFEST, 'file')] }),
    ['PAYLOAD_TYPE'],
  ],
  [
    'a statement about a file',
    evidence([asksFor({ types: [PROVENANCE] })], [signed(byKey('release'), provenance())], {
      subjects: [subject(MANIFEST, 'file')],
    }),
    'trusted',
  ],
  [
    'nothing to be for',
    evidence([asks([key('release')])], [signed(byKey('release'))], { subjects: [] }),
    ['SUBJECT_MISMATCH'],
  ],

  // Signatures and attestations
  [
    'a signature as a statement',
    evidence([asks([key('release')])], [signed(byKey('release'), statement(COSIGN_SIGN_PREDICATE, {}))]),
    'trusted',
  ],
  [
    'bypass 8: an attestation is no signature',
    evidence([asks([key('release')])], [signed(byKey('release'), sbom)]),
    ['PREDICATE_TYPE'],
  ],
  [
    'bypass 8: an attestation of an unknown type is no signature',
    evidence([asks([key('release')])], [signed(byKey('release'), statement('https://x.example/v1', {}))]),
    ['PREDICATE_TYPE'],
  ],
  [
    'bypass 8: a signature is no attestation',
    evidence([asksFor({ types: [PROVENANCE] })], [signed(byKey('release'))]),
    ['PAYLOAD_TYPE'],
  ],
  [
    'bypass 8: a signature as a statement is no attestation',
    evidence(
      [asksFor({ types: [PROVENANCE] })],
      [signed(byKey('release'), statement(COSIGN_SIGN_PREDICATE, {}))],
    ),
    ['PREDICATE_TYPE'],
  ],
  [
    'bypass 8: an attestation of another type',
    evidence([asksFor({ types: [PROVENANCE] })], [signed(byKey('release'), sbom)]),
    ['PREDICATE_TYPE'],
  ],
  [
    'bypass 7: a predicate that breaks its format',
    evidence([asksFor({ types: [PROVENANCE] })], [signed(byKey('release'), statement(PROVENANCE, {}))]),
    ['PREDICATE_MALFORMED'],
  ],
  [
    'bypass 7: a predicate that breaks its format, though nothing is asked of it',
    evidence([asksFor({ types: [SBOM] })], [signed(byKey('release'), statement(SBOM, 'no'))]),
    ['PREDICATE_MALFORMED'],
  ],
  [
    'an attestation of a type that only the rule knows',
    evidence(
      [asksFor({ types: ['https://x.example/v1'] })],
      [signed(byKey('release'), statement('https://x.example/v1', null))],
    ),
    'trusted',
  ],
  [
    'what such a type does not say',
    evidence(
      [asksFor({ types: ['https://x.example/v1'], builder: 'b' })],
      [signed(byKey('release'), statement('https://x.example/v1', { builder: 'b' }))],
    ),
    ['PREDICATE_REFUSED'],
  ],
  [
    'the builder asked for',
    evidence(
      [asksFor({ types: [PROVENANCE], builder: 'https://builder.example' })],
      [signed(byKey('release'), provenance())],
    ),
    'trusted',
  ],
  [
    'another builder',
    evidence(
      [asksFor({ types: [PROVENANCE], builder: 'https://builder.example' })],
      [signed(byKey('release'), provenance('https://builder.example.evil.example'))],
    ),
    ['PREDICATE_REFUSED'],
  ],
  [
    'the source asked for, however it is fetched',
    evidence(
      [asksFor({ types: [PROVENANCE], source: { kind: 'exact', text: 'https://github.com/acme/app' } })],
      [signed(byKey('release'), provenance())],
    ),
    'trusted',
  ],
  [
    'a pattern for the source',
    evidence(
      [
        asksFor({
          types: [PROVENANCE],
          source: parseSubjectPattern('git+https://github.com/acme/*', 'source'),
        }),
      ],
      [signed(byKey('release'), provenance())],
    ),
    'trusted',
  ],
  [
    'another source',
    evidence(
      [
        asksFor({
          types: [PROVENANCE],
          source: parseSubjectPattern('git+https://github.com/acme/*', 'source'),
        }),
      ],
      [signed(byKey('release'), provenance(undefined, 'git+https://github.com/mallory/app'))],
    ),
    ['PREDICATE_REFUSED'],
  ],
  [
    'no source',
    evidence(
      [asksFor({ types: [PROVENANCE], source: { kind: 'exact', text: 'https://github.com/acme/app' } })],
      [signed(byKey('release'), provenance(undefined, ''))],
    ),
    ['PREDICATE_REFUSED'],
  ],
  [
    'the VSA asked for',
    evidence(
      [
        asksFor({
          types: [VSA],
          verifier: 'https://verifier.example',
          levels: ['SLSA_BUILD_LEVEL_2'],
          resource: NAME,
        }),
      ],
      [signed(byKey('release'), vsa())],
    ),
    'trusted',
  ],
  [
    'bypass 13: another verifier',
    evidence(
      [asksFor({ types: [VSA], verifier: 'https://verifier.example' })],
      [signed(byKey('release'), vsa({ verifier: { id: 'https://mallory.example' } }))],
    ),
    ['VERIFIER_MISMATCH'],
  ],
  [
    'bypass 13: the verifier’s name over another trusted signature',
    evidence(
      [
        asksFor({ types: [VSA], verifier: 'https://verifier.example' }, [key('verifier')]),
        asks([key('release')]),
      ],
      [signed(byKey('release'), vsa()), signed(byKey('release'))],
    ),
    ['SIGNER_NOT_TRUSTED', 'PAYLOAD_TYPE'],
  ],
  [
    'bypass 13: a rule that names no verifier trusts none',
    evidence([asksFor({ types: [VSA] })], [signed(byKey('release'), vsa())]),
    ['VERIFIER_MISMATCH'],
  ],
  [
    'a VSA that failed',
    evidence(
      [asksFor({ types: [VSA], verifier: 'https://verifier.example' })],
      [signed(byKey('release'), vsa({ verificationResult: 'FAILED' }))],
    ),
    ['PREDICATE_REFUSED'],
  ],
  [
    'a VSA of another level',
    evidence(
      [
        asksFor({
          types: [VSA],
          verifier: 'https://verifier.example',
          levels: ['SLSA_BUILD_LEVEL_3', 'SLSA_SOURCE_LEVEL_1'],
        }),
      ],
      [signed(byKey('release'), vsa())],
    ),
    ['PREDICATE_REFUSED'],
  ],
  [
    'a VSA about another resource',
    evidence(
      [asksFor({ types: [VSA], verifier: 'https://verifier.example', resource: `${NAME}2` })],
      [signed(byKey('release'), vsa())],
    ),
    ['PREDICATE_REFUSED'],
  ],

  // How many
  [
    'two of two',
    evidence([asks([key('a'), key('b')], { atLeast: 2 })], [signed(byKey('a')), signed(byKey('b'))]),
    'trusted',
  ],
  [
    'one of two',
    evidence([asks([key('a'), key('b')], { atLeast: 2 })], [signed(byKey('a'))]),
    ['NOT_ENOUGH_SIGNATURES'],
  ],
  [
    'one of two, twice',
    evidence([asks([key('a'), key('b')], { atLeast: 2 })], [signed(byKey('a')), signed(byKey('a'))]),
    ['NOT_ENOUGH_SIGNATURES'],
  ],
  [
    'one of two, and a stranger',
    evidence([asks([key('a'), key('b')], { atLeast: 2 })], [signed(byKey('a')), signed(byKey('mallory'))]),
    ['NOT_ENOUGH_SIGNATURES', 'SIGNER_NOT_TRUSTED'],
  ],
  [
    'one key under two names',
    evidence(
      [asks([key('a'), key('b', { fingerprint: digestOf('a') })], { atLeast: 2 })],
      [signed(byKey('a')), signed({ kind: 'key', name: 'b', fingerprint: digestOf('a') })],
    ),
    ['NOT_ENOUGH_SIGNATURES'],
  ],
  [
    'two identities of one pattern',
    evidence(
      [asks([pattern('https://github.com/acme/**'), key('a')], { atLeast: 2 })],
      [signed(bySigstore(RELEASE)), signed(bySigstore(`${RELEASE}.1`))],
    ),
    ['NOT_ENOUGH_SIGNATURES'],
  ],
  [
    'one identity of two roots',
    evidence(
      [asks([exact(RELEASE), exact(RELEASE, 'corp')], { atLeast: 2 })],
      [signed(bySigstore(RELEASE)), signed(bySigstore(RELEASE, ISSUER, 'corp'))],
    ),
    ['NOT_ENOUGH_SIGNATURES'],
  ],
  [
    'one certificate, which two Notation configurations know by stores of other names',
    evidence(
      [asks([notation('acme'), notation('beta')], { atLeast: 2 })],
      [
        signed(byCertificate, image(), { trust: 'acme' }),
        signed({ ...byCertificate, store: 'ca:beta' }, image(), { trust: 'beta' }),
      ],
    ),
    ['NOT_ENOUGH_SIGNATURES'],
  ],
  ['a threshold of nothing', evidence([asks([key('a')], { atLeast: 0 })], []), ['NO_SIGNATURE']],
  [
    'a threshold that is no number',
    evidence([asks([key('a')], { atLeast: Number.NaN })], [signed(byKey('a'))]),
    ['NOT_ENOUGH_SIGNATURES'],
  ],
  ['nobody may sign', evidence([asks([])], [signed(byKey('a'))]), ['WRONG_MATERIAL']],

  // When
  [
    'bypass 4: no log entry where one is asked for',
    evidence([asks([key('release')], { log: 'required' })], [signed(byKey('release'))]),
    ['LOG_MISSING'],
  ],
  [
    'a log entry where one is asked for',
    evidence([asks([key('release')], { log: 'required' })], [signed(byKey('release'), image(), { log })]),
    'trusted',
  ],
  [
    'young enough',
    evidence(
      [asks([key('release')], inTime)],
      [signed(byKey('release'), image(), { times: logged('2026-05-01T00:00:00Z') })],
    ),
    'trusted',
  ],
  [
    'bypass 16: an old signature put back: older than maxAge',
    evidence(
      [asks([key('release')], { maxAge: 90 * DAY })],
      [signed(byKey('release'), image(), { times: logged('2026-02-01T00:00:00Z') })],
    ),
    ['TOO_OLD'],
  ],
  [
    'bypass 16: an old signature put back: before since',
    evidence(
      [asks([key('release')], { since: inTime.since })],
      [signed(byKey('release'), image(), { times: logged('2025-12-31T23:59:59Z') })],
    ),
    ['TOO_OLD'],
  ],
  [
    'bypass 16: an old signature with a new timestamp beside its old one',
    evidence(
      [asks([key('release')], { maxAge: 90 * DAY })],
      [
        signed(byKey('release'), image(), {
          times: [
            { time: '2026-05-31T00:00:00Z', source: 'timestamp-authority' },
            ...logged('2025-02-01T00:00:00Z'),
          ],
        }),
      ],
    ),
    ['TOO_OLD'],
  ],
  [
    'bypass 16: no time at all',
    evidence([asks([key('release')], { maxAge: 90 * DAY })], [signed(byKey('release'))]),
    ['TIMESTAMP_MISSING'],
  ],
  [
    'bypass 16: a time that only the signer claims',
    evidence(
      [asks([key('release')], { maxAge: 90 * DAY })],
      [signed(byKey('release'), image(), { times: [{ time: '2026-05-31T00:00:00Z', source: 'claimed' }] })],
    ),
    ['TIMESTAMP_MISSING'],
  ],
  [
    'exactly as old as allowed',
    evidence(
      [asks([key('release')], { maxAge: 90 * DAY })],
      [signed(byKey('release'), image(), { times: logged('2026-03-03T00:00:00Z') })],
    ),
    'trusted',
  ],
  [
    'a time that cannot be read',
    evidence([asks([key('release')])], [signed(byKey('release'), image(), { times: logged('soon') })]),
    ['TIMESTAMP_INVALID'],
  ],
  [
    'from the future',
    evidence(
      [asks([key('release')])],
      [signed(byKey('release'), image(), { times: logged('2026-06-01T00:05:01Z') })],
    ),
    ['FROM_THE_FUTURE'],
  ],
  [
    'a clock that is a little fast',
    evidence(
      [asks([key('release')])],
      [signed(byKey('release'), image(), { times: logged('2026-06-01T00:05:00Z') })],
    ),
    'trusted',
  ],
  [
    'a claimed time in the future is nobody’s business',
    evidence(
      [asks([key('release')])],
      [signed(byKey('release'), image(), { times: [{ time: '2030-01-01T00:00:00Z', source: 'claimed' }] })],
    ),
    'trusted',
  ],
  [
    'bypass 11: within the time for which the key counts',
    evidence(
      [asks([limited])],
      [signed(byKey('release'), image(), { times: logged('2026-01-15T00:00:00Z') })],
    ),
    'trusted',
  ],
  [
    'bypass 11: before the key counts',
    evidence(
      [asks([limited])],
      [signed(byKey('release'), image(), { times: logged('2025-12-15T00:00:00Z') })],
    ),
    ['KEY_NOT_VALID_THEN'],
  ],
  [
    'bypass 11: after the key counts',
    evidence(
      [asks([limited])],
      [signed(byKey('release'), image(), { times: logged('2026-02-15T00:00:00Z') })],
    ),
    ['KEY_NOT_VALID_THEN'],
  ],
  [
    'bypass 11: one time within, one without',
    evidence(
      [asks([limited])],
      [
        signed(byKey('release'), image(), {
          times: [...logged('2026-01-15T00:00:00Z'), ...logged('2026-03-15T00:00:00Z')],
        }),
      ],
    ),
    ['KEY_NOT_VALID_THEN'],
  ],
  [
    'bypass 11: nobody says when',
    evidence([asks([limited])], [signed(byKey('release'))]),
    ['TIMESTAMP_MISSING'],
  ],

  // Under which name
  [
    'signed under its own name',
    evidence(
      [asks([key('release')], { sameRepository: true })],
      [signed(byKey('release'), image(MANIFEST, `${NAME}:1.0`))],
    ),
    'trusted',
  ],
  [
    'bypass 18: signed under another name',
    evidence(
      [asks([key('release')], { sameRepository: true })],
      [signed(byKey('release'), image(MANIFEST, 'registry.acme.example/staging/app'))],
    ),
    ['SUBJECT_MISMATCH'],
  ],
  [
    'bypass 18: signed under no name',
    evidence([asks([key('release')], { sameRepository: true })], [signed(byKey('release'))]),
    ['SUBJECT_MISMATCH'],
  ],
  [
    'signed under a name that is none',
    evidence(
      [asks([key('release')], { sameRepository: true })],
      [signed(byKey('release'), image(MANIFEST, `${NAME} x`))],
    ),
    ['SUBJECT_MISMATCH'],
  ],
  [
    'an image without a name',
    evidence(
      [asks([key('release')], { sameRepository: true })],
      [signed(byKey('release'), image(MANIFEST, NAME))],
      { name: undefined },
    ),
    ['SUBJECT_MISMATCH'],
  ],
  [
    'a statement under its own name',
    evidence(
      [asks([key('release')], { sameRepository: true })],
      [
        signed(
          byKey('release'),
          statement(COSIGN_SIGN_PREDICATE, {}, [{ name: NAME, digest: { sha256: MANIFEST.slice(7) } }]),
        ),
      ],
    ),
    'trusted',
  ],
  [
    'a statement that gives the name to another digest',
    evidence(
      [asks([key('release')], { sameRepository: true })],
      [
        signed(
          byKey('release'),
          statement(COSIGN_SIGN_PREDICATE, {}, [
            { name: NAME, digest: { sha256: OTHER.slice(7) } },
            { digest: { sha256: MANIFEST.slice(7) } },
          ]),
        ),
      ],
    ),
    ['SUBJECT_MISMATCH'],
  ],

  // Bounds
  [
    'bypass 23: too many, and the right one not among those looked at',
    evidence([asks([key('release')])], [], { cut: ['only 20000 were listed'] }),
    ['TOO_MANY'],
  ],
  [
    'bypass 23: too many, but the right one was found',
    evidence([asks([key('release')])], [signed(byKey('release'))], { cut: ['only 20000 were listed'] }),
    'trusted',
  ],

  // Several requirements
  [
    'every requirement counts',
    evidence(
      [asks([key('release')]), asksFor({ types: [PROVENANCE] })],
      [signed(byKey('release')), signed(byKey('release'), provenance())],
    ),
    'trusted',
  ],
  [
    'one requirement of two',
    evidence([asks([key('release')]), asksFor({ types: [PROVENANCE] })], [signed(byKey('release'))]),
    ['PAYLOAD_TYPE'],
  ],
  [
    'what could not be proven explains more than what is not asked for',
    evidence([asks([key('release')]), asksFor({ types: [PROVENANCE] })], [signed(byKey('release'))], {
      rejected: [{ code: 'LOG_INVALID', message: 'x' }],
    }),
    ['LOG_INVALID', 'PAYLOAD_TYPE'],
  ],
  ['a rule that asks for nothing', evidence([], [signed(byKey('release'))]), []],
];

for (const [name, input, answer] of ROWS) {
  test(`judge: ${name}`, () => {
    const { outcome, reasons, rules } = judgeTrust(input);
    if (answer === 'trusted') {
      assert.deepEqual(
        [outcome, reasons, rules],
        ['trusted', [], [{ rule: 'rule', satisfied: true, reasons: [] }]],
      );
    } else {
      assert.equal(outcome, 'untrusted');
      assert.deepEqual(
        reasons.map(({ code }) => code),
        answer,
      );
    }
    assert.equal(input.proofs.map(openJudgement(input).add).includes(true), answer === 'trusted');
  });
}

test('judge: all rules that match must be satisfied', () => {
  const rule = (name: string, by: Signer) => ({ name, images: [everyImage], requirements: [asks([by])] });
  const rules = [rule('first', key('release')), rule('second', key('security'))];
  const one = judgeTrust(evidence([], [signed(byKey('release'))], { rules }));
  assert.equal(one.outcome, 'untrusted');
  assert.deepEqual(
    one.rules.map(({ rule: name, satisfied }) => [name, satisfied]),
    [
      ['first', true],
      ['second', false],
    ],
  );
  assert.equal(one.verified.length, 1);
  assert.equal(
    judgeTrust(evidence([], [signed(byKey('release')), signed(byKey('security'))], { rules })).outcome,
    'trusted',
  );
});

test('judge: says what was verified, and for what', () => {
  const proof = signed(byKey('release'), provenance(), {
    log,
    times: logged('2026-05-01T00:00:00Z'),
    notes: ['a note'],
  });
  const subjects = [subject(INDEX, 'index'), subject(MANIFEST)];
  const { verified } = judgeTrust(evidence([asksFor({ types: [PROVENANCE] })], [proof], { subjects }));
  assert.deepEqual(verified, [
    {
      format: 'cosign',
      identity: byKey('release'),
      subject: subject(MANIFEST),
      times: logged('2026-05-01T00:00:00Z'),
      log,
      predicateType: PROVENANCE,
      says: [
        'builder: https://builder.example',
        'build type: https://builder.example/v1',
        'source: git+https://github.com/acme/app@refs/tags/v1',
        'parameters: source',
      ],
      attachment: digestOf('attachment'),
      notes: ['a note'],
    },
  ]);
});

test('judge: nothing that counts for nothing is called verified', () => {
  const input = evidence(
    [asks([key('release')])],
    [signed(byKey('mallory')), signed(byKey('release'), sbom), signed(byKey('release'))],
  );
  const { outcome, verified, rejected } = judgeTrust(input);
  assert.equal(outcome, 'trusted');
  assert.deepEqual(
    verified.map(({ identity }) => identity),
    [byKey('release')],
  );
  assert.deepEqual(
    rejected.map(({ code }) => code),
    ['SIGNER_NOT_TRUSTED', 'PREDICATE_TYPE'],
  );
});

test('bypass 23: ten thousand proofs are judged once each, and the answer stays small', () => {
  const strangers = Array.from({ length: 10_000 }, (_, at) =>
    signed(bySigstore(`https://github.com/mallory/${at}`)),
  );
  const input = evidence([asks([exact(RELEASE)])], [...strangers, signed(bySigstore(RELEASE))]);
  const started = performance.now();
  const { outcome, rejected } = judgeTrust(input);
  assert.equal(outcome, 'trusted');
  assert.equal(rejected.length, 1001);
  assert.equal(rejected.at(-1)?.code, 'TOO_MANY');
  const isEnough = openJudgement(input).add;
  assert.deepEqual(input.proofs.map(isEnough).indexOf(true), 10_000);
  assert.ok(performance.now() - started < 3000);
});

test('judge: trusted only if every requirement has its own; an untrusted answer always says why', () => {
  const identity = fc.constantFrom(
    byKey('a'),
    byKey('b'),
    byKey('mallory'),
    bySigstore(RELEASE),
    bySigstore('x'),
    byCertificate,
  );
  const content = fc.constantFrom(
    image(),
    image(OTHER),
    sbom,
    provenance(),
    vsa(),
    statement(PROVENANCE, null),
  );
  const proof = fc.tuple(identity, content).map(([who, what]) => signed(who, what));
  const requirement = fc.constantFrom(
    asks([key('a')]),
    asks([key('a'), key('b'), exact(RELEASE)], { atLeast: 2 }),
    asks([key('b')], { log: 'required' }),
    asksFor({ types: [PROVENANCE] }, [key('a')]),
    asksFor({ types: [VSA], verifier: 'https://verifier.example' }, [exact(RELEASE)]),
  );
  const input = fc.tuple(
    fc.array(requirement, { minLength: 1, maxLength: 3 }),
    fc.array(proof, { maxLength: 8 }),
  );
  fc.assert(
    fc.property(input, ([requirements, proofs]) => {
      const whole = judgeTrust(evidence(requirements, proofs));
      const each = requirements.map((one) => judgeTrust(evidence([one], proofs)).outcome === 'trusted');
      assert.equal(whole.outcome === 'trusted', each.every(Boolean));
      assert.equal(whole.reasons.length === 0, whole.outcome === 'trusted');
      assert.equal(
        proofs.map(openJudgement(evidence(requirements, [])).add).includes(true),
        whole.outcome === 'trusted',
      );
    }),
    { numRuns: 1000 },
  );
});
