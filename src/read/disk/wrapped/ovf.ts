import { Unreadable } from '../unreadable.ts';
import { parseXml, type XmlElement } from './xml.ts';

/** A file that the descriptor names. */
export interface OvfFile {
  readonly id: string;
  readonly href: string;
  /** Bytes, as stated. */
  readonly size: number | undefined;
  readonly isChunked: boolean;
  /** `gzip`, another, or none. */
  readonly compression: string | undefined;
}

export interface Ovf {
  readonly files: readonly OvfFile[];
  /** Disks that have content, in the order of the descriptor. */
  readonly disks: readonly OvfDisk[];
}

export interface OvfDisk {
  readonly id: string;
  readonly fileId: string;
  /** Of the disk that this one is laid over. */
  readonly parentId: string | undefined;
}

/**
 * What an OVF descriptor (DMTF DSP0243, 7.1 and 9.1) says of files and disks. Prefixes are not resolved: what looks like a disk is one.
 * @param what names the descriptor in messages
 * @throws Unreadable MALFORMED_DISK, UNSUPPORTED
 */
export function parseOvf(bytes: Buffer, what: string): Ovf {
  if (bytes.includes(0)) throw new Unreadable('UNSUPPORTED', `${what} is not written in UTF-8`);
  const root = parseXml(bytes.toString('utf8'), what);
  const files: OvfFile[] = [];
  const disks: OvfDisk[] = [];
  for (const element of all(root)) {
    const value = (name: string): string | undefined => attribute(element, name, what);
    if (element.name === 'File') {
      const size = value('size');
      files.push({
        id: value('id') ?? '',
        href: value('href') ?? '',
        size: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
        isChunked: value('chunkSize') !== undefined,
        compression: toCompression(value('compression')),
      });
    }
    const fileId = element.name === 'Disk' ? value('fileRef') : undefined;
    if (fileId !== undefined && fileId !== '')
      disks.push({ id: value('diskId') ?? '', fileId, parentId: value('parentRef') });
  }
  return { files, disks };
}

function toCompression(value: string | undefined): string | undefined {
  return value === '' || value === 'identity' ? undefined : value;
}

function* all(root: XmlElement): Generator<XmlElement> {
  const waiting = [root];
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    yield element;
    for (const child of element.children.toReversed()) waiting.push(child);
  }
}

function attribute(
  { name: element, attributes }: XmlElement,
  name: string,
  what: string,
): string | undefined {
  const [first, ...more] = attributes.filter((one) => one.name === name);
  if (more.length === 0) return first?.value;
  throw new Unreadable(
    'MALFORMED_DISK',
    `${what} has a ${element} with ${name} twice, and programs would differ`,
  );
}
