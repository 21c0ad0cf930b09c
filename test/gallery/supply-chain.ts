import { readFileSync } from 'node:fs';
import type { Exhibit } from './exhibit.ts';

/* Indicators 49 to 52: where later packages and images would come from. */

const REPOSITORY = 'supply-chain/package-repository';
const INDEX = 'supply-chain/language-index';
const CA = 'supply-chain/ca-root';
const ROOT = readFileSync(
  new URL('../../src/inspect/detectors/supply-chain/ca-roots/testdata/root.pem', import.meta.url),
  'latin1',
);
const ANCHOR = 'usr/local/share/ca-certificates/x.crt';

const repositories: readonly (readonly [name: string, path: string, text: string])[] = [
  ['over http', 'etc/apt/sources.list.d/x.list', 'deb http://nginx.org/packages/debian bookworm nginx\n'],
  [
    'unsigned',
    'etc/apt/sources.list.d/x.list',
    'deb [trusted=yes] https://deb.debian.org/debian bookworm main\n',
  ],
  ['of an unknown host', 'etc/apt/sources.list.d/x.list', 'deb https://apt.invalid/debian stable main\n'],
  [
    'of an unknown host, for yum',
    'etc/yum.repos.d/x.repo',
    '[x] # x\nbaseurl=https://x.invalid/a\ngpgcheck=1\n',
  ],
  ['of an unknown host, for apk', 'etc/apk/repositories', '@edge https://x.invalid/alpine\n'],
];

const indexes: readonly (readonly [tool: string, path: string, text: string])[] = [
  ['pip', 'etc/pip.conf', '[global]\nindex-url = https://pypi.invalid/simple\n'],
  ['npm', 'root/.npmrc', 'registry=https://npm.invalid/\n'],
  ['Go', 'root/.config/go/env', 'GOPROXY=https://go.invalid,direct\n'],
  [
    'Maven',
    'root/.m2/settings.xml',
    '<settings><mirrors><mirror>\n<url>https://maven.invalid/maven</url></mirror></mirrors></settings>\n',
  ],
  ['gem', 'root/.gemrc', ':sources:\n- https://gem.invalid/\n'],
  [
    'cargo',
    'usr/local/cargo/.cargo/config.toml',
    '[source.crates-io]\nreplace-with = "x"\n[source.x]\nregistry = "sparse+https://cargo.invalid/"\n',
  ],
];

const redirected = ['registry-1.docker.io', 'deb.debian.org', 'security.debian.org', 'pypi.org'];

export const SUPPLY_CHAIN: readonly Exhibit[] = [
  ...repositories.map(([name, path, text]) => ({
    indicator: 49,
    name: `a package repository ${name}`,
    layers: [{ [path]: text }],
    expect: { rule: REPOSITORY, tier: 'review', path, layer: 1 } as const,
  })),
  ...indexes.map(([tool, path, text]) => ({
    indicator: 50,
    name: `the index of ${tool} replaced`,
    layers: [{ [path]: text }],
    expect: { rule: INDEX, tier: 'review', path, layer: 1 } as const,
  })),
  {
    indicator: 51,
    name: 'an added root',
    layers: [{ [ANCHOR]: ROOT }],
    expect: { rule: CA, tier: 'review', path: ANCHOR, layer: 1, line: 1 },
  },
  {
    indicator: 51,
    name: 'an added root with a repository of an unknown host',
    layers: [
      { [ANCHOR]: ROOT },
      { 'etc/apt/sources.list.d/x.list': 'deb https://apt.invalid/debian stable main\n' },
    ],
    expect: { rule: CA, tier: 'block', path: ANCHOR, layer: 1, line: 1 },
  },
  {
    indicator: 51,
    name: 'an added root with another index',
    layers: [{ [ANCHOR]: ROOT, 'etc/pip.conf': '[global]\nindex-url = https://pypi.invalid/simple\n' }],
    expect: { rule: CA, tier: 'block', path: ANCHOR, layer: 1, line: 1 },
  },
  ...redirected.map((host) => ({
    indicator: 52,
    name: `${host} sent elsewhere`,
    layers: [{ 'etc/hosts': `127.0.0.1\tlocalhost\n192.0.2.1\t${host}\n` }],
    expect: {
      rule: 'supply-chain/hosts-override',
      tier: 'block',
      path: 'etc/hosts',
      layer: 1,
      line: 2,
    } as const,
  })),
];
