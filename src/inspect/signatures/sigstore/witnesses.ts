import type { KeyObject } from 'node:crypto';
import type { TrustMaterial } from '@sigstore/verify';
import type { LogEntry, SigningTime } from '../../../core/vouching.ts';
import { Refusal } from '../refusal.ts';
import type { SigstoreBundle } from './bundle-json.ts';
import { timesOf, verifyWitnesses } from './library.ts';
import { checkSigner } from './log-binding.ts';
import { checkDistinct, checkPeriods, logOf, toLogEntry } from './log-entries.ts';
import type { LibraryContent, SignedThing } from './signed-content.ts';
import { authoritiesOf, checkAuthorities, checkNotFuture, parseStamps } from './timestamps.ts';
import type { TrustRoot } from './trust-root.ts';

/** What logs and time stamping authorities say of a signature that a key has proven. */
export interface Witnessed {
  readonly times: readonly SigningTime[];
  readonly log?: LogEntry;
  readonly notes: readonly string[];
}

/**
 * Verifies every log entry and time stamp of a log or authority that a trust root has. One of them that does not hold
 * refuses the signature, though the key alone would have done: whoever added it had something to hide. Those of unknown logs
 * and authorities count for nothing and are noted.
 * @throws Refusal
 */
export function verifyBundleWitnesses(
  bundle: SigstoreBundle,
  kind: SignedThing['kind'],
  content: LibraryContent,
  key: KeyObject,
  roots: readonly TrustRoot[],
  now: Date,
): Witnessed {
  const material = join(roots);
  checkDistinct(bundle.entries);
  const entries = bundle.entries.filter((entry) => logOf(entry, material.tlogs) !== undefined);
  const all = parseStamps(bundle.timestamps);
  const stamps = all.filter((stamp) => authoritiesOf(stamp, material.timestampAuthorities).length > 0);
  const notes = [
    ...(entries.length < bundle.entries.length
      ? ['a log entry was not checked: its log is in no trust root']
      : []),
    ...(stamps.length < all.length
      ? ['a time stamp was not checked: its authority is in no trust root']
      : []),
  ];
  verifyWitnesses({ content, entries, stamps }, key, material);
  const times = timesOf({ entries, stamps });
  const dates = times.map(({ time }) => new Date(time));
  checkAuthorities(stamps, material.timestampAuthorities);
  checkPeriods(entries, dates, material.tlogs);
  for (const entry of entries) checkSigner(entry, kind, { kind: 'key', key });
  checkNotFuture(dates, now);
  const [entry] = entries;
  return { times, ...(entry === undefined ? {} : { log: toLogEntry(entry, material.tlogs) }), notes };
}

/** A key belongs to no root, so any root's log may speak of it. */
function join(roots: readonly TrustRoot[]): TrustMaterial {
  return {
    certificateAuthorities: [],
    ctlogs: [],
    timestampAuthorities: roots.flatMap(({ material }) => material.timestampAuthorities),
    tlogs: roots.flatMap(({ material }) => material.tlogs),
    publicKey: () => {
      throw new Refusal('SIGNER_NOT_TRUSTED', 'no key was given');
    },
  };
}
