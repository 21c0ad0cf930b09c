import type { BlockSource } from '../block-source.ts';
import { toGuid } from '../guid.ts';
import { Unreadable } from '../unreadable.ts';
import type { WindowsPath } from '../windows-parent.ts';

const VHDX_PARENT = 'b04aefb7-d19e-4a81-b789-25b8e9445913';

/** Which disk lies under a differencing one. */
export interface Locator {
  readonly paths: readonly WindowsPath[];
  /** `DataWriteGuid` of the parent, lower case without braces. */
  readonly identities: readonly string[];
}

/**
 * [MS-VHDX] 2.6.2.6.
 * @throws Unreadable MALFORMED_DISK, UNSUPPORTED
 */
export function parseLocator(source: BlockSource, bytes: Buffer): Locator {
  const type = toGuid(bytes, 0);
  if (type !== VHDX_PARENT)
    throw new Unreadable('UNSUPPORTED', `${source.name} has a parent of the unknown kind ${type}`);
  const count = bytes.readUInt16LE(18);
  if (20 + count * 12 > bytes.length)
    throw new Unreadable('MALFORMED_DISK', `${source.name} has a parent locator that is cut off`);
  const values = new Map<string, string>();
  for (let at = 20; at < 20 + count * 12; at += 12) {
    const key = textAt(source, bytes, bytes.readUInt32LE(at), bytes.readUInt16LE(at + 8));
    values.set(key, textAt(source, bytes, bytes.readUInt32LE(at + 4), bytes.readUInt16LE(at + 10)));
  }
  const paths: WindowsPath[] = [];
  for (const key of ['relative_path', 'absolute_win32_path', 'volume_path']) {
    const path = values.get(key);
    if (path !== undefined) paths.push({ kind: key === 'relative_path' ? 'relative' : 'absolute', path });
  }
  const identities = ['parent_linkage', 'parent_linkage2']
    .map((key) => values.get(key)?.replace(/[{}]/g, '').toLowerCase())
    .filter((identity) => identity !== undefined);
  return { paths, identities };
}

function textAt(source: BlockSource, bytes: Buffer, offset: number, length: number): string {
  if (offset + length <= bytes.length && length % 2 === 0)
    return bytes.toString('utf16le', offset, offset + length);
  throw new Unreadable('MALFORMED_DISK', `${source.name} has a parent locator with text outside of it`);
}
