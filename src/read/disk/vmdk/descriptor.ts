import { Unreadable } from '../unreadable.ts';

/*
 * The text that says what a VMDK consists of: a file of its own, or embedded in a sparse extent.
 *
 * Hypervisors take it line by line and leave out what they do not understand, each something else. Whatever is there twice or
 * cannot be read is therefore refused or reported: what one reader skips may be the disk that another boots.
 *
 * Source: VMware, Virtual Disk Format 5.0, "The Descriptor File".
 */

/** Longer ones are refused. Real ones have one to ten kilobytes. */
export const LONGEST_DESCRIPTOR = 2 ** 20;
/** 8 TiB in extents of 2 GiB. */
const MOST_EXTENTS = 4096;
const NO_PARENT = 0xffffffff;

export interface Descriptor {
  /** Changes when the content does. */
  readonly contentId: number | undefined;
  /** Content id of the parent as it was; undefined where there is none. */
  readonly parentId: number | undefined;
  readonly parentFile: string | undefined;
  readonly extents: readonly ExtentLine[];
  /** Lines that are nothing known. */
  readonly strange: readonly string[];
}

export interface ExtentLine {
  readonly access: 'RW' | 'RDONLY' | 'NOACCESS';
  /** Bytes of the disk. */
  readonly size: number;
  /** `FLAT`, `SPARSE`, …: upper case. */
  readonly type: string;
  readonly file: string | undefined;
  /** Bytes into the file of a flat extent. */
  readonly offset: number;
}

/** Whether a text starts as a descriptor does: by its first line, or, as QEMU has it, by its version after any comments. */
export function isDescriptor(head: Buffer): boolean {
  // A comment block longer than this is no descriptor to anyone.
  const text = head.toString('latin1', 0, Math.min(head.length, 4096));
  return (
    /^\s*# *Disk *Descriptor *File/i.test(text) || /^(?:[ \t]*(?:#[^\n]*)?\n)*version=[123]\r?\n/.test(text)
  );
}

/** @throws Unreadable MALFORMED_DISK */
export function parseDescriptor(text: string, name: string): Descriptor {
  const settings = new Map<string, string>();
  const extents: ExtentLine[] = [];
  const strange: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/).map((raw) => raw.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const extent = parseExtent(line);
    if (extent !== undefined) extents.push(extent);
    else if (!addSetting(settings, line, name)) strange.push(line.slice(0, 80));
  }
  if (extents.length > MOST_EXTENTS)
    throw new Unreadable('MALFORMED_DISK', `${name} would consist of ${extents.length} extents`);
  const parentId = parseId(settings, 'parentcid', name);
  return {
    contentId: parseId(settings, 'cid', name),
    parentId: parentId === NO_PARENT ? undefined : parentId,
    parentFile: settings.get('parentfilenamehint'),
    extents,
    strange,
  };
}

/** `RW 4192256 SPARSE "disk-s001.vmdk"`, `RW 63 FLAT "disk-flat.vmdk" 0`, `RW 100 ZERO`. */
const EXTENT = /^(RW|RDONLY|NOACCESS)\s+(\d{1,16})\s+([A-Z0-9]+)(?:\s+"([^"]*)"(?:\s+(\d{1,16}))?)?(?:\s|$)/i;

function parseExtent(line: string): ExtentLine | undefined {
  const [, access = '', sectors = '', type = '', file, offset = '0'] = EXTENT.exec(line) ?? [];
  const size = Number(sectors) * 512;
  const start = Number(offset) * 512;
  if (access === '' || !Number.isSafeInteger(size) || !Number.isSafeInteger(start)) return undefined;
  const upper = access.toUpperCase();
  return {
    access: upper === 'RW' || upper === 'RDONLY' ? upper : 'NOACCESS',
    size,
    type: type.toUpperCase(),
    file,
    offset: start,
  };
}

function addSetting(settings: Map<string, string>, line: string, name: string): boolean {
  const [, key = '', quoted, bare] = /^([\w.:-]+)\s*=\s*(?:"([^"]*)"|([^"]*))$/.exec(line) ?? [];
  if (key === '') return false;
  const value = quoted ?? bare ?? '';
  const before = settings.get(key.toLowerCase());
  if (before !== undefined && before !== value)
    throw new Unreadable('MALFORMED_DISK', `${name}: its descriptor says two things about ${key}`);
  settings.set(key.toLowerCase(), value);
  return true;
}

function parseId(settings: ReadonlyMap<string, string>, key: string, name: string): number | undefined {
  const value = settings.get(key);
  if (value === undefined) return undefined;
  if (/^[0-9a-f]{1,8}$/i.test(value)) return Number.parseInt(value, 16);
  const message = `${name}: its descriptor has ${JSON.stringify(value.slice(0, 40))} as ${key}`;
  throw new Unreadable('MALFORMED_DISK', message);
}
