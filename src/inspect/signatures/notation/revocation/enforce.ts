import type { ProveContext } from '../../contract.ts';
import { Refusal } from '../../refusal.ts';
import type { PolicyActions } from '../trust-policy.ts';
import type { Chain } from '../x509/chain.ts';
import { checkRevocation } from './check.ts';

/**
 * Turns what is known of a chain's revocation into a refusal, or notes for what nobody could have been asked about.
 * @param signedAt when a trusted clock saw the signature; absent where none did
 * @throws Refusal REVOKED, REVOCATION_UNKNOWN; Failure CANCELLED
 */
export async function checkRevoked(
  chain: Chain,
  { now, signal, fetch }: ProveContext,
  notes: string[],
  action: PolicyActions['revocation'],
  signedAt: Date | undefined,
): Promise<void> {
  if (action === 'skip') {
    notes.push('revocation not checked: the policy skips it');
    return;
  }
  const outcome = await checkRevocation(chain, {
    now,
    signal,
    ...(fetch === undefined ? {} : { fetch }),
    ...(signedAt === undefined ? {} : { signedAt }),
  });
  notes.push(...outcome.unchecked.map((sentence) => `revocation not checked: ${sentence}`));
  if (outcome.revoked.length > 0) throw new Refusal('REVOKED', outcome.revoked.join('; '));
  if (outcome.unknown.length > 0) {
    throw new Refusal('REVOCATION_UNKNOWN', `revocation not checked: ${outcome.unknown.join('; ')}`);
  }
}
