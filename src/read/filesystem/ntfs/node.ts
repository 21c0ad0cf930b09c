import { requireUnreadable, Unreadable } from '../../disk/unreadable.ts';
import type { Node, NodeId } from '../contract.ts';
import {
  DATA,
  FILE_NAME,
  FOLDER_INDEX,
  INDEX_ROOT,
  REPARSE_POINT,
  STANDARD_INFORMATION,
} from './attribute.ts';
import { attributeOf, type File, type FileAttribute, residentOf } from './file.ts';
import { DOS } from './file-name.ts';
import { parseIndexNode } from './index-node.ts';
import { MAX_REPARSE_BYTES, parseReparsePoint, type ReparsePoint } from './reparse-point.ts';
import { openStream, requireReadable, type Stream } from './stream.ts';
import { COMPRESSED_STREAM, openSystemCompressed } from './system-compression.ts';
import type { Volume } from './volume.ts';

/*
 * What a file is to the rest: its content, or one of its further streams, with the mode and the times that all of them share.
 *
 * The attack: content that the system reads and an inspector does not: in a further stream, behind a reparse point, compressed into
 * another stream so that zeros stand in its place. Each stream is a node of its own; content that cannot be read is a flaw.
 */

/** Names of programs for Windows, which has no permission to execute. */
const PROGRAM = /\.(?:exe|dll|sys|com|scr|cpl|ocx|drv|efi|msi|bat|cmd|ps1|psm1|vbs|vbe|js|jse|wsf|hta|pif)$/i;

/** Seconds between 1601 and 1970. */
const EPOCH_SECONDS = 11_644_473_600;

const EMPTY: Stream = { size: 0, stored: 0, read: async () => Buffer.alloc(0) };

export async function readReparsePoint(volume: Volume, file: File): Promise<ReparsePoint | undefined> {
  const attribute = attributeOf(file, REPARSE_POINT);
  if (attribute === undefined) return undefined;
  const stream = openStream(volume, attribute.source);
  if (stream.size > MAX_REPARSE_BYTES)
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `a reparse point of ${stream.size} bytes`);
  return parseReparsePoint(await stream.read(0, stream.size));
}

/** @throws Failure of the source */
export async function openNode(volume: Volume, file: File, name: string): Promise<Node> {
  const flaws = [...file.flaws];
  let point: ReparsePoint | undefined;
  try {
    point = await readReparsePoint(volume, file);
  } catch (error) {
    flaws.push(requireUnreadable(error));
  }
  if (point?.kind === 'link' && hasNames(file))
    flaws.push(malformed('a link in the place of a folder that has names of its own, which were not read'));
  const kind = kindOf(file, point);
  const content = kind === 'file' ? openContent(volume, file, point, flaws) : EMPTY;
  return {
    ...shared(file, name),
    id: file.number,
    kind,
    ...(kind === 'directory' && { mode: 0o755 }),
    size: content.size,
    names: countNames(file),
    stored: content.stored,
    ...(point?.kind === 'link' && { target: point.target }),
    flaws,
    read: content.read,
  };
}

/** A further stream of a file or folder, as a file of its own. */
export function openFurtherStream(volume: Volume, file: File, stream: FurtherStream, name: string): Node {
  const flaws: Unreadable[] = [];
  const content = openAttribute(volume, stream.attribute, flaws);
  return {
    ...shared(file, name),
    id: stream.id,
    kind: 'file',
    size: content.size,
    names: countNames(file),
    stored: content.stored,
    flaws,
    read: content.read,
  };
}

export interface FurtherStream {
  /** What follows the file's name: `:evil.exe`. */
  readonly suffix: string;
  readonly id: NodeId;
  readonly attribute: FileAttribute;
}

/**
 * Streams that are not the content of the file itself: those with a name, and the one without where the file is something else
 * than a file, so that its content would be seen by nobody.
 */
export function furtherStreams(volume: Volume, file: File, point: ReparsePoint | undefined): FurtherStream[] {
  const isContent = (name: string): boolean =>
    name === (point?.kind === 'compressed' ? COMPRESSED_STREAM : '') && kindOf(file, point) === 'file';
  return file.attributes
    .filter(({ type, name }) => type === DATA && !isContent(name))
    .filter((attribute) => !isPlaceholder(volume, attribute, point))
    .map((attribute) => ({
      suffix: attribute.name === '' ? '::$DATA' : `:${attribute.name}`,
      id: `${file.number}:${attribute.name}`,
      attribute,
    }))
    .filter(({ attribute }) => attribute.name !== '' || sizeOf(attribute) > 0);
}

/** The hole that stands in for compressed content. If it is none, a system that does not know this compression shows what is in it. */
function isPlaceholder(
  volume: Volume,
  { name, source }: FileAttribute,
  point: ReparsePoint | undefined,
): boolean {
  if (name !== '' || point?.kind !== 'compressed') return false;
  try {
    return openStream(volume, source).stored === 0;
  } catch (error) {
    requireUnreadable(error);
    return false;
  }
}

function kindOf(file: File, point: ReparsePoint | undefined): Node['kind'] {
  if (point?.kind === 'link') return 'symlink';
  if (file.isFolder) return 'directory';
  return point?.kind === 'special' ? point.node : 'file';
}

/** A folder that becomes a link has to be empty: its names would be out of sight. */
function hasNames(file: File): boolean {
  const root = residentOf(file, INDEX_ROOT, FOLDER_INDEX);
  if (root === undefined) return false;
  const { entries, below } = parseIndexNode(root.subarray(16), '');
  return entries.length > 0 || below.length > 0;
}

function openContent(
  volume: Volume,
  file: File,
  point: ReparsePoint | undefined,
  flaws: Unreadable[],
): Stream {
  const data = attributeOf(file, DATA);
  const size = data === undefined ? 0 : sizeOf(data);
  if (point?.kind === 'compressed') {
    const packed = attributeOf(file, DATA, COMPRESSED_STREAM);
    if (packed === undefined)
      return unreadable(size, malformed('a system-compressed file has no compressed content'), flaws);
    const stream = openAttribute(volume, packed, flaws);
    try {
      return openSystemCompressed(stream, size, point.algorithm);
    } catch (error) {
      return unreadable(size, requireUnreadable(error), flaws);
    }
  }
  if (point?.kind === 'elsewhere') return unreadable(size, new Unreadable('UNSUPPORTED', point.what), flaws);
  if (point?.kind === 'unknown')
    flaws.push(
      new Unreadable('UNSUPPORTED', `reparse tag 0x${point.tag.toString(16)} may stand for other content`),
    );
  if (data === undefined) {
    if (!file.flaws.length) return EMPTY;
    return unreadable(0, malformed('a file whose content was not found'), flaws);
  }
  return openAttribute(volume, data, flaws);
}

/** What cannot be read is a flaw at once, and thrown again at whoever reads. */
function openAttribute(volume: Volume, attribute: FileAttribute, flaws: Unreadable[]): Stream {
  try {
    // Of what is in the record too, which is stored as it is: no system takes it for content.
    requireReadable(attribute.flags);
    return openStream(volume, attribute.source);
  } catch (error) {
    return unreadable(sizeOf(attribute), requireUnreadable(error), flaws);
  }
}

function unreadable(size: number, flaw: Unreadable, flaws: Unreadable[]): Stream {
  flaws.push(flaw);
  return {
    size,
    stored: 0,
    async read() {
      throw flaw;
    },
  };
}

function sizeOf({ source }: FileAttribute): number {
  if (source.kind === 'resident') return source.value.length;
  return source.extents[0]?.size ?? 0;
}

function shared(file: File, name: string): Pick<Node, 'mode' | 'uid' | 'gid' | 'mtime'> {
  return { mode: PROGRAM.test(name) ? 0o755 : 0o644, uid: 0, gid: 0, mtime: modifiedAt(file) };
}

function modifiedAt(file: File): number {
  const source = attributeOf(file, STANDARD_INFORMATION)?.source;
  if (source?.kind !== 'resident' || source.value.length < 16) return 0;
  return Number(source.value.readBigUInt64LE(8) / 10_000_000n) - EPOCH_SECONDS;
}

/** Those that are no short names. */
function countNames(file: File): number {
  let count = 0;
  for (const { type, source } of file.attributes)
    if (type === FILE_NAME && source.kind === 'resident' && source.value[65] !== DOS) count++;
  return Math.max(1, count);
}

function malformed(what: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', what);
}
