import { Failure } from '../../../core/failure.ts';
import { normalisePath } from '../../../core/layer-path.ts';
import type { BlockSource } from '../block-source.ts';
import { Unreadable } from '../unreadable.ts';
import { toMemberSource } from './member-source.ts';
import { type Members, readOva } from './ova.ts';
import { listMembers, type TarMember } from './tar-members.ts';

/** What GCP exports and imports: a tar of one file of this name. */
const GCP_DISK = 'disk.raw';

export interface DiskTar {
  /** In the order in which the machine has them; read in place, in whatever format they are. */
  readonly disks: readonly { readonly name: string; readonly source: BlockSource }[];
  /** Files that are neither a disk nor about one: NVRAM, messages, what nobody asked for. They were not read. */
  readonly unread: readonly string[];
  readonly flaws: readonly Unreadable[];
  /** Opens another member, for a disk that names it. @throws Failure NOT_FOUND */
  neighbour(name: string): Promise<BlockSource>;
}

/**
 * Opens a tar of disks: an OVA (a descriptor at its top), or GCP's (`disk.raw` at its top). The source stays the caller's to close, after
 * the disks.
 * @returns undefined where it is neither: another archive, or a root file system
 * @throws Unreadable, Failure of the source; Failure CANCELLED
 */
export async function openDiskTar(source: BlockSource, signal?: AbortSignal): Promise<DiskTar | undefined> {
  const listed = await listMembers(source);
  if (listed === undefined) return undefined;
  const flaws = [...listed.flaws];
  const members = byName(source, listed.members, flaws);
  const [descriptor, ...more] = [...members.values()].filter(({ name }) => /^[^/]+\.ovf$/i.test(name));
  const ova = descriptor && (await readOva(source, members, descriptor, signal));
  if (ova === undefined && !members.has(GCP_DISK)) return undefined;
  if (more.length > 0)
    flaws.push(new Unreadable('MALFORMED_DISK', `${source.name} has more than one OVF descriptor`));
  flaws.push(...(ova?.flaws ?? []));
  const names = new Set([...(ova?.disks ?? []), ...(members.has(GCP_DISK) ? [GCP_DISK] : [])]);
  const open = (name: string): BlockSource[] => {
    const member = members.get(name);
    return member === undefined ? [] : [toMemberSource(source, member)];
  };
  return {
    disks: [...names].flatMap((name) => open(name).map((disk) => ({ name, source: disk }))),
    unread: [...members.keys()].filter((name) => !names.has(name) && !/^[^/]+\.(?:ovf|mf|cert)$/i.test(name)),
    flaws,
    async neighbour(name) {
      const [member] = open(normalisePath(name).path);
      if (member !== undefined) return member;
      throw new Failure('NOT_FOUND', `${source.name} holds no ${JSON.stringify(name.slice(0, 200))}`);
    },
  };
}

/** As extraction has it, the last one of a name counts. */
function byName(source: BlockSource, listed: readonly TarMember[], flaws: Unreadable[]): Members {
  const members = new Map<string, TarMember>();
  for (const member of listed.filter(({ isFile }) => isFile)) {
    if (members.has(member.name)) {
      const message = `${source.name} holds ${JSON.stringify(member.name.slice(0, 100))} twice, and programs would differ`;
      flaws.push(new Unreadable('MALFORMED_DISK', message, member.offset));
    }
    members.set(member.name, member);
  }
  return members;
}
