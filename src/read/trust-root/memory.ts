import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { messageOf } from '../../core/failure.ts';
import { PrivateFolder } from '../private-folder.ts';

/*
 * Remembers what a TUF repository was last verified to say. Its metadata is kept too: without the last version seen, an
 * old repository, with a key that was revoked since, would be as good as the current one (CVE-2022-29173).
 */

export interface VerifiedRoot {
  readonly checkedAt: Date;
  /** When the first of the metadata expires. */
  readonly expires: Date;
  /** `trusted_root.json` as it was signed. */
  readonly trustedRoot: string;
  readonly metadata: Metadata;
}

export const ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const;
export type Role = (typeof ROLES)[number];

/** JSON documents as they were signed. */
export type Metadata = Readonly<Partial<Record<Role, string>>>;

/** All of the public repository has 40 kB. */
const MAX_BYTES = 16 * 2 ** 20;
const LIMIT = 64 * 2 ** 20;

const time = z.iso.datetime().transform((text) => new Date(text));
const shape = z.object({
  checkedAt: time,
  expires: time,
  trustedRoot: z.string(),
  metadata: z.object({ root: z.string(), timestamp: z.string(), snapshot: z.string(), targets: z.string() }),
});

export function idOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

export class Memory {
  readonly #folder: PrivateFolder;
  readonly #id: string;

  constructor(cacheDir: string, id: string) {
    this.#folder = new PrivateFolder(join(cacheDir, 'tuf'), LIMIT);
    this.#id = id;
  }

  /** What the folder gives back is whole, and written by this program. */
  async read(): Promise<{ readonly known?: VerifiedRoot; readonly notes: readonly string[] }> {
    const distrust = await this.#folder.distrust();
    if (distrust !== undefined) return { notes: [distrust] };
    const bytes = await this.#folder.read(this.#id, MAX_BYTES);
    if (bytes === undefined) return { notes: [] };
    const { data } = shape.safeParse(JSON.parse(bytes.toString('utf8')));
    // Another version of the program may have written it another way.
    return data === undefined ? { notes: [] } : { known: data, notes: [] };
  }

  /** Never throws: a note says why it will have to be fetched again. */
  async keep(verified: VerifiedRoot): Promise<readonly string[]> {
    if ((await this.#folder.distrust()) !== undefined) return [];
    try {
      await this.#folder.write(this.#id, Buffer.from(JSON.stringify(verified)));
      return [];
    } catch (error) {
      return [`the trust root could not be remembered in ${this.#folder.path}: ${messageOf(error)}`];
    }
  }
}
