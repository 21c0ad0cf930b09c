import type { Damage } from '../damage.ts';
import { linesIn } from '../lines.ts';

/** One installed package, as dpkg's status file describes it. Plain data: it is cached and crosses threads. */
export interface StatusRecord {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** `name` or `name (version)`, as written. */
  readonly source?: string;
  readonly maintainer?: string;
  /** `path digest` lines, as written. */
  readonly conffiles?: string;
}

const MAX_PACKAGES = 50_000;
const MAX_NAME = 256;

const WANTED: ReadonlySet<string> = new Set([
  'package',
  'status',
  'version',
  'architecture',
  'source',
  'maintainer',
  'conffiles',
]);

/** The states of dpkg(1) in which a package's files are on disk. */
const ON_DISK: ReadonlySet<string> = new Set([
  'installed',
  'unpacked',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
]);

/**
 * The packages on disk, from paragraphs in the form of deb-control(5). A paragraph without a `Status` field (as in
 * `status.d` of distroless images) is installed.
 */
export function parseStatus(text: string, damage: Damage): StatusRecord[] {
  const records: StatusRecord[] = [];
  for (const { line, fields } of paragraphs(text, damage)) {
    const state = fields.get('status')?.split(/\s+/)[2] ?? 'installed';
    const name = fields.get('package') ?? '';
    if (name === '' || name.length > MAX_NAME) {
      damage.add(`the paragraph at line ${line} names no package`);
      continue;
    }
    if (!ON_DISK.has(state)) continue;
    if (records.length >= MAX_PACKAGES) {
      damage.add(`only the first ${MAX_PACKAGES} packages are read`);
      break;
    }
    records.push(toRecord(name, fields));
  }
  return records;
}

function toRecord(name: string, fields: ReadonlyMap<string, string>): StatusRecord {
  const architecture = fields.get('architecture');
  const source = fields.get('source');
  const maintainer = fields.get('maintainer');
  const conffiles = fields.get('conffiles');
  return {
    name,
    version: (fields.get('version') ?? '').slice(0, MAX_NAME),
    ...(architecture !== undefined && { architecture: architecture.slice(0, MAX_NAME) }),
    ...(source !== undefined && { source: source.slice(0, 2 * MAX_NAME) }),
    ...(maintainer !== undefined && { maintainer: maintainer.slice(0, MAX_NAME) }),
    ...(conffiles !== undefined && { conffiles }),
  };
}

interface Paragraph {
  /** Where it starts, from 1. */
  readonly line: number;
  /** Only wanted fields, names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
}

function* paragraphs(text: string, damage: Damage): Generator<Paragraph> {
  let start = 1;
  let lines: string[] = [];
  for (const [number, line] of linesIn(text, damage)) {
    if (line.trim() !== '') {
      if (lines.length === 0) start = number;
      lines.push(line);
    } else if (lines.length > 0) {
      yield { line: start, fields: fieldsOf(lines, start, damage) };
      lines = [];
    }
  }
  if (lines.length > 0) yield { line: start, fields: fieldsOf(lines, start, damage) };
}

function fieldsOf(lines: readonly string[], start: number, damage: Damage): Map<string, string> {
  const fields = new Map<string, string>();
  let values: string[] | undefined;
  let name = '';
  const close = (): void => {
    if (values !== undefined) fields.set(name, values.join('\n').trim());
    values = undefined;
  };
  lines.forEach((line, index) => {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      values?.push(line.trim());
      return;
    }
    close();
    const colon = line.indexOf(':');
    if (colon <= 0) {
      damage.add(`line ${start + index} is no field`);
      return;
    }
    name = line.slice(0, colon).toLowerCase();
    if (!WANTED.has(name)) return;
    if (fields.has(name)) damage.add(`line ${start + index} repeats the field ${name}`);
    else values = [line.slice(colon + 1).trim()];
  });
  close();
  return fields;
}
