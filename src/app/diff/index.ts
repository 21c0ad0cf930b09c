import {
  type ConfigChange,
  DIFF_SCHEMA_VERSION,
  type ImageDiff,
  type PackageChange,
  type PackageChanges,
} from '../../core/diff.ts';
import { Failure } from '../../core/failure.ts';
import type { Finding } from '../../core/finding.ts';
import type { ImageConfig } from '../../core/image.ts';
import type { Package } from '../../core/package.ts';
import { type Inspection, inspectWith, withRun } from '../inspect.ts';
import type { InspectHooks, Run } from '../run.ts';
import type { Settings } from '../settings.ts';
import { compareTrees } from './files.ts';

/**
 * Inspects two images and says what the second adds, removes and changes.
 * @throws Failure as `inspectLocation`; USAGE when either names several platforms
 */
export async function diffLocations(
  before: string,
  after: string,
  settings: Settings,
  hooks: InspectHooks,
): Promise<ImageDiff> {
  return withRun(settings, hooks, async (run) => {
    const a = await inspectOne(run, before, settings);
    const b = await inspectOne(run, after, settings);
    return compareImages(a, b);
  });
}

async function inspectOne(run: Run, location: string, settings: Settings): Promise<Inspection> {
  const [inspection, ...more] = await inspectWith(run, location, settings);
  if (inspection !== undefined && more.length === 0) return inspection;
  throw new Failure('USAGE', `${location} names several platforms; pick one with --platform to compare it`);
}

/** Pure: two inspections in, their difference out. */
function compareImages(before: Inspection, after: Inspection): ImageDiff {
  return {
    schemaVersion: DIFF_SCHEMA_VERSION,
    before: identityOf(before),
    after: identityOf(after),
    files: compareTrees(before.views, after.views),
    packages: comparePackages(before.report.packages, after.report.packages),
    config: compareConfigs(before.report.image.config, after.report.image.config),
    findings: compareFindings(before.report.findings, after.report.findings),
    problems: [...before.report.problems, ...after.report.problems],
    decision: after.report.decision,
  };
}

function identityOf({ views: [view] }: Inspection): ImageDiff['before'] {
  if (view === undefined) throw new Error('an inspected image has at least one tree');
  return view.identity;
}

function comparePackages(before: readonly Package[], after: readonly Package[]): PackageChanges {
  const old = groupVersions(before);
  const now = groupVersions(after);
  const changes = {
    added: [] as PackageChange[],
    removed: [] as PackageChange[],
    changed: [] as PackageChange[],
  };
  for (const [key, { type, name, versions }] of now) {
    const was = old.get(key)?.versions;
    if (was === undefined) changes.added.push({ type, name, after: versions });
    else if (was !== versions) changes.changed.push({ type, name, before: was, after: versions });
  }
  for (const [key, { type, name, versions }] of old) {
    if (!now.has(key)) changes.removed.push({ type, name, before: versions });
  }
  return changes;
}

/** Several versions of one package (kernels, architectures) are compared as one list. */
function groupVersions(
  packages: readonly Package[],
): Map<string, { type: string; name: string; versions: string }> {
  const groups = new Map<string, { type: string; name: string; list: string[] }>();
  for (const { type, name, version } of packages) {
    const group = groups.get(`${type} ${name}`) ?? { type, name, list: [] };
    group.list.push(version);
    groups.set(`${type} ${name}`, group);
  }
  return new Map(
    [...groups].map(([key, { type, name, list }]) => [key, { type, name, versions: list.sort().join(', ') }]),
  );
}

function compareConfigs(before: ImageConfig, after: ImageConfig): ConfigChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const fields = [...names].filter((field) => field !== 'created') as (keyof ImageConfig)[];
  return fields
    .map((field) => ({
      field,
      before: JSON.stringify(before[field] ?? null),
      after: JSON.stringify(after[field] ?? null),
    }))
    .filter((change) => change.before !== change.after);
}

/** Layer digests differ between any two builds, so a finding is the same when rule, place and evidence are. */
function compareFindings(before: readonly Finding[], after: readonly Finding[]): ImageDiff['findings'] {
  const old = new Set(before.map(keyOf));
  const now = new Set(after.map(keyOf));
  return {
    added: after.filter((finding) => !old.has(keyOf(finding))),
    removed: before.filter((finding) => !now.has(keyOf(finding))),
  };
}

function keyOf({ rule, tier, location, evidence }: Finding): string {
  const { path, config, hidden } = location;
  return JSON.stringify([rule, tier, path ?? null, config ?? null, hidden?.by ?? null, evidence]);
}
