import { join } from 'node:path';
import { isFailure } from '../../../core/failure.ts';
import {
  type NotationPolicy,
  parseTrustPolicy,
  STRICT,
  type StoreKind,
  toIdentities,
} from './trust-policy.ts';
import {
  parseCertificates,
  readPlainFile,
  readTrustStore,
  type TrustStore,
  toTrustStore,
} from './trust-store.ts';

/** What Notation's own configuration trusts: `trustpolicy.json` and the certificates of `truststore/`, read and checked. */
export interface NotationTrust {
  /** As the trust file calls it, else the folder. */
  readonly name: string;
  readonly policies: readonly NotationPolicy[];
  /** Every store that a policy names. */
  readonly stores: readonly TrustStore[];
}

/** Notation looks for the first, and for the second where it is not there. */
const POLICY_FILES = ['trustpolicy.oci.json', 'trustpolicy.json'] as const;

/**
 * Reads a Notation configuration folder.
 * @throws Failure USAGE, NOT_FOUND, NO_PERMISSION, TOO_LARGE, MALFORMED, UNSUPPORTED, naming file and field
 */
export async function readNotationTrust(name: string, folder: string): Promise<NotationTrust> {
  const policies = await readPolicies(folder);
  const names = new Map(
    policies.flatMap(({ stores }) => stores.map((store) => [`${store.kind}:${store.name}`, store])),
  );
  const stores: TrustStore[] = [];
  for (const store of names.values()) {
    stores.push(await readTrustStore(join(folder, 'truststore', 'x509'), store.kind, store.name));
  }
  return { name, policies, stores };
}

async function readPolicies(folder: string): Promise<readonly NotationPolicy[]> {
  const [first, second] = POLICY_FILES.map((file) => join(folder, file)) as [string, string];
  try {
    return parseTrustPolicy(await readPlainFile(first), first);
  } catch (error) {
    if (!isFailure(error, 'NOT_FOUND')) throw error;
    return parseTrustPolicy(await readPlainFile(second), second);
  }
}

/**
 * Trust in a plain list of authorities: one strict policy for every image.
 * @param certificates PEM or DER, as files hold them
 * @param identities as in `trustedIdentities`; `*` is every subject that the authorities certify
 * @throws Failure MALFORMED, UNSUPPORTED
 */
export function toNotationTrust(
  name: string,
  certificates: readonly Uint8Array[],
  identities: readonly string[],
): NotationTrust {
  const authorities = certificates.flatMap((bytes) => parseCertificates(bytes, `Notation trust ${name}`));
  const store = toTrustStore('ca', name, authorities, `Notation trust ${name}`);
  const policy: NotationPolicy = {
    name,
    scopes: ['*'],
    skip: false,
    actions: STRICT,
    verifyTimestamp: 'always',
    stores: [{ kind: 'ca', name }],
    identities: toIdentities(identities, `Notation trust ${name}: identities`),
  };
  return { name, policies: [policy], stores: [store] };
}

/**
 * The policy for a repository: one that names it, else the one for `*`. What has no name has only the latter.
 * @param name registry and repository
 */
export function selectPolicy(
  { policies }: NotationTrust,
  name: string | undefined,
): NotationPolicy | undefined {
  const exact = name === undefined ? undefined : policies.find(({ scopes }) => scopes.includes(name));
  return exact ?? policies.find(({ scopes }) => scopes.includes('*'));
}

/** The policy's own stores of one kind. */
export function storesOf(
  { stores }: NotationTrust,
  policy: NotationPolicy,
  kind: StoreKind,
): readonly TrustStore[] {
  return stores.filter((store) =>
    policy.stores.some((wanted) => wanted.kind === kind && store.kind === kind && wanted.name === store.name),
  );
}
