import type { AttachmentSource } from '../../core/attachment.ts';
import { toPlainRepository } from '../../core/reference.ts';
import type { VouchedSubject, Vouching } from '../../core/vouching.ts';
import type { FileContent, RevocationFetch } from '../../inspect/signatures/contract.ts';
import { openJudgement } from '../../inspect/signatures/trust/judge.ts';
import { collectProofs } from './collect-proofs.ts';
import { loadFinders } from './prove.ts';
import type { Trust } from './trust.ts';

/** What somebody is to vouch for. */
export interface VouchRequest {
  /** Registry and repository, for the rules; absent where the location has none. */
  readonly name: string | undefined;
  /** The digests that a signature may be for: the index and the manifest reached through it, or just the one. */
  readonly subjects: readonly VouchedSubject[];
  /** Absent where such a thing has no attachments. */
  readonly attachments: AttachmentSource | undefined;
  readonly file?: FileContent;
  readonly signal: AbortSignal;
}

const NOTHING = { rejected: [], cut: [] };

/**
 * Asks who vouches: the rules for the name, the signatures attached, their proofs, the judgement. Where no rule matches
 * nothing is fetched: no signature could change the answer.
 * @throws Failure as `AttachmentSource.list` and `Trust.materialsFor`, CANCELLED
 */
export async function vouch(request: VouchRequest, trust: Trust): Promise<Vouching> {
  const { subjects, attachments, file, signal } = request;
  const name = request.name === undefined ? undefined : toPlainRepository(request.name);
  const rules = trust.rulesFor(name);
  const now = new Date();
  const judgement = openJudgement({ rules, name, subjects, now });
  if (rules.length === 0 || attachments === undefined) return judgement.close(NOTHING);
  const fetch = trust.offline ? undefined : toRevocationFetch(trust.privateRevocation ? 'any' : 'public');
  const unproven = await collectProofs({
    subjects,
    attachments,
    finders: await loadFinders(),
    materials: await trust.materialsFor(rules, signal),
    context: {
      now,
      signal,
      name,
      ...(fetch === undefined ? {} : { fetch }),
      ...(file === undefined ? {} : { file }),
    },
    take: judgement.add,
  });
  return judgement.close(unproven);
}

/** Loaded when the first certificate names a host to ask. */
function toRevocationFetch(reach: 'any' | 'public'): RevocationFetch {
  return async (url, body, signal) => {
    const { fetchRevocation } = await import('../../read/revocation.ts');
    return fetchRevocation(url, body, signal, reach);
  };
}
