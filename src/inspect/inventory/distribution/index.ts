import type { Distribution } from '../../../core/package.ts';
import type { Examiner, Seen } from '../../contract.ts';
import { decodeUtf8 } from '../utf8.ts';
import { firstLine, parseAssignments } from './release-file.ts';

/** One release file's text, reduced to its `KEY=value` pairs or to its first line, as the field `line`. */
export interface ReleaseFile {
  readonly kind: 'os-release' | 'plain';
  readonly fields: Readonly<Record<string, string>>;
}

const OS_RELEASE = /^(?:etc|usr\/lib)\/os-release$/;
/** What distributions shipped before os-release, and some still do beside it. */
const KIN = /^(?:etc|usr\/lib)\/(?:[A-Za-z]{2,20}-release|debian_version)$/;

export const distributionExaminer: Examiner<ReleaseFile> = {
  id: 'inventory/distribution',
  version: 2,
  wants: [{ paths: KIN, maxSize: 64 * 1024 }],
  folders: ['etc', 'usr/lib'],
  *examine(file) {
    const text = decodeUtf8(file.bytes);
    if (OS_RELEASE.test(file.record.path) || file.record.path.endsWith('/lsb-release')) {
      yield { kind: 'os-release', fields: parseAssignments(text) };
    } else {
      yield { kind: 'plain', fields: { line: firstLine(text) } };
    }
  },
};

/**
 * The distribution an image says it is, from its visible release files. `etc/os-release` speaks first, then the one
 * in `usr/lib` (os-release(5)), then the older kin; a file that names no distribution is passed over.
 */
export function distributionFrom(seen: readonly Seen<ReleaseFile>[]): Distribution | undefined {
  const ranked = [...seen].sort((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1));
  for (const { path, observation } of ranked) {
    const { kind, fields } = observation;
    const distribution =
      kind === 'plain'
        ? fromLine(path, fields.line ?? '')
        : path.endsWith('/lsb-release')
          ? fromLsbRelease(fields)
          : fromOsRelease(fields);
    if (distribution !== undefined) return distribution;
  }
  return undefined;
}

function rank(path: string): number {
  if (path === 'etc/os-release') return 0;
  if (path === 'usr/lib/os-release') return 1;
  if (path.endsWith('/lsb-release')) return 2;
  // A derivative keeps its parent's file beside its own: the parents come last.
  if (path.endsWith('/redhat-release')) return 4;
  if (path.endsWith('/system-release')) return 5;
  if (path.endsWith('/debian_version')) return 6;
  return 3;
}

function fromOsRelease(fields: ReleaseFile['fields']): Distribution | undefined {
  const id = toId(fields.ID);
  if (id === undefined) return undefined;
  const idLike = (fields.ID_LIKE ?? '').split(/\s+/).flatMap((word) => toId(word) ?? []);
  const name = fields.PRETTY_NAME ?? fields.NAME;
  return toDistribution(id, idLike, fields.VERSION_ID, fields.VERSION_CODENAME, name);
}

function fromLsbRelease(fields: ReleaseFile['fields']): Distribution | undefined {
  const id = toId(fields.DISTRIB_ID);
  if (id === undefined) return undefined;
  const { DISTRIB_RELEASE, DISTRIB_CODENAME, DISTRIB_DESCRIPTION } = fields;
  return toDistribution(id, [], DISTRIB_RELEASE, DISTRIB_CODENAME, DISTRIB_DESCRIPTION);
}

const RED_HAT_KIN = ['rhel', 'fedora'];

/** How the one line of an older release file begins, the id os-release gives that distribution, and its kin. */
const LINES: readonly (readonly [start: RegExp, id: string, like: readonly string[]])[] = [
  [/^red hat enterprise/i, 'rhel', ['fedora']],
  [/^centos/i, 'centos', RED_HAT_KIN],
  [/^rocky/i, 'rocky', RED_HAT_KIN],
  [/^almalinux/i, 'almalinux', RED_HAT_KIN],
  [/^oracle/i, 'ol', ['fedora']],
  [/^scientific linux/i, 'scientific', RED_HAT_KIN],
  [/^fedora/i, 'fedora', []],
  [/^amazon linux/i, 'amzn', RED_HAT_KIN],
  [/^opensuse/i, 'opensuse', ['suse']],
  [/^suse linux enterprise/i, 'sles', ['suse']],
];

function fromLine(path: string, line: string): Distribution | undefined {
  if (path.endsWith('/alpine-release'))
    return line === '' ? undefined : toDistribution('alpine', [], line, undefined, `Alpine Linux ${line}`);
  if (path.endsWith('/debian_version')) return fromDebianVersion(line);
  const known = LINES.find(([start]) => start.test(line));
  if (known === undefined) return undefined;
  return toDistribution(known[1], known[2], /\d[\w.]{0,30}/.exec(line)?.[0], undefined, line);
}

/** A number such as `12.5`, or for what is not released yet `trixie/sid`. */
function fromDebianVersion(line: string): Distribution | undefined {
  if (line === '') return undefined;
  const numbered = /^\d/.test(line);
  const version = numbered ? line.split('.')[0] : undefined;
  return toDistribution('debian', [], version, numbered ? undefined : line.split('/')[0], `Debian ${line}`);
}

function toDistribution(
  id: string,
  idLike: readonly string[],
  version: string | undefined,
  codename: string | undefined,
  name: string | undefined,
): Distribution {
  const shownVersion = toPrintable(version);
  const shownCodename = toPrintable(codename);
  const shownName = toPrintable(name);
  return {
    id,
    idLike: idLike.slice(0, 10),
    ...(shownVersion !== undefined && { version: shownVersion }),
    ...(shownCodename !== undefined && { codename: shownCodename }),
    ...(shownName !== undefined && { name: shownName }),
  };
}

/** os-release(5): lower-case letters, digits, `.`, `_` and `-`. */
function toId(raw: string | undefined): string | undefined {
  const id = raw?.toLowerCase() ?? '';
  return /^[a-z0-9._-]{1,64}$/.test(id) ? id : undefined;
}

function toPrintable(raw: string | undefined): string | undefined {
  const text = raw?.replace(/[\x00-\x1f\x7f]/g, '').slice(0, 128);
  return text === '' ? undefined : text;
}
