import { isFailure } from '../../core/failure.ts';
import type { Image, ImageIdentity } from '../../core/image.ts';
import type { Problem } from '../../core/problem.ts';
import { parseReference } from '../../core/reference.ts';
import type { VouchedSubject, Vouching } from '../../core/vouching.ts';
import { parseLocation } from '../../read/location.ts';
import type { Trust } from './trust.ts';

export interface InspectedVouching {
  readonly vouching: Vouching;
  readonly problems: readonly Problem[];
}

/**
 * Who vouches for an image that is being inspected. A signature counts on its manifest, or on the index that led to it. That
 * the signatures could not be fetched is a problem of the report: the rest of the image is still worth reading.
 * @throws Failure CANCELLED, INTERNAL
 */
export async function vouchForImage(
  image: Image,
  trust: Trust | undefined,
  signal: AbortSignal,
): Promise<InspectedVouching> {
  if (trust === undefined)
    return { vouching: unchecked('nobody was asked: --trust FILE says whom to trust'), problems: [] };
  const { identity, attachments } = image;
  try {
    const { vouch } = await import('./vouch.ts');
    const request = { name: nameOf(identity), subjects: subjectsOf(identity), attachments, signal };
    return { vouching: await vouch(request, trust), problems: [] };
  } catch (error) {
    if (!isFailure(error) || error.code === 'CANCELLED') throw error;
    const message = `who vouches for the image could not be found out: ${error.message}`;
    return {
      vouching: unchecked(message),
      problems: [{ code: 'SIGNATURES_UNREAD', message, effect: 'incomplete' }],
    };
  }
}

function unchecked(message: string): Vouching {
  const reasons = [{ code: 'NO_MATCHING_RULE', message }] as const;
  return { outcome: 'unchecked', reasons, rules: [], verified: [], rejected: [] };
}

function subjectsOf({ digest, indexDigest }: ImageIdentity): VouchedSubject[] {
  return [
    ...(indexDigest === undefined ? [] : [{ kind: 'index' as const, digest: indexDigest }]),
    ...(digest === undefined ? [] : [{ kind: 'manifest' as const, digest }]),
  ];
}

/** What the user called it. Tags inside an archive are its author's words, and choose no rule. */
function nameOf({ kind, location }: ImageIdentity): string | undefined {
  if (kind !== 'registry' && kind !== 'docker' && kind !== 'podman') return undefined;
  const parsed = parseLocation(location, () => false);
  const text = 'reference' in parsed ? parsed.reference : 'name' in parsed ? parsed.name : location;
  try {
    const { registry, repository } = parseReference(text ?? location);
    return `${registry}/${repository}`;
  } catch {
    // An image id names no repository.
    return undefined;
  }
}
