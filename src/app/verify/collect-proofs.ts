import type {
  AttachedBlob,
  Attachment,
  AttachmentList,
  AttachmentSource,
  OpenedAttachment,
} from '../../core/attachment.ts';
import { type Failure, isFailure, messageOf } from '../../core/failure.ts';
import type { Rejection, RejectionCode, VouchedSubject } from '../../core/vouching.ts';
import type { Find, Found, Materials, ProveContext } from '../../inspect/signatures/contract.ts';
import type { FoundProof } from '../../inspect/signatures/trust/judge.ts';
import { prove } from './prove.ts';

/** What was found of signatures, before anybody judges it. */
export interface Gathered {
  readonly proofs: readonly FoundProof[];
  readonly rejected: readonly Rejection[];
  /** A sentence for each thing that a bound kept from being looked at. */
  readonly cut: readonly string[];
}

export interface Search {
  readonly subjects: readonly VouchedSubject[];
  readonly attachments: AttachmentSource;
  readonly finders: readonly Find[];
  readonly materials: Materials;
  readonly context: ProveContext;
  /** Shown every proof: nothing more is fetched once it says that this is enough. */
  readonly isEnough: (proof: FoundProof) => boolean;
}

/** Signatures proven for one image; an attacker may attach as many as a registry takes. */
const MAX_FOUND = 10_000;
/** Attachments opened: each costs a request or two. */
const MAX_OPENED = 1_000;
const MAX_REJECTIONS = 1_000;

/** Artifact types that are worth fetching; where a listing does not say, it is fetched. */
const SIGNATURE_TYPES =
  /^application\/vnd\.(?:dev\.(?:sigstore|cosign)|cncf\.notary|oci\.image\.config|oci\.empty|docker\.)/;

/**
 * Looks through what is attached to the subjects, the newest first, and proves what it finds until that is enough. What
 * cannot be read of one attachment is a rejection of that one; that the listing itself cannot be had throws.
 * @throws Failure as `AttachmentSource.list`, CANCELLED
 */
export async function collectProofs(search: Search): Promise<Gathered> {
  const gathered = new Gathering(search);
  for (const subject of search.subjects) {
    const { attachments, cut } = await search.attachments.list(subject.digest, search.context.signal);
    gathered.cut.push(...cut);
    const chosen = choose(attachments);
    gathered.cut.push(...chosen.cut);
    for (const attachment of chosen.attachments) {
      if (gathered.done) break;
      await gathered.look(attachment, subject);
    }
    if (gathered.done) break;
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

class Gathering implements Gathered {
  readonly proofs: FoundProof[] = [];
  readonly rejected: Rejection[] = [];
  readonly cut: string[] = [];
  readonly #search: Search;
  #found = 0;
  #satisfied = false;

  constructor(search: Search) {
    this.#search = search;
  }

  get done(): boolean {
    return this.#satisfied || this.#found >= MAX_FOUND;
  }

  async look(attachment: Attachment, subject: VouchedSubject): Promise<void> {
    const { signal } = this.#search.context;
    const at = { subject, attachment: attachment.digest };
    try {
      const opened = await attachment.open(signal);
      for await (const found of this.#find(attachment, opened)) {
        if (this.#found++ >= MAX_FOUND) {
          this.cut.push(`only the newest ${MAX_FOUND} signatures were looked at`);
          return;
        }
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
    const read = (blob: AttachedBlob): Promise<Uint8Array> => blob.read(signal);
    for (const find of this.#search.finders) yield* find(attachment, opened, read);
  }

  async #prove(found: Found, subject: VouchedSubject): Promise<void> {
    const { materials, context, isEnough } = this.#search;
    for (const result of await prove(found, materials, context)) {
      if (result.kind === 'rejected') this.#reject({ ...result.rejection, subject });
      else {
        const proof = { proof: result.proof, found };
        this.proofs.push(proof);
        this.#satisfied ||= isEnough(proof);
      }
    }
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
