import * as z from 'zod';
import { Failure, messageOf } from '../../../core/failure.ts';
import { parseJson } from '../../../core/json.ts';
import { type AskedSubject, covers, parseAskedSubject } from './x509/distinguished-name.ts';

/*
 * Notation's `trustpolicy.json`, version 1.0 (trust-store-trust-policy.md, "Trust Policy"). A policy that can be read in two ways is
 * refused whole: unknown fields, a scope that two policies claim, identities that overlap.
 *
 * What differs from Notation, on purpose: a level may say that authenticity is only logged (`audit` does), and then Notation
 * calls an image verified whoever signed it. Here nothing is proven without authenticity, whatever the level.
 */

export interface NotationPolicy {
  readonly name: string;
  /** Repositories, or `*` alone. */
  readonly scopes: readonly string[];
  /** `skip`: nothing is verified, so nobody vouches. */
  readonly skip: boolean;
  readonly actions: PolicyActions;
  /** `afterCertExpiry`: time stamps are looked at only once a certificate of the chain has expired. */
  readonly verifyTimestamp: 'always' | 'afterCertExpiry';
  readonly stores: readonly StoreName[];
  /** Empty: every subject that the stores' authorities certify. */
  readonly identities: readonly AskedSubject[];
}

/** What becomes of a check that fails: a refusal, or a note. */
export interface PolicyActions {
  readonly authenticTimestamp: 'enforce' | 'log';
  readonly expiry: 'enforce' | 'log';
  readonly revocation: 'enforce' | 'log' | 'skip';
}

export interface StoreName {
  readonly kind: StoreKind;
  readonly name: string;
}

export type StoreKind = 'ca' | 'signingAuthority' | 'tsa';

const LEVELS: Readonly<Record<'strict' | 'permissive' | 'audit', PolicyActions>> = {
  strict: { authenticTimestamp: 'enforce', expiry: 'enforce', revocation: 'enforce' },
  permissive: { authenticTimestamp: 'log', expiry: 'log', revocation: 'log' },
  audit: { authenticTimestamp: 'log', expiry: 'log', revocation: 'log' },
};

export const STRICT = LEVELS.strict;

const enforceOrLog = z.enum(['enforce', 'log']).optional();
const verification = z.strictObject({
  level: z.enum(['strict', 'permissive', 'audit', 'skip']),
  override: z
    .strictObject({
      authenticity: enforceOrLog,
      authenticTimestamp: enforceOrLog,
      expiry: enforceOrLog,
      revocation: z.enum(['enforce', 'log', 'skip']).optional(),
    })
    .optional(),
  verifyTimestamp: z.enum(['always', 'afterCertExpiry']).optional(),
});
const text = z.string().min(1).max(2000);
const statement = z.strictObject({
  name: text,
  registryScopes: z.array(text).min(1).max(1000),
  signatureVerification: verification,
  trustStores: z.array(text).max(100).optional(),
  trustedIdentities: z.array(text).max(1000).optional(),
});
const document = z.strictObject({
  version: z.literal('1.0'),
  trustPolicies: z.array(statement).min(1).max(1000),
});

type Statement = z.output<typeof statement>;

const STORE = /^(ca|signingAuthority|tsa):([a-zA-Z0-9_.-]{1,200})$/;
/** `host[:port]/path` without tag, digest or scheme, as the specification writes "fully qualified". */
const SCOPE = /^[a-zA-Z0-9.-]{1,255}(?::[0-9]{1,5})?(?:\/[a-z0-9]+(?:[._-]{1,8}[a-z0-9]+)*){1,32}$/;
const IDENTITY_PREFIX = 'x509.subject:';

/**
 * @param file named in messages
 * @throws Failure MALFORMED naming file and field; UNSUPPORTED for identities of another kind
 */
export function parseTrustPolicy(bytes: Uint8Array, file: string): readonly NotationPolicy[] {
  const result = document.safeParse(parseJson(bytes, file));
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = (issue?.path ?? []).map(String).join('.');
    throw new Failure(
      'MALFORMED',
      `${file}: ${path === '' ? 'the document' : path}: ${issue?.message ?? 'wrong'}`,
    );
  }
  const { trustPolicies } = result.data;
  checkUnique(trustPolicies, file);
  return trustPolicies.map((each, index) => toPolicy(each, `${file}: trustPolicies.${index}`));
}

/** Each name and each scope once over the whole document. */
function checkUnique(statements: readonly Statement[], file: string): void {
  const names = new Set<string>();
  const scopes = new Set<string>();
  for (const [index, { name, registryScopes }] of statements.entries()) {
    const at = `${file}: trustPolicies.${index}`;
    if (names.has(name)) throw malformed(`${at}.name`, `${name} is the name of another policy`);
    names.add(name);
    for (const scope of registryScopes) {
      if (scopes.has(scope)) throw malformed(`${at}.registryScopes`, `${scope} is claimed twice`);
      scopes.add(scope);
    }
  }
}

function toPolicy(each: Statement, at: string): NotationPolicy {
  const { name, registryScopes, signatureVerification, trustStores = [], trustedIdentities = [] } = each;
  const { level, override = {}, verifyTimestamp = 'always' } = signatureVerification;
  checkScopes(registryScopes, `${at}.registryScopes`);
  if (level === 'skip') {
    checkSkip(each, `${at}.signatureVerification`);
    return {
      name,
      scopes: registryScopes,
      skip: true,
      actions: STRICT,
      verifyTimestamp,
      stores: [],
      identities: [],
    };
  }
  const { authenticity: _, ...overridden } = override;
  return {
    name,
    scopes: registryScopes,
    skip: false,
    actions: { ...LEVELS[level], ...withoutUndefined(overridden) },
    verifyTimestamp,
    stores: toStores(trustStores, `${at}.trustStores`),
    identities: toIdentities(trustedIdentities, `${at}.trustedIdentities`),
  };
}

function withoutUndefined(
  overridden: NonNullable<Statement['signatureVerification']['override']>,
): Partial<PolicyActions> {
  return Object.fromEntries(Object.entries(overridden).filter(([, action]) => action !== undefined));
}

function checkScopes(scopes: readonly string[], at: string): void {
  for (const scope of scopes) {
    if (scope === '*') {
      if (scopes.length > 1) throw malformed(at, '* must stand alone');
    } else if (!SCOPE.test(scope)) {
      throw malformed(at, `${JSON.stringify(scope.slice(0, 80))} is no repository like registry.example/app`);
    }
  }
}

function checkSkip(
  { registryScopes, signatureVerification, trustStores, trustedIdentities }: Statement,
  at: string,
): void {
  if (registryScopes.includes('*')) throw malformed(at, 'skip needs repositories by name, not *');
  if (signatureVerification.override !== undefined) throw malformed(at, 'skip cannot be overridden');
  if ((trustStores ?? []).length + (trustedIdentities ?? []).length > 0) {
    throw malformed(at, 'skip goes without trust stores and trusted identities');
  }
}

function toStores(values: readonly string[], at: string): readonly StoreName[] {
  const stores = [...new Set(values)].map((value): StoreName => {
    const [, kind, name = ''] = STORE.exec(value) ?? [];
    if (kind === undefined || /^\.+$/.test(name)) {
      throw malformed(
        at,
        `${JSON.stringify(value.slice(0, 80))} is not like ca:NAME, signingAuthority:NAME or tsa:NAME`,
      );
    }
    return { kind: kind as StoreKind, name };
  });
  if (!stores.some(({ kind }) => kind !== 'tsa')) {
    throw malformed(at, 'at least one store of kind ca or signingAuthority is needed');
  }
  return stores;
}

/** @param at where they stand, for messages */
export function toIdentities(values: readonly string[], at: string): readonly AskedSubject[] {
  if (values.length === 0) throw malformed(at, 'at least one identity, or *, is needed');
  if (values.includes('*')) {
    if (values.length > 1) throw malformed(at, '* must stand alone');
    return [];
  }
  const identities = values.map((value) => toIdentity(value, at));
  for (const [index, a] of identities.entries()) {
    if (identities.some((b, other) => other !== index && covers(a, b))) {
      throw malformed(at, `${values[index]} overlaps with another identity`);
    }
  }
  return identities;
}

function toIdentity(value: string, at: string): AskedSubject {
  if (!value.startsWith(IDENTITY_PREFIX)) {
    throw new Failure(
      'UNSUPPORTED',
      `${at}: ${JSON.stringify(value.slice(0, 80))} is neither * nor ${IDENTITY_PREFIX} C=…, ST=…, O=…`,
    );
  }
  try {
    return parseAskedSubject(value.slice(IDENTITY_PREFIX.length));
  } catch (cause) {
    throw new Failure('MALFORMED', `${at}: ${messageOf(cause)}`, { cause });
  }
}

function malformed(at: string, what: string): Failure {
  return new Failure('MALFORMED', `${at}: ${what}`);
}
