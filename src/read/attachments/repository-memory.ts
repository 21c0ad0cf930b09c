import { createHash } from 'node:crypto';
import * as z from 'zod';
import { algorithmOf, type Digest, toDigest } from '../../core/digest.ts';
import { Failure, messageOf } from '../../core/failure.ts';
import type { Descriptor, Document, ReferrerList } from '../blob-source.ts';
import { descriptor } from '../manifest/document.ts';
import { digest as digestSchema } from '../manifest/narrow.ts';
import type { PrivateFolder } from '../private-folder.ts';

/** Changes when entries mean something else than before. */
const FORMAT = 1;
/** Bytes of one entry; a list of as many entries as `AttachmentLimits` allow has fewer. */
const MAX_ENTRY = 64 * 2 ** 20;
const NEWLINE = 0x0a;

const tagEntry = z.object({ time: z.string(), digest: digestSchema.optional() });

const listEntry = z.object({
  time: z.string(),
  referrers: z.array(
    z.object({
      via: z.enum(['referrers', 'referrers-tag', 'signature-tag', 'attestation-tag', 'file']),
      descriptor,
    }),
  ),
  cut: z.array(z.string()),
});

/** A list as it was at a time (RFC 3339). */
interface RememberedList {
  readonly time: string;
  readonly list: ReferrerList;
}

/** What is remembered of one repository. Reading gives undefined for what is not, or was tampered with; writing never throws. */
export class RepositoryMemory {
  readonly #folder: PrivateFolder;
  readonly #name: string;
  readonly #note: (complaint: string) => void;

  constructor(folder: PrivateFolder, name: string, note: (note: string) => void) {
    this.#folder = folder;
    this.#name = name;
    this.#note = note;
  }

  /** @throws Failure TOO_LARGE, as fetching it would */
  async document(digest: Digest, maxBytes = MAX_ENTRY): Promise<Document | undefined> {
    const entry = await this.#read('document', digest);
    const end = entry?.indexOf(NEWLINE) ?? -1;
    if (entry === undefined || end === -1) return undefined;
    const bytes = entry.subarray(end + 1);
    if (digestOf(bytes, digest) !== digest) return undefined;
    if (bytes.length > maxBytes) throw new Failure('TOO_LARGE', `${digest} has more than ${maxBytes} bytes`);
    const mediaType = entry.subarray(0, end).toString('latin1');
    return { bytes, digest, ...(mediaType === '' ? {} : { mediaType }) };
  }

  /** With the type that the transport stated, before a line break that no type has. */
  async keepDocument({ digest, bytes, mediaType = '' }: Document): Promise<void> {
    await this.#write('document', digest, Buffer.from(`${mediaType}\n`, 'latin1'), bytes);
  }

  async blob({ digest, size }: Descriptor): Promise<Buffer | undefined> {
    const bytes = await this.#read('blob', digest);
    return bytes?.length === size && digestOf(bytes, digest) === digest ? bytes : undefined;
  }

  /** Nothing that is not what its descriptor says. */
  async keepBlob({ digest, size }: Descriptor, parts: readonly Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(parts);
    if (bytes.length === size && digestOf(bytes, digest) === digest) await this.#write('blob', digest, bytes);
  }

  /** What a tag led to, and when that was; without a digest when it did not exist. */
  async tag(tag: string): Promise<z.infer<typeof tagEntry> | undefined> {
    return tagEntry.safeParse(await this.#readJson('tag', tag)).data;
  }

  async keepTag(tag: string, digest: Digest | undefined): Promise<void> {
    await this.#writeJson('tag', tag, { time: new Date().toISOString(), digest });
  }

  async referrers(subject: Digest): Promise<RememberedList | undefined> {
    const entry = listEntry.safeParse(await this.#readJson('referrers', subject)).data;
    if (entry === undefined) return undefined;
    const { time, ...list } = entry;
    return { time, list };
  }

  async keepReferrers(subject: Digest, list: ReferrerList): Promise<void> {
    await this.#writeJson('referrers', subject, { time: new Date().toISOString(), ...list });
  }

  async #read(kind: string, key: string): Promise<Buffer | undefined> {
    const distrust = await this.#folder.distrust();
    if (distrust === undefined) return this.#folder.read(this.#nameOf(kind, key), MAX_ENTRY);
    this.#note(distrust);
    return undefined;
  }

  async #readJson(kind: string, key: string): Promise<unknown> {
    const bytes = await this.#read(kind, key);
    try {
      return JSON.parse(bytes?.toString('utf8') ?? 'null');
    } catch {
      // Not what was written here: as good as not remembered.
      return undefined;
    }
  }

  async #write(kind: string, key: string, ...body: readonly Uint8Array[]): Promise<void> {
    const distrust = await this.#folder.distrust();
    if (distrust !== undefined) return this.#note(distrust);
    try {
      await this.#folder.write(this.#nameOf(kind, key), ...body);
    } catch (error) {
      this.#note(`the cache in ${this.#folder.path} could not be written: ${messageOf(error)}`);
    }
  }

  #writeJson(kind: string, key: string, value: unknown): Promise<void> {
    return this.#write(kind, key, Buffer.from(JSON.stringify(value), 'utf8'));
  }

  /** A hash, so that no name, tag or digest is ever a path (CVE-2024-3727). */
  #nameOf(kind: string, key: string): string {
    const identity = JSON.stringify([FORMAT, this.#name, kind, key]);
    return `${kind}-${createHash('sha256').update(identity).digest('hex')}`;
  }
}

function digestOf(bytes: Uint8Array, like: Digest): Digest {
  const algorithm = algorithmOf(like);
  return toDigest(algorithm, createHash(algorithm).update(bytes).digest('hex'));
}
