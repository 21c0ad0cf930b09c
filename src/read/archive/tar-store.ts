import { Failure } from '../../core/failure.ts';
import { normalisePath, parentOf, toLayerPath } from '../../core/layer-path.ts';
import type { LocalFile } from './local-file.ts';
import type { FileStore, StoredFile } from './stored-file.ts';
import type { TarIndex, TarMember } from './tar-index.ts';

/** Old `docker save` links one layer to another's folder: one hop. */
const MAX_HOPS = 8;

/** The members of an archive, read at their places. Owns the file. */
export class TarStore implements FileStore {
  readonly name: string;
  readonly #file: LocalFile;
  readonly #members: TarIndex['members'];

  /** @throws Failure TRUNCATED, MALFORMED when readers could list the archive differently; the file stays open */
  constructor(file: LocalFile, { members, flaw }: TarIndex) {
    if (flaw !== undefined) throw flaw;
    this.name = file.name;
    this.#file = file;
    this.#members = members;
  }

  async find(name: string): Promise<StoredFile | undefined> {
    const member = this.#resolve(name);
    if (member === undefined) return undefined;
    const { offset, size } = member;
    const { identity } = this.#file;
    return {
      size,
      fingerprint: identity === undefined ? undefined : `${identity}@${offset}`,
      stream: (signal) => this.#file.stream(offset, size, signal),
    };
  }

  #resolve(name: string): TarMember | undefined {
    let path = toLayerPath(name);
    for (let hops = 0; hops <= MAX_HOPS; hops++) {
      const member = this.#members.get(path);
      if (member === undefined) return undefined;
      if (member.kind === 'file') return member;
      if (member.kind !== 'symlink' && member.kind !== 'hardlink')
        throw new Failure('MALFORMED', `${JSON.stringify(path.slice(0, 100))} in ${this.name} is no file`);
      const target = normalisePath(
        member.kind === 'symlink' && !member.target.startsWith('/')
          ? `${parentOf(path)}/${member.target}`
          : member.target,
      );
      if (target.escaped)
        throw new Failure('MALFORMED', `${JSON.stringify(path.slice(0, 100))} links out of ${this.name}`);
      path = target.path;
    }
    throw new Failure('MALFORMED', `${JSON.stringify(name.slice(0, 100))} in ${this.name} links in circles`);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
