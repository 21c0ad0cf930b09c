import type { KeyObject } from 'node:crypto';
import type { TrustedKey } from '../contract.ts';
import { Refusal } from '../refusal.ts';
import type { SigstoreBundle } from './bundle-json.ts';
import type { LibraryContent, SignedThing, Signing } from './signed-content.ts';
import type { TrustRoot } from './trust-root.ts';
import type { Witnessed } from './witnesses.ts';

/*
 * Signed with a key that was agreed on beforehand: the key alone proves who, a log entry or a time stamp says when. The bundle's
 * hint of which key it was is the signer's word and only decides which is tried first.
 */

/**
 * A proof for each name that the key is trusted under: its period may differ from name to name.
 * @throws Refusal when no key has signed it, or not in its period
 */
export async function proveByKey(
  bundle: SigstoreBundle,
  hint: string,
  thing: SignedThing,
  keys: readonly TrustedKey[],
  roots: readonly TrustRoot[],
  now: Date,
): Promise<readonly Signing[]> {
  const { signers, content } = await findSigners(thing, keys, hint);
  const witnessed = await readWitnesses(bundle, thing.kind, content, signers[0], roots, now);
  const inPeriod = signers.filter((key) => periodFlaw(key, witnessed) === undefined);
  if (inPeriod.length === 0) throw periodFlaw(signers[0], witnessed);
  return inPeriod.map(({ name, fingerprint }) => ({
    identity: { kind: 'key', name, fingerprint },
    ...witnessed,
  }));
}

interface Signers {
  /** One key, under all its names. */
  readonly signers: readonly [TrustedKey, ...TrustedKey[]];
  readonly content: LibraryContent;
}

async function findSigners(thing: SignedThing, keys: readonly TrustedKey[], hint: string): Promise<Signers> {
  const hinted = keys.filter(({ fingerprint }) => isHintOf(hint, fingerprint));
  const ordered = new Map([...hinted, ...keys].map((key) => [key.fingerprint, key]));
  let unsettled: Refusal | undefined;
  for (const [fingerprint, { key }] of ordered) {
    const tried = await tryKey(thing, key);
    if (tried instanceof Refusal) unsettled ??= tried;
    const [first, ...rest] = keys.filter((trusted) => trusted.fingerprint === fingerprint);
    if (tried === undefined || tried instanceof Refusal || first === undefined) continue;
    return { signers: [first, ...rest], content: tried };
  }
  throw unsettled ?? notOurs(hinted[0]);
}

/** A key that cannot be tried (Ed25519, without the file's bytes) must not stand in the way of the one that signed. */
async function tryKey(thing: SignedThing, key: KeyObject): Promise<LibraryContent | Refusal | undefined> {
  try {
    return await thing.signedBy(key);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function notOurs(hinted: TrustedKey | undefined): Refusal {
  if (hinted === undefined) {
    return new Refusal('SIGNER_NOT_TRUSTED', 'none of the trusted keys has made the signature');
  }
  return new Refusal(
    'SIGNATURE_INVALID',
    `the bundle names the key ${hinted.name}, and the signature is not its`,
  );
}

/** cosign's hint is the key's SHA-256 in base64; others write it in hex. */
function isHintOf(hint: string, fingerprint: TrustedKey['fingerprint']): boolean {
  const hex = fingerprint.slice('sha256:'.length);
  return [hex, fingerprint, Buffer.from(hex, 'hex').toString('base64')].includes(hint);
}

/** The libraries behind are loaded only where there is something to verify with them. */
async function readWitnesses(
  bundle: SigstoreBundle,
  kind: SignedThing['kind'],
  content: LibraryContent,
  signer: TrustedKey,
  roots: readonly TrustRoot[],
  now: Date,
): Promise<Witnessed> {
  const { entries, timestamps } = bundle;
  if (entries.length + timestamps.length === 0) return { times: [], notes: [] };
  if (roots.length > 0) {
    const { verifyBundleWitnesses } = await import('./witnesses.ts');
    return verifyBundleWitnesses(bundle, kind, content, signer.key, roots, now);
  }
  return {
    times: [],
    notes: ['log entries and time stamps were not checked: no sigstore trust root is given'],
  };
}

function periodFlaw({ name, validFrom, validUntil }: TrustedKey, { times }: Witnessed): Refusal | undefined {
  if (validFrom === undefined && validUntil === undefined) return undefined;
  if (times.length === 0) {
    return new Refusal(
      'TIMESTAMP_MISSING',
      `the key ${name} counts for a period, and nothing trusted says when it signed`,
    );
  }
  const outside = times.find(({ time }) => !isWithin(new Date(time), validFrom, validUntil));
  if (outside === undefined) return undefined;
  return new Refusal('KEY_NOT_VALID_THEN', `the key ${name} signed at ${outside.time}, outside its period`);
}

function isWithin(time: Date, from: Date | undefined, until: Date | undefined): boolean {
  return (from === undefined || from <= time) && (until === undefined || time <= until);
}
