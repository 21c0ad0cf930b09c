import { toDestination } from '../../../content/shell/destination.ts';

/** One package repository that a package manager would use, or a setting that turns its checks off. */
export interface Repository {
  readonly line: number;
  /** As written, credentials masked; empty for a setting of all repositories. */
  readonly url: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  /** The option that turns signature checks off. */
  readonly unsigned?: string;
}

export const REPOSITORY_FILES =
  /^(?:etc\/apt\/(?:sources\.list|sources\.list\.d\/[^/]{1,255}\.(?:list|sources)|apt\.conf|apt\.conf\.d\/[^/]{1,255})|etc\/(?:yum\.repos\.d|zypp\/repos\.d|distro\.repos\.d|dnf\/repos\.d)\/[^/]{1,255}\.repo|etc\/(?:yum\.conf|dnf\/dnf\.conf|zypp\/zypp\.conf)|etc\/apk\/repositories(?:\.d\/[^/]{1,255}\.list)?)$/;

/** The repositories of one file of apt, yum, dnf, zypper or apk; disabled ones are left out. */
export function repositoriesIn(path: string, text: string): Generator<Repository> {
  return readerOf(path)(text);
}

function readerOf(path: string): (text: string) => Generator<Repository> {
  if (path.endsWith('.list') && path.startsWith('etc/apt/')) return readOneLine;
  if (path === 'etc/apt/sources.list') return readOneLine;
  if (path.endsWith('.sources')) return readDeb822;
  if (path.startsWith('etc/apt/')) return readAptConf;
  return path.startsWith('etc/apk/') ? readApk : readIni;
}

/** sources.list(5), one-line style: `deb [option=value …] uri suite component …`. */
const ONE_LINE = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)/;

function* readOneLine(text: string): Generator<Repository> {
  for (const [index, line] of text.split('\n').entries()) {
    const [, options = '', uri] = ONE_LINE.exec(line) ?? [];
    if (uri === undefined) continue;
    const unsigned = /\b(?:trusted|allow-insecure|allow-weak)\s{0,4}=\s{0,4}yes\b/i.exec(options)?.[0];
    yield { line: index + 1, ...toPlace(uri), ...(unsigned !== undefined && { unsigned }) };
  }
}

/** sources.list(5), deb822 style: stanzas of fields, a field goes on in lines that begin with a space. */
function* readDeb822(text: string): Generator<Repository> {
  let fields = new Map<string, { value: string; line: number }>();
  let name = '';
  const lines = [...text.split('\n'), ''];
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('#')) continue;
    if (line.trim() === '') {
      yield* deb822Repositories(fields);
      fields = new Map();
      continue;
    }
    const known = fields.get(name);
    if (/^\s/.test(line) && known !== undefined) {
      fields.set(name, { ...known, value: `${known.value} ${line.trim()}` });
      continue;
    }
    const colon = line.indexOf(':');
    name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    fields.set(name, {
      value: line.slice(colon + 1).trim(),
      line: index + 1,
    });
  }
}

function* deb822Repositories(
  fields: ReadonlyMap<string, { value: string; line: number }>,
): Generator<Repository> {
  if (/^no$/i.test(fields.get('enabled')?.value ?? '')) return;
  if (!/\bdeb\b(?!-src)/.test(fields.get('types')?.value ?? '')) return;
  const field = ['trusted', 'allow-insecure', 'allow-weak'].find((name) =>
    /^yes$/i.test(fields.get(name)?.value ?? ''),
  );
  const uris = fields.get('uris');
  for (const uri of uris?.value.split(/\s+/) ?? []) {
    yield {
      line: uris?.line ?? 1,
      ...toPlace(uri),
      ...(field !== undefined && { unsigned: `${field}: yes` }),
    };
  }
}

/** apt.conf(5): options that let apt take what nobody signed. */
const APT_CONF =
  /\b(?:AllowUnauthenticated|AllowInsecureRepositories|AllowDowngradeToInsecureRepositories)\b["\s]+(?:true|1|yes)\b/i;

function* readAptConf(text: string): Generator<Repository> {
  for (const [index, line] of text.split('\n').entries()) {
    const unsigned = APT_CONF.exec(line.replace(/^\s*(?:\/\/|#).*/, ''))?.[0];
    if (unsigned !== undefined) yield { line: index + 1, ...NOWHERE, unsigned };
  }
}

function* readApk(text: string): Generator<Repository> {
  for (const [index, line] of text.split('\n').entries()) {
    const [, uri] = /^\s*(?:@\S+\s+)?([a-z]{1,10}:\/\/\S+)/i.exec(line) ?? [];
    if (uri !== undefined) yield { line: index + 1, ...toPlace(uri) };
  }
}

const SWITCHES = /^(?:gpgcheck|pkg_gpgcheck|enabled|localpkg_gpgcheck)$/;

/** yum.conf(5) and repository files: sections of `key=value`; addresses may go on in indented lines. */
function* readIni(text: string): Generator<Repository> {
  let section: IniSection = { name: '', switches: new Map(), places: [] };
  let inAddress = false;
  for (const [index, line] of [...text.split('\n'), '[end]'].entries()) {
    const name = /^\s*\[([^\]]*)\]/.exec(line)?.[1];
    if (name !== undefined) {
      yield* iniRepositories(section);
      section = { name, switches: new Map(), places: [] };
      continue;
    }
    const [, key = '', value = ''] = /^([a-z_]{1,40})\s*=\s*(.*)/i.exec(line) ?? [];
    if (key === '' && !(inAddress && /^\s/.test(line))) continue;
    if (key !== '') inAddress = /^(?:baseurl|mirrorlist|metalink)$/i.test(key);
    if (inAddress) section.places.push(...addressesIn(key === '' ? line : value, index + 1));
    else if (SWITCHES.test(key.toLowerCase()))
      section.switches.set(key.toLowerCase(), { value: value.trim(), line: index + 1 });
  }
}

interface IniSection {
  readonly name: string;
  readonly switches: Map<string, { value: string; line: number }>;
  readonly places: { uri: string; line: number }[];
}

function addressesIn(text: string, line: number): { uri: string; line: number }[] {
  return text
    .split(/[\s,]+/)
    .filter((uri) => /^[a-z]{1,10}:\/\//i.test(uri))
    .map((uri) => ({ uri, line }));
}

function* iniRepositories({ name, switches, places }: IniSection): Generator<Repository> {
  if (isOff(switches.get('enabled')?.value)) return;
  const off = ['gpgcheck', 'pkg_gpgcheck'].find((key) => isOff(switches.get(key)?.value));
  const unsigned = off === undefined ? {} : { unsigned: `${off}=0` };
  if (name === 'main' && off !== undefined)
    yield { line: switches.get(off)?.line ?? 1, ...NOWHERE, ...unsigned };
  for (const { uri, line } of places) yield { line, ...toPlace(uri), ...unsigned };
}

function isOff(value: string | undefined): boolean {
  return value !== undefined && /^(?:0|no|false|off)$/i.test(value);
}

const MAX_SHOWN = 500;
/** No name is longer (RFC 1035, 2.3.4). */
const MAX_HOST = 255;
const NOWHERE = { url: '', scheme: '', host: '', path: '' };

function toPlace(uri: string): Pick<Repository, 'url' | 'scheme' | 'host' | 'path'> {
  const [, scheme = '', rest = ''] = /^(?:[a-z0-9-]{1,20}\+)?([a-z]{1,20}):(?:\/\/)?(.*)/i.exec(uri) ?? [];
  const { url, host, path } = toDestination(scheme, rest);
  // A host is what it ends in; of the rest the start is enough.
  return {
    url: url.slice(0, MAX_SHOWN),
    scheme: scheme.toLowerCase(),
    host: host.slice(-MAX_HOST),
    path: path.slice(0, MAX_SHOWN),
  };
}
