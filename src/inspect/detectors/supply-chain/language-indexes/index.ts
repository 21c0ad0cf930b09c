import type { Tier } from '../../../../core/finding.ts';
import { fewOfEach } from '../../../content/bounded.ts';
import type { Detector } from '../../../contract.ts';
import { type IndexSetting, indexSettingsIn, SETTING_PATHS } from './index-settings.ts';

const RULE = 'supply-chain/language-index';
/** Of each tier in one file. */
const MAX_SETTINGS = 100;

/** The tools' defaults, and indexes that their makers or well-known vendors run. Exact names. */
const OFFICIAL = new Set([
  'pypi.org',
  'pypi.python.org',
  'files.pythonhosted.org',
  'download.pytorch.org',
  'pypi.nvidia.com',
  'pypi.ngc.nvidia.com',
  'www.piwheels.org',
  'pypi.anaconda.org',
  'data.pyg.org',
  'registry.npmjs.org',
  'registry.npmjs.com',
  'registry.yarnpkg.com',
  'npm.pkg.github.com',
  'npm.jsr.io',
  'proxy.golang.org',
  'sum.golang.org',
  'repo.maven.apache.org',
  'repo1.maven.org',
  'repo.maven.org',
  'maven.google.com',
  'dl.google.com',
  'plugins.gradle.org',
  'repo.spring.io',
  'oss.sonatype.org',
  's01.oss.sonatype.org',
  'central.sonatype.com',
  'repository.apache.org',
  'packages.confluent.io',
  'maven.pkg.github.com',
  'repo.jenkins-ci.org',
  'repository.jboss.org',
  'maven.repository.redhat.com',
  'rubygems.org',
  'index.rubygems.org',
  'rubygems.pkg.github.com',
  'crates.io',
  'index.crates.io',
  'static.crates.io',

  'conda.anaconda.org',
  'repo.anaconda.com',
  'repo.continuum.io',
  'conda-forge.org',
  'prefix.dev',
  'repo.prefix.dev',
]);

/** Maven's own settings.xml sends http repositories here, to block them. */
const NOWHERE = '0.0.0.0';

export const languageIndexes: Detector<IndexSetting> = {
  id: 'supply-chain/language-indexes',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A language takes its packages from another index',
      remedy: 'Remove the setting from the image, or have the index named as one you trust.',
      attack: ['T1195.001', 'T1195.002'],
      controls: ['TVM-06', 'STA-08', 'CCC-04'],
      references: [
        'https://attack.mitre.org/techniques/T1195/001/',
        'https://pip.pypa.io/en/stable/topics/configuration/',
      ],
    },
  ],
  examiner: {
    id: 'supply-chain/language-indexes',
    version: 3,
    wants: SETTING_PATHS.map((paths) => ({ paths })),
    examine: (file) =>
      fewOfEach(
        indexSettingsIn(file.record.path, file.text()).filter((each) => judgeIndex(each) !== undefined),
        MAX_SETTINGS,
        (each) => judgeIndex(each)?.tier,
      ),
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const told = judgeIndex(observation);
      if (told === undefined) continue;
      const evidence = `${told.why}: ${observation.text}`;
      const { line } = observation;
      yield { rule: RULE, tier: told.tier, layer, path, line, evidence, yieldsToPackages: true };
    }
  },
};

/** What is wrong with a setting; undefined for nothing. */
export function judgeIndex({
  tool,
  host,
  partial,
  text,
}: IndexSetting): { why: string; tier: Tier } | undefined {
  if (host === '') return { why: `${tool} checks less`, tier: 'review' };
  if (OFFICIAL.has(host) || host === NOWHERE) return undefined;
  if (host === 'github.com' && text.includes('://github.com/rust-lang/crates.io-index')) return undefined;
  return partial === true
    ? { why: `${tool} takes a part of its packages from elsewhere`, tier: 'note' }
    : { why: `${tool} takes packages from elsewhere`, tier: 'review' };
}
