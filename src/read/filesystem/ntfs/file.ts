import { Unreadable } from '../../disk/unreadable.ts';
import { type Attribute, FILE_NAME, type NonResident } from './attribute.ts';
import type { FileRecord } from './file-record.ts';
import type { StreamSource } from './stream.ts';

/** A file with all that its records say of it, gathered. */
export interface File {
  readonly number: number;
  readonly sequence: number;
  readonly inUse: boolean;
  readonly isFolder: boolean;
  readonly attributes: readonly FileAttribute[];
  readonly flaws: readonly Unreadable[];
}

/** An attribute with all of its extents. */
export interface FileAttribute {
  readonly type: number;
  readonly name: string;
  readonly flags: number;
  readonly source: StreamSource;
}

/** @param found attributes of all the file's records; extents in any order */
export function toFile(base: FileRecord, found: readonly Attribute[], flaws: readonly Unreadable[]): File {
  const { number, sequence, inUse, isFolder } = base;
  const attributes = joinExtents(found);
  return { number, sequence, inUse, isFolder, attributes, flaws: [...flaws, ...doubled(number, attributes)] };
}

/** Of two attributes of one name a system takes the one that it meets first: the other may be what was looked at. */
function* doubled(number: number, attributes: readonly FileAttribute[]): Generator<Unreadable> {
  const seen = new Set<string>();
  for (const { type, name } of attributes) {
    const key = `${type}:${name}`;
    if (seen.has(key) && type !== FILE_NAME) {
      const what = `file record ${number} has two attributes 0x${type.toString(16)} of one name`;
      yield new Unreadable('MALFORMED_FILE_SYSTEM', what);
    }
    seen.add(key);
  }
}

/** One by its type and name; `name` is empty for those without. */
export function attributeOf(file: File, type: number, name = ''): FileAttribute | undefined {
  return file.attributes.find((attribute) => attribute.type === type && attribute.name === name);
}

/** The value of one that is always resident; undefined where it is absent or is not. */
export function residentOf(file: File, type: number, name = ''): Buffer | undefined {
  const source = attributeOf(file, type, name)?.source;
  return source?.kind === 'resident' ? source.value : undefined;
}

/** Attributes in the order they are met, each with its extents in theirs; its flags are those of its first extent. */
export function joinExtents(found: readonly Attribute[]): FileAttribute[] {
  const joined: FileAttribute[] = [];
  const extents = new Map<string, NonResident[]>();
  const ordered = found.toSorted((one, other) => firstOf(one) - firstOf(other));
  for (const { type, name, flags, body } of ordered) {
    if (body.kind === 'resident') {
      joined.push({ type, name, flags, source: body });
      continue;
    }
    const key = `${type}:${name}`;
    const before = extents.get(key);
    if (before !== undefined) {
      before.push(body);
      continue;
    }
    const all = [body];
    extents.set(key, all);
    joined.push({ type, name, flags, source: { kind: 'non-resident', flags, extents: all } });
  }
  return joined;
}

function firstOf({ body }: Attribute): number {
  return body.kind === 'resident' ? 0 : body.firstVcn;
}
