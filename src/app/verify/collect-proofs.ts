import type {
  AttachedBlob,
  Attachment,
  AttachmentList,
  AttachmentSource,
  OpenedAttachment,
} from '../../core/attachment.ts';
import { Failure, isFailure, messageOf } from '../../core/failure.ts';
import type { Rejection, RejectionCode, VouchedSubject } from '../../core/vouching.ts';
import type { Find, Found, Materials, ProveContext } from '../../inspect/signatures/contract.ts';
import type { FoundProof, Unproven } from '../../inspect/signatures/trust/judge.ts';
import { prove } from './prove.ts';

export interface Search {
  readonly subjects: readonly VouchedSubject[];
  readonly attachments: AttachmentSource;
  readonly finders: readonly Find[];
  readonly materials: Materials;
  readonly context: ProveContext;
  /** Given every proof, which is not kept here: nothing more is fetched once it says that this is enough. */
  readonly take: (proof: FoundProof) => boolean;
}

/** Signatures proven for one image; an attacker may attach as many as a registry takes. */
const MAX_FOUND = 10_000;
/** Attachments opened: each costs a request or two. */
const MAX_OPENED = 1_000;
const MAX_REJECTIONS = 1_000;
/**
 * Bytes of all signatures that are proven. Not only of what is fetched: one large envelope may be named ten thousand times,
 * each time with another signature beside it.
 */
const MAX_PROVEN_BYTES = 256 * 2 ** 20;

/** Artifact types that are worth fetching; where a listing does not say, it is fetched. */
const SIGNATURE_TYPES =
  /^application\/vnd\.(?:dev\.(?:sigstore|cosign)|cncf\.notary|oci\.image\.config|oci\.empty|docker\.)/;

/**
 * Looks through what is attached to the subjects, the newest first, and proves what it finds until that is enough. What
 * cannot be read of one attachment is a rejection of that one; that the listing itself cannot be had throws.
 * @throws Failure as `AttachmentSource.list`, CANCELLED
 */
export async function collectProofs(search: Search): Promise<Unproven> {
  const gathered = new Gathering(search);
  for (const subject of search.subjects) {
    const { attachments, cut } = await search.attachments.list(subject.digest, search.context.signal);
    gathered.cut.push(...cut);
    const chosen = choose(attachments);
    gathered.cut.push(...chosen.cut);
    for (const attachment of chosen.attachments) {
      if (gathered.isSatisfied) break;
      await gathered.look(attachment, subject);
    }
    if (gathered.isSatisfied) break;
  }
  return gathered;
}

/**
 * Those that may hold signatures. Whoever floods an image with them gets a clear no and not our time; cosign's two tags are
 * never crowded out by a list.
 */
function choose(attachments: readonly Attachment[]): AttachmentList {
  const likely = attachments.filter(
    ({ artifactType }) => artifactType === undefined || SIGNATURE_TYPES.test(artifactType),
  );
  if (likely.length <= MAX_OPENED) return { attachments: likely, cut: [] };
  const isTag = ({ via }: Attachment): boolean => via === 'signature-tag' || via === 'attestation-tag';
  const kept = new Set([...likely.filter(isTag), ...likely].slice(0, MAX_OPENED));
  return {
    attachments: likely.filter((attachment) => kept.has(attachment)),
    cut: [`only the newest ${MAX_OPENED} of ${likely.length} attachments were looked at`],
  };
}

const TOO_MANY_BYTES = `only ${MAX_PROVEN_BYTES / 2 ** 20} MiB of signatures are looked at`;

function sizeOf({ body }: Found): number {
  switch (body.kind) {
    case 'simple-signing':
      return body.payload.length;
    case 'bundle':
      return body.json.length;
    default:
      return body.envelope.length;
  }
}

class Gathering implements Unproven {
  readonly rejected: Rejection[] = [];
  readonly cut: string[] = [];
  readonly #search: Search;
  #found = 0;
  #bytes = 0;
  #satisfied = false;

  constructor(search: Search) {
    this.#search = search;
  }

  get isSatisfied(): boolean {
    return this.#satisfied;
  }

  async look(attachment: Attachment, subject: VouchedSubject): Promise<void> {
    const { signal } = this.#search.context;
    const at = { subject, attachment: attachment.digest };
    if (this.#found >= MAX_FOUND) return this.#cut(`only the newest ${MAX_FOUND} signatures were looked at`);
    try {
      const opened = await attachment.open(signal);
      for await (const found of this.#find(attachment, opened)) {
        if (this.#found++ >= MAX_FOUND)
          return this.#cut(`only the newest ${MAX_FOUND} signatures were looked at`);
        if (isFailure(found)) this.#reject({ ...at, ...toRejection(found) });
        else await this.#prove(found, subject);
        if (this.#satisfied) return;
      }
    } catch (error) {
      if (!isFailure(error) || error.code === 'CANCELLED') throw error;
      this.#reject({ ...at, ...toRejection(error) });
    }
  }

  async *#find(attachment: Attachment, opened: OpenedAttachment): AsyncGenerator<Found | Failure> {
    const { signal } = this.#search.context;
    const read = async (blob: AttachedBlob): Promise<Uint8Array> => {
      if (!this.#hasRoomFor(blob.size)) {
        this.#cut(TOO_MANY_BYTES);
        throw new Failure('TOO_LARGE', `${blob.digest} was not fetched: ${TOO_MANY_BYTES}`);
      }
      return blob.read(signal);
    };
    for (const find of this.#search.finders) yield* find(attachment, opened, read);
  }

  async #prove(found: Found, subject: VouchedSubject): Promise<void> {
    const { materials, context, take } = this.#search;
    const size = sizeOf(found);
    if (!this.#hasRoomFor(size)) return this.#cut(TOO_MANY_BYTES);
    this.#bytes += size;
    for (const result of await prove(found, materials, context)) {
      if (result.kind === 'rejected') this.#reject({ ...result.rejection, subject });
      else if (take({ proof: result.proof, found })) this.#satisfied = true;
    }
  }

  /** What is small may still be looked at where something large had no room any more. */
  #hasRoomFor(bytes: number): boolean {
    return this.#bytes + bytes <= MAX_PROVEN_BYTES;
  }

  #cut(sentence: string): void {
    if (!this.cut.includes(sentence)) this.cut.push(sentence);
  }

  #reject(rejection: Rejection): void {
    if (this.rejected.length < MAX_REJECTIONS) this.rejected.push(rejection);
    else if (this.rejected.length === MAX_REJECTIONS) {
      this.rejected.push({
        code: 'TOO_MANY',
        message: `only the first ${MAX_REJECTIONS} rejections are listed`,
      });
    }
  }
}

const CODES: Readonly<Record<string, RejectionCode>> = {
  TOO_LARGE: 'TOO_LARGE',
  MALFORMED: 'MALFORMED',
  MEDIA_TYPE_MISMATCH: 'MALFORMED',
  UNSUPPORTED: 'UNSUPPORTED',
};

function toRejection(failure: Failure): Rejection {
  return { code: CODES[failure.code] ?? 'UNREADABLE', message: messageOf(failure) };
}
