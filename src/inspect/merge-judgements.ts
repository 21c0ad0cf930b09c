import type { Finding } from '../core/finding.ts';
import type { Distribution, PackageWithFiles } from '../core/package.ts';
import type { Problem } from '../core/problem.ts';
import type { ImageView } from './contract.ts';
import { bySeverityThenPlace, type Judgement } from './judge.ts';

/** What is said of an image as a whole: of each of its trees, put together. */
export interface MergedJudgement {
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  readonly packages: readonly PackageWithFiles[];
  /** Of the first system that tells. */
  readonly distribution: Distribution | undefined;
  readonly views: readonly ImageView[];
}

/** What is wrong with the image's config is found in each tree alike, and said once. */
export function mergeJudgements(trees: readonly Judgement[]): MergedJudgement {
  const findings = new Map(
    trees.flatMap((tree) => tree.findings).map((finding) => [JSON.stringify(finding), finding]),
  );
  return {
    findings: [...findings.values()].sort(bySeverityThenPlace),
    problems: trees.flatMap(({ problems }) => problems),
    packages: trees.flatMap(({ packages }) => packages),
    distribution: trees.find(({ distribution }) => distribution !== undefined)?.distribution,
    views: trees.map(({ view }) => view),
  };
}
