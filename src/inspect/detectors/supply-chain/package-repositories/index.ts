import type { Tier } from '../../../../core/finding.ts';
import { fewOfEach } from '../../../content/bounded.ts';
import type { Detector } from '../../../contract.ts';
import { hostKindOf } from './known-hosts.ts';
import { REPOSITORY_FILES, type Repository, repositoriesIn } from './repositories.ts';

/*
 * Whoever serves the packages decides what is installed next. Distributions serve theirs over http and sign them, which is as
 * good; what counts is a repository whose signature nobody checks, or one of a host that nobody knows.
 */

const RULE = 'supply-chain/package-repository';
/** Of each tier in one file. */
const MAX_REPOSITORIES = 100;

export const packageRepositories: Detector<Repository> = {
  id: 'supply-chain/package-repositories',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'Packages come from an unsigned or unknown repository',
      remedy: 'Remove the repository, or have its signature checked and its host named as one you trust.',
      attack: ['T1195.002', 'T1553'],
      controls: ['TVM-06', 'STA-08', 'CCC-04'],
      references: [
        'https://manpages.debian.org/bookworm/apt/sources.list.5.en.html',
        'https://attack.mitre.org/techniques/T1195/002/',
      ],
    },
  ],
  examiner: {
    id: 'supply-chain/package-repositories',
    version: 3,
    wants: [{ paths: REPOSITORY_FILES }],
    examine: (file) =>
      fewOfEach(
        repositoriesIn(file.record.path, file.text()).filter((each) => judgeRepository(each) !== undefined),
        MAX_REPOSITORIES,
        (each) => judgeRepository(each)?.tier,
      ),
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const told = judgeRepository(observation);
      if (told === undefined) continue;
      const evidence = observation.url === '' ? told.why : `${told.why}: ${observation.url}`;
      const { line } = observation;
      yield { rule: RULE, tier: told.tier, layer, path, line, evidence, yieldsToPackages: true };
    }
  },
};

/** What is wrong with a repository; undefined for nothing. */
export function judgeRepository({
  scheme,
  host,
  path,
  unsigned,
}: Repository): { why: string; tier: Tier } | undefined {
  if (unsigned !== undefined) return { why: `signatures are not checked (${unsigned})`, tier: 'review' };
  if (!/^(?:https?|ftp|tor|mirror|rsync)/.test(scheme)) return undefined;
  const kind = hostKindOf(host, path);
  if (kind === 'unknown') return { why: 'unknown host', tier: 'review' };
  if (kind === 'anybody') return { why: 'a place where anybody may publish', tier: 'note' };
  if (kind === 'vendor' && scheme !== 'https') return { why: `fetched over ${scheme}`, tier: 'review' };
  return undefined;
}
