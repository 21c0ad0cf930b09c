import { toDestination } from '../../../content/shell/destination.ts';
import { lineOf } from '../../../content/shell/match.ts';

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

const ADDRESS = '([a-z]{1,10}(?:\\+[a-z]{1,10})?:\\/\\/[^\\s"\'<>,\\]]{1,500})';

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
      address('^[ \\t]{0,16}(?:extra[-_])?index[-_]url[ \\t]{0,8}=[ \\t]{0,8}\\[?\\s{0,8}["\']?'),
      address('^[ \\t]{0,16}(?:find[-_]links|url|default-index|index)[ \\t]{0,8}=[ \\t]{0,8}["\'[]{0,3}'),
    ],
    switches: [/^[ \t]{0,16}trusted-host[ \t]{0,8}=[ \t]{0,8}\S[^\n]{0,200}/gim],
    uncomment: withoutHash,
  },
  {
    tool: 'npm',
    paths: /(?:^|\/)(?:\.npmrc|npmrc|\.yarnrc|\.yarnrc\.yml|\.bunfig\.toml|bunfig\.toml)$/,
    addresses: [
      address(
        '^[ \\t]{0,16}(?:@[\\w.-]{1,100}:)?["\']?(?:registry|npmRegistryServer)["\']?[ \\t]{0,8}[ =:][ \\t]{0,8}["\']?',
      ),
    ],
    switches: [
      /^[ \t]{0,16}strict-ssl[ \t]{0,8}[ =][ \t]{0,8}["']?false\b/gim,
      /^[ \t]{0,16}enableStrictSsl[ \t]{0,8}:[ \t]{0,8}["']?false\b/gim,
    ],
    partial: /^[ \t]*@/,
    uncomment: withoutHash,
  },
  {
    tool: 'go',
    paths: /(?:^|\/)(?:\.config\/go\/env|go\/go\.env|go\/env)$/,
    addresses: [address('^[ \\t]{0,16}GOPROXY=["\']?(?:(?:direct|off)[,|])?')],
    switches: [
      /^[ \t]{0,16}(?:GOSUMDB=["']?off\b|GONOSUMCHECK=1|GONOSUMDB=["']?\*|GOINSECURE=["']?\S{1,100}|GOFLAGS=[^\n]{0,100}-insecure)/gim,
    ],
    uncomment: withoutHash,
  },
  {
    tool: 'maven',
    paths: /(?:^|\/)(?:\.m2|conf|maven)\/settings\.xml$/,
    addresses: [/<url>\s{0,40}([a-z]{1,10}:\/\/[^\s<]{1,500})/gim],
    switches: [],
    uncomment: withoutXmlComments,
  },
  {
    tool: 'gem',
    paths: /(?:^|\/)(?:\.gemrc|gemrc|\.bundle\/config)$/,
    addresses: [
      address('^[ \\t]{0,16}-[ \\t]{1,8}["\']?'),
      address('^[ \\t]{0,16}BUNDLE_MIRROR__[^\\n:]{1,100}:[^\\n:]{0,100}:?[ \\t]{0,8}["\']?'),
      address('^[ \\t]{0,16}:?sources:[ \\t]{0,8}\\[[ \\t]{0,8}["\']?'),
    ],
    switches: [/^[ \t]{0,16}:?ssl_verify_mode:[ \t]{0,8}0\b/gim],
    uncomment: withoutHash,
  },
  {
    tool: 'cargo',
    paths: /(?:^|\/)\.cargo\/config(?:\.toml)?$/,
    addresses: [address('^[ \\t]{0,16}(?:registry|index)[ \\t]{0,8}=[ \\t]{0,8}["\']')],
    switches: [/^[ \t]{0,16}check-revoke[ \t]{0,8}=[ \t]{0,8}false\b/gim],
    uncomment: withoutHash,
  },
  {
    tool: 'conda',
    paths: /(?:^|\/)(?:\.condarc|condarc|\.mambarc|condarc\.d\/[^/]{1,255}\.ya?ml)$/,
    addresses: [address('^[ \\t]{0,16}(?:-|channel_alias:|[\\w-]{1,60}:)[ \\t]{1,8}["\']?')],
    switches: [/^[ \t]{0,16}ssl_verify:[ \t]{0,8}(?:false|no)\b/gim],
    uncomment: withoutHash,
  },
];

export const SETTING_PATHS: readonly RegExp[] = SETTING_FILES.map(({ paths }) => paths);

/** Files that packages carry along: no tool reads them there. */
const CARRIED =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|testdata|tests?|fixtures|examples?|vendor|go\/pkg\/mod)\//;
const MAX_SETTINGS = 100;

/** The index settings of one configuration file, in the order of its patterns. */
export function* indexSettingsIn(path: string, whole: string): Generator<IndexSetting> {
  if (CARRIED.test(path)) return;
  for (const { tool, paths, addresses, switches, partial, uncomment } of SETTING_FILES) {
    if (!paths.test(path)) continue;
    const text = uncomment(whole);
    for (const match of addresses.flatMap((pattern) => [...text.matchAll(pattern).take(MAX_SETTINGS)])) {
      const [scheme = '', rest = ''] = (match[1] ?? '').split('://', 2);
      const { host, url } = toDestination(scheme, rest);
      const isPartial = partial?.test(match[0]) === true;
      const setting = match[0].slice(0, match[0].length - (match[1]?.length ?? 0)).trim();
      yield {
        line: lineOf(text, match.index + match[0].search(/\S/)),
        tool,
        host,
        text: `${setting}${url}`,
        ...(isPartial && { partial: true }),
      };
    }
    for (const match of switches.flatMap((pattern) => [...text.matchAll(pattern).take(MAX_SETTINGS)]))
      yield {
        line: lineOf(text, match.index + match[0].search(/\S/)),
        tool,
        host: '',
        text: match[0].trim(),
      };
  }
}
