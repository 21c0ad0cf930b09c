import type { AttachedBlob, Attachment, OpenedAttachment } from '../../../core/attachment.ts';
import type { Digest } from '../../../core/digest.ts';
import { Failure, isFailure } from '../../../core/failure.ts';
import { DSSE_ENVELOPE, SIMPLE_SIGNING } from '../../../core/statement.ts';
import type { Find, Found, FoundBody } from '../contract.ts';

/*
 * Takes signatures out of what cosign attaches: the layers of its tags `.sig` and `.att`, one for each signature, and the bundles
 * that cosign 3 and GitHub attach as referrers. Which of them it is, each layer's own media type says: what the attachment was
 * found by, or says of itself, decides nothing, so that a signature is not lost for being attached in an unusual way.
 *
 * A tag `.sig` holds all signatures of an image, and whoever may push can add thousands. They mostly sign the same few
 * bytes, which are kept once; what differs is bounded (CVE-2024-29902).
 */

/** A simple-signing payload has about 250 bytes; signers add annotations of their own. */
const MAX_PAYLOAD = 64 * 2 ** 10;
/** All different contents of one attachment: SBOMs are the large ones. */
const MAX_BYTES = 128 * 2 ** 20;

const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle[.+;]/;

type Kind = 'simple-signing' | 'envelope' | 'bundle';

/** The newest first: cosign adds layers at the end. */
export const findCosign: Find = async function* (attachment, opened, read) {
  const contents = new Contents(read);
  for (const blob of opened.blobs.toReversed()) {
    const kind = kindOf(blob, opened);
    if (kind !== undefined) yield await readOne(kind, blob, attachment, contents);
  }
};

async function readOne(
  kind: Kind,
  blob: AttachedBlob,
  { subject, digest, via }: Attachment,
  contents: Contents,
): Promise<Found | Failure> {
  try {
    return {
      format: kind === 'bundle' ? 'sigstore-bundle' : 'cosign',
      subject,
      ...(via === 'file' ? {} : { attachment: digest }),
      body: toBody(kind, await contents.of(blob, kind), blob),
    };
  } catch (error) {
    if (!isFailure(error) || error.code === 'CANCELLED') throw error;
    return error;
  }
}

function kindOf({ mediaType }: AttachedBlob, { artifactType, blobs }: OpenedAttachment): Kind | undefined {
  if (mediaType === SIMPLE_SIGNING) return 'simple-signing';
  if (mediaType === DSSE_ENVELOPE) return 'envelope';
  // Some tools type the manifest only; with several layers it would be anybody's guess which one is meant.
  if (BUNDLE.test(mediaType) || (blobs.length === 1 && BUNDLE.test(artifactType))) return 'bundle';
  return undefined;
}

function toBody(kind: Kind, bytes: Uint8Array, { annotations }: AttachedBlob): FoundBody {
  switch (kind) {
    case 'simple-signing':
      return { kind, payload: bytes, annotations };
    case 'envelope':
      return { kind, envelope: bytes, annotations };
    case 'bundle':
      return { kind, json: bytes };
  }
}

/** What the layers hold, each content fetched and kept once. */
class Contents {
  readonly #read: (blob: AttachedBlob) => Promise<Uint8Array>;
  readonly #known = new Map<Digest, Uint8Array>();
  #bytes = 0;

  constructor(read: (blob: AttachedBlob) => Promise<Uint8Array>) {
    this.#read = read;
  }

  async of(blob: AttachedBlob, kind: Kind): Promise<Uint8Array> {
    const { digest, size } = blob;
    const known = this.#known.get(digest);
    if (known !== undefined && known.length === size) return known;
    if (kind === 'simple-signing' && size > MAX_PAYLOAD) {
      throw new Failure(
        'TOO_LARGE',
        `the signed payload ${digest} has ${size} bytes: only ${MAX_PAYLOAD} are read`,
      );
    }
    this.#bytes += size;
    if (this.#bytes > MAX_BYTES) {
      throw new Failure('TOO_LARGE', `the signatures of one attachment have more than ${MAX_BYTES} bytes`);
    }
    const bytes = await this.#read(blob);
    this.#known.set(digest, bytes);
    return bytes;
  }
}
