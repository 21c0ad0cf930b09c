import { toDestination } from '../../../content/shell/destination.ts';
import { lineCounter } from '../../../content/shell/match.ts';

/** One setting of a package tool that names where packages come from, or turns a check off. */
export interface IndexSetting {
  readonly line: number;
  readonly tool: string;
  /** Lower case; empty where the setting only turns a check off. */
  readonly host: string;
  /** The setting, credentials masked. */
  readonly text: string;
  /** Set for what holds for a part of the packages only: an npm scope, a source beside the default. */
  readonly partial?: true;
}

interface SettingFile {
  readonly tool: string;
  readonly paths: RegExp;
  /** Each has the whole setting as group 0 and the address as group 1. All are global and multiline. */
  readonly addresses: readonly RegExp[];
  /** Settings that turn TLS or checksum tests off. */
  readonly switches: readonly RegExp[];
  /** Of `addresses`, those that hold for a part of the packages. */
  readonly partial?: RegExp;
  /** Takes comments out; line breaks stay. */
  uncomment(text: string): string;
}

const ADDRESS = '([a-z]{1,10}(?:\\+[a-z]{1,10})?:\\/\\/[^\\s"\'<>,\\]]+)';

function address(before: string): RegExp {
  return new RegExp(`${before}${ADDRESS}`, 'gim');
}

const withoutHash = (text: string): string => text.replace(/^[ \t]*[#;][^\n]*/gm, '');
const withoutXmlComments = (text: string): string =>
  text.replace(/<!--[\s\S]*?(?:-->|$)/g, (comment) => comment.replace(/[^\n]/g, ' '));

const SETTING_FILES: readonly SettingFile[] = [
  {
    tool: 'pip',
    paths: /(?:^|\/)(?:pip\.conf|pip\.ini|uv\.toml|\.pydistutils\.cfg|pydistutils\.cfg)$/,
    addresses: [
      address('^[ \\t]*(?:extra[-_])?index[-_]url[ \\t]*=[ \\t]*\\[?\\s{0,8}["\']?'),
      address('^[ \\t]*(?:find[-_]links|url|default-index|index)[ \\t]*=[ \\t]*["\'[]{0,3}'),
    ],
    switches: [/^[ \t]*trusted-host[ \t]*=[ \t]*\S[^\n]{0,200}/gim],
    uncomment: withoutHash,
  },
  {
    tool: 'npm',
    paths: /(?:^|\/)(?:\.npmrc|npmrc|\.yarnrc|\.yarnrc\.yml|\.bunfig\.toml|bunfig\.toml)$/,
    addresses: [
      address(
        '^[ \\t]*(?:@[\\w.-]{1,100}:)?["\']?(?:registry|npmRegistryServer)["\']?(?:[ \\t]*[=:]|[ \\t])[ \\t]*["\']?',
      ),
    ],
    switches: [
      /^[ \t]*strict-ssl(?:[ \t]*=|[ \t])[ \t]*["']?false\b/gim,
      /^[ \t]*enableStrictSsl[ \t]*:[ \t]*["']?false\b/gim,
    ],
    partial: /^[ \t]*@/,
    uncomment: withoutHash,
  },
  {
    tool: 'go',
    paths: /(?:^|\/)(?:\.config\/go\/env|go\/go\.env|go\/env)$/,
    addresses: [address('^[ \\t]*GOPROXY=["\']?(?:(?:direct|off)[,|])?')],
    switches: [
      /^[ \t]*(?:GOSUMDB=["']?off\b|GONOSUMCHECK=1|GONOSUMDB=["']?\*|GOINSECURE=["']?\S{1,100}|GOFLAGS=[^\n]{0,100}-insecure)/gim,
    ],
    uncomment: withoutHash,
  },
  {
    tool: 'maven',
    paths: /(?:^|\/)(?:\.m2|conf|maven)\/settings\.xml$/,
    addresses: [/<url>\s*([a-z]{1,10}:\/\/[^\s<]+)/gim],
    switches: [],
    uncomment: withoutXmlComments,
  },
  {
    tool: 'gem',
    paths: /(?:^|\/)(?:\.gemrc|gemrc|\.bundle\/config)$/,
    addresses: [
      address('^[ \\t]*-[ \\t]+["\']?'),
      address('^[ \\t]*BUNDLE_MIRROR__[^\\n:]{1,100}:[^\\n:]{0,100}:?[ \\t]*["\']?'),
      address('^[ \\t]*:?sources:[ \\t]*\\[[ \\t]*["\']?'),
    ],
    switches: [/^[ \t]*:?ssl_verify_mode:[ \t]*0\b/gim],
    uncomment: withoutHash,
  },
  {
    tool: 'cargo',
    paths: /(?:^|\/)\.cargo\/config(?:\.toml)?$/,
    addresses: [address('^[ \\t]*(?:registry|index)[ \\t]*=[ \\t]*["\']')],
    switches: [/^[ \t]*check-revoke[ \t]*=[ \t]*false\b/gim],
    uncomment: withoutHash,
  },
  {
    tool: 'conda',
    paths: /(?:^|\/)(?:\.condarc|condarc|\.mambarc|condarc\.d\/[^/]{1,255}\.ya?ml)$/,
    addresses: [address('^[ \\t]*(?:-|channel_alias:|[\\w-]{1,60}:)[ \\t]+["\']?')],
    switches: [/^[ \t]*ssl_verify:[ \t]*(?:false|no)\b/gim],
    uncomment: withoutHash,
  },
];

export const SETTING_PATHS: readonly RegExp[] = SETTING_FILES.map(({ paths }) => paths);

/** Files that packages carry along: no tool reads them there. */
const CARRIED =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|testdata|tests?|fixtures|examples?|vendor|go\/pkg\/mod)\//;
const MAX_SHOWN = 300;
/** No name is longer (RFC 1035, 2.3.4). */
const MAX_HOST = 255;

/** The index settings of one configuration file, in the order of its patterns. */
export function* indexSettingsIn(path: string, whole: string): Generator<IndexSetting> {
  if (CARRIED.test(path)) return;
  for (const file of SETTING_FILES) {
    if (!file.paths.test(path)) continue;
    const text = file.uncomment(whole);
    for (const pattern of file.addresses) yield* addressesIn(file, pattern, text);
    for (const pattern of file.switches) yield* switchesIn(file, pattern, text);
  }
}

function* addressesIn(
  { tool, partial }: SettingFile,
  pattern: RegExp,
  text: string,
): Generator<IndexSetting> {
  const lineAt = lineCounter(text);
  for (const { index, 0: found, 1: url = '' } of text.matchAll(pattern)) {
    const at = url.indexOf('://');
    const destination = toDestination(url.slice(0, at), url.slice(at + 3));
    const setting = found.slice(0, found.length - url.length).trim();
    yield {
      line: lineAt(index + found.search(/\S/)),
      tool,
      // A host is what it ends in.
      host: destination.host.slice(-MAX_HOST),
      text: `${setting}${destination.url}`.slice(0, MAX_SHOWN),
      ...(partial?.test(found) === true && { partial: true as const }),
    };
  }
}

function* switchesIn({ tool }: SettingFile, pattern: RegExp, text: string): Generator<IndexSetting> {
  const lineAt = lineCounter(text);
  for (const { index, 0: found } of text.matchAll(pattern)) {
    const line = lineAt(index + found.search(/\S/));
    yield { line, tool, host: '', text: found.trim().slice(0, MAX_SHOWN) };
  }
}
