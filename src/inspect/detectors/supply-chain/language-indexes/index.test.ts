import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { languageIndexes } from './index.ts';
import { indexSettingsIn } from './index-settings.ts';

const FOUND = 'review supply-chain/language-index';

const cases = [
  {
    name: 'another index in the configuration of each tool',
    files: {
      'etc/pip.conf': '[global]\nindex-url = https://pypi.x.invalid/simple\n',
      'root/.config/pip/pip.conf': '[global]\nextra-index-url=\n',
      'home/app/.config/uv/uv.toml': '[[index]]\nurl = "https://x.invalid/simple"\n',
      'root/.npmrc': 'registry=https://x.invalid/npm/\n',
      'root/.yarnrc': 'registry "https://x.invalid/"\n',
      'app/.yarnrc.yml': 'npmRegistryServer: "https://x.invalid"\n',
      'root/.config/go/env': 'GOPROXY=https://x.invalid,direct\n',
      'root/.m2/settings.xml':
        '<settings><mirrors><mirror>\n<url>https://x.invalid/maven</url></mirror></mirrors></settings>\n',
      'root/.gemrc': ':sources:\n- https://x.invalid/\n',
      'usr/local/bundle/.bundle/config': 'BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: "https://x.invalid/"\n',
      'usr/local/cargo/.cargo/config.toml':
        '[source.crates-io]\nreplace-with = "x"\n[source.x]\nregistry = "sparse+https://x.invalid/"\n',
      'root/.condarc': 'channels:\n  - https://x.invalid/conda\n  - defaults\n',
    },
    expected: [
      'app/.yarnrc.yml',
      'etc/pip.conf',
      'home/app/.config/uv/uv.toml',
      'root/.condarc',
      'root/.config/go/env',
      'root/.gemrc',
      'root/.m2/settings.xml',
      'root/.npmrc',
      'root/.yarnrc',
      'usr/local/bundle/.bundle/config',
      'usr/local/cargo/.cargo/config.toml',
    ].map((path) => `${FOUND} ${path}`),
  },
  {
    name: "the tools' own indexes are nothing",
    files: {
      'etc/pip.conf':
        '[global]\nindex-url = https://pypi.org/simple\nextra-index-url = https://www.piwheels.org/simple\ncert = /etc/ssl/x\n',
      'root/.npmrc':
        'registry=https://registry.npmjs.org/\nfund=false\ncafile=/etc/ssl/certs/ca-certificates.crt\n',
      'usr/local/go/go.env':
        'GOPROXY=https://proxy.golang.org,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n',
      'usr/share/maven/conf/settings.xml':
        '<settings><!-- <mirror><url>http://my.repository.com/repo/path</url></mirror> --><mirror><url>http://0.0.0.0/</url><blocked>true</blocked></mirror></settings>\n',
      'root/.cargo/config.toml':
        '[source.crates-io]\nreplace-with = "vendored"\n[source.vendored]\ndirectory = "vendor"\n',
      'opt/conda/.condarc': 'channels:\n  - conda-forge\nshow_channel_urls: true\n',
    },
    expected: [],
  },
  {
    name: 'checks turned off',
    files: {
      'etc/pip.conf': '[global]\ntrusted-host = pypi.org\n',
      'root/.npmrc': 'strict-ssl=false\n',
      'root/.config/go/env': 'GOSUMDB=off\n',
    },
    expected: [`${FOUND} etc/pip.conf`, `${FOUND} root/.config/go/env`, `${FOUND} root/.npmrc`],
  },
  {
    name: 'a scope with a registry of its own is a note',
    files: { 'app/.npmrc': '@acme:registry=https://npm.acme.example/\n' },
    expected: ['note supply-chain/language-index app/.npmrc'],
  },
  {
    name: 'comments, and files that packages carry along, are nothing',
    files: {
      'etc/pip.conf': '# index-url = https://x.invalid/\n; index-url = https://x.invalid/\n',
      'app/node_modules/x/.npmrc': 'registry=https://x.invalid/\n',
    },
    expected: [],
  },
];

for (const { name, files, expected } of cases) {
  test(`language-indexes: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers: [files] }, [languageIndexes]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('language-indexes: says line and setting, and masks credentials', () => {
  const layers = [{ 'etc/pip.conf': '[global]\nindex-url = https://me:secret@x.invalid/simple\n' }];
  const [finding] = inspectFixture({ layers }, [languageIndexes]).findings;
  assert.equal(finding?.location.line, 2);
  assert.equal(
    finding?.evidence,
    'pip takes packages from elsewhere: index-url =https://***@x.invalid/simple',
  );
});

test('index settings: any text is read', () => {
  const word = fc.constantFrom(
    'registry',
    '=',
    'https://x.invalid',
    '\n',
    ' ',
    '<url>',
    '<!--',
    '-->',
    '- ',
    '@a:',
    'GOPROXY=',
    '"',
  );
  const path = fc.constantFrom(
    'root/.npmrc',
    'etc/pip.conf',
    'root/.m2/settings.xml',
    'root/.gemrc',
    'root/.config/go/env',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), path, (words, where) => {
      for (const { line } of indexSettingsIn(where, words.join(''))) assert.ok(line >= 1);
    }),
    { numRuns: 300 },
  );
});
