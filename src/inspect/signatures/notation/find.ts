import type { AttachedBlob } from '../../../core/attachment.ts';
import { type Failure, isFailure } from '../../../core/failure.ts';
import type { Find } from '../contract.ts';
import { COSE_MEDIA_TYPE, JWS_MEDIA_TYPE } from './envelope.ts';

const ARTIFACT_TYPE = 'application/vnd.cncf.notary.signature';

/**
 * Notation's signature manifests (signature-specification.md, "Storage"): one layer, the envelope. What says that it is one and
 * is built otherwise is not guessed at: its blobs are found all the same, and refused when they are proven.
 */
export const findNotation: Find = async function* ({ subject, digest, via }, { artifactType, blobs }, read) {
  if (artifactType !== ARTIFACT_TYPE) return;
  const attachment = via === 'file' ? {} : { attachment: digest };
  const [blob, ...others] = blobs;
  const isOne =
    blob !== undefined &&
    others.length === 0 &&
    (blob.mediaType === JWS_MEDIA_TYPE || blob.mediaType === COSE_MEDIA_TYPE);
  const mediaType = isOne ? blob.mediaType : describeBlobs(blobs.map((each) => each.mediaType));
  const envelope = isOne ? await readOrFail(blob, read) : new Uint8Array(0);
  if (isFailure(envelope)) yield envelope;
  else yield { format: 'notation', subject, ...attachment, body: { kind: 'notation', mediaType, envelope } };
};

async function readOrFail(
  blob: AttachedBlob,
  read: (blob: AttachedBlob) => Promise<Uint8Array>,
): Promise<Uint8Array | Failure> {
  try {
    return await read(blob);
  } catch (error) {
    if (!isFailure(error) || error.code === 'CANCELLED') throw error;
    return error;
  }
}

/** Stands for a media type that is none, so that step 2 can say what was there instead. */
function describeBlobs(mediaTypes: readonly string[]): string {
  if (mediaTypes.length === 0) return 'no layer';
  const shown = mediaTypes.slice(0, 3).join(', ');
  return mediaTypes.length === 1 ? shown : `${mediaTypes.length} layers (${shown})`;
}
