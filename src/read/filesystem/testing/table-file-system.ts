import { Unreadable } from '../../disk/unreadable.ts';
import type { FileSystem, Listed, Node, NodeId } from '../contract.ts';

/* A file system made of a table: what a driver would say of a damaged or hostile disk. */

export type Table = Readonly<
  Record<NodeId, Partial<Node> & { readonly list?: readonly (readonly [string, NodeId] | Unreadable)[] }>
>;

function toNode(id: NodeId, { list, ...given }: Table[NodeId] = {}): Node {
  return {
    id,
    kind: list === undefined ? 'file' : 'directory',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
    names: 1,
    flaws: [],
    read: async (offset, length) => Buffer.from(String(id)).subarray(offset, offset + length),
    ...given,
  };
}

export function tableFileSystem(table: Table, ignoresCase = false): FileSystem {
  return {
    kind: 'table',
    ignoresCase,
    flaws: [],
    root: async () => toNode(2, table[2]),
    async *list({ id }): AsyncGenerator<Listed> {
      for (const one of table[id]?.list ?? []) {
        if (one instanceof Unreadable) yield { kind: 'flaw', flaw: one };
        else {
          const [name, of] = one;
          const open = async (): Promise<Node> => {
            if (of === 'bad') throw new Unreadable('CHECKSUM_MISMATCH', 'its inode');
            return toNode(of, table[of]);
          };
          yield { kind: 'name', name: Buffer.from(name), id: of, open };
        }
      }
    },
  };
}
