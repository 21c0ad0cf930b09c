import type { FileSystem, Listed, Node } from '../../filesystem/contract.ts';
import type { VolumeNames } from '../../partition/contract.ts';
import { mapPieces } from '../../partition/mapped-source.ts';
import type { OpenedVolume } from '../opened-volume.ts';

/** Files by path, with their content; `-> target` is a link. */
export type Files = Readonly<Record<string, string | Buffer>>;

interface Made {
  readonly kind?: string;
  readonly uuid?: string;
  readonly label?: string;
  readonly names?: Partial<VolumeNames>;
  /** Paths that are subvolumes, by number. */
  readonly subvolumes?: Readonly<Record<string, number>>;
}

/** A volume whose file system is a list of files. */
export function memoryVolume(name: string, files: Files, made: Made = {}): OpenedVolume {
  const { kind = 'ext4', uuid, label, names, subvolumes = {} } = made;
  const paths = Object.keys(files);
  const toNode = (path: string): Node => {
    const content = files[path];
    const target = typeof content === 'string' ? /^-> (.*)$/.exec(content)?.[1] : undefined;
    const bytes = Buffer.from(content ?? '');
    const number = subvolumes[path];
    return {
      id: number === undefined ? path : `${number}:256`,
      kind: content === undefined ? 'directory' : target === undefined ? 'file' : 'symlink',
      mode: 0o755,
      uid: 0,
      gid: 0,
      mtime: 0,
      names: 1,
      size: target === undefined ? bytes.length : 0,
      ...(target !== undefined && { target: Buffer.from(target) }),
      flaws: [],
      read: async (offset, length) => bytes.subarray(offset, offset + length),
    };
  };
  const places = new Map<Node, string>();
  const remember = (path: string): Node => {
    const node = toNode(path);
    places.set(node, path);
    return node;
  };
  const fileSystem: FileSystem = {
    kind,
    ...(uuid !== undefined && { uuid }),
    ...(label !== undefined && { label }),
    flaws: [],
    root: async () => remember(''),
    async *list(folder): AsyncGenerator<Listed> {
      const place = places.get(folder) ?? '';
      const prefix = place === '' ? '' : `${place}/`;
      const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
      for (const child of new Set(below.map((path) => path.split('/', 1)[0] ?? ''))) {
        const path = prefix + child;
        yield {
          kind: 'name',
          name: Buffer.from(child),
          id: toNode(path).id,
          open: async () => remember(path),
        };
      }
    },
  };
  const content = { kind: 'file-system', driver: kind } as const;
  return {
    volume: { name, source: mapPieces(name, []), names: { devices: [], ...names }, content },
    fileSystem,
  };
}
