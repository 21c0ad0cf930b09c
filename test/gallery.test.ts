import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import type { Finding, Tier } from '../src/core/finding.ts';
import { inspect, type Report } from '../src/index.ts';
import { scratch } from '../src/read/testing/scratch.ts';
import { ACCOUNTS } from './gallery/accounts.ts';
import { BASE } from './gallery/base-layer.ts';
import { BINARIES } from './gallery/binaries.ts';
import { CONFIG } from './gallery/config.ts';
import type { Exhibit, Expected } from './gallery/exhibit.ts';
import { HONEST } from './gallery/honest.ts';
import { type OnBase, writeImage } from './gallery/image-file.ts';
import { INTEGRITY } from './gallery/integrity.ts';
import { NETWORK } from './gallery/network.ts';
import { PERSISTENCE } from './gallery/persistence.ts';
import { SCRIPTS } from './gallery/scripts.ts';
import { SECRETS } from './gallery/secrets.ts';
import { SUPPLY_CHAIN } from './gallery/supply-chain.ts';

/*
 * An image for each indicator, through the whole program: it is refused or flagged as the indicator's tier says, with the
 * right layer and path. And images that come near to them, which are allowed. All of them are inert.
 */

const EXHIBITS: readonly Exhibit[] = [
  ...CONFIG,
  ...PERSISTENCE,
  ...ACCOUNTS,
  ...BINARIES,
  ...SCRIPTS,
  ...NETWORK,
  ...SUPPLY_CHAIN,
  ...INTEGRITY,
  ...SECRETS,
];

// Every inspection starts a worker of its own: that it need not compile the program anew saves a third of the time.
const compiled = mkdtempSync(join(tmpdir(), 'pratique-gallery-'));
process.env.NODE_COMPILE_CACHE = compiled;
after(() => rmSync(compiled, { recursive: true, force: true }));

/** Both where co-occurrence decides; docs/adr/0006 says where measuring changed a tier. 53 and 57 need databases from elsewhere. */
const TIERS: Readonly<Record<number, readonly Tier[]>> = {
  ...tiersOf('block', [1, 2, 3, 4, 9, 10, 13, 14, 17, 18, 21, 22, 23, 25, 26, 29, 30, 32, 33, 35]),
  ...tiersOf('block', [37, 38, 39, 41, 42, 44, 45, 52, 54, 56]),
  ...tiersOf('review', [5, 6, 7, 8, 15, 16, 19, 20, 24, 28, 31, 36, 40, 43, 46, 47, 49, 50, 55, 58]),
  11: ['block', 'review'],
  12: ['block', 'review'],
  27: ['block', 'review'],
  34: ['block', 'review'],
  48: ['block', 'review'],
  51: ['block', 'review'],
};

function tiersOf(tier: Tier, indicators: readonly number[]): Record<number, readonly Tier[]> {
  return Object.fromEntries(indicators.map((indicator) => [indicator, [tier]]));
}

test('every indicator is shown, with each of its tiers', () => {
  const shown = Map.groupBy(EXHIBITS, ({ indicator }) => indicator);
  const rows = Object.keys(TIERS).map((indicator) => {
    const tiers = new Set((shown.get(Number(indicator)) ?? []).map(({ expect }) => expect.tier));
    return [indicator, [...tiers].sort()];
  });
  assert.deepEqual(Object.fromEntries(rows), TIERS);
  const numbered = Array.from({ length: 58 }, (_, at) => at + 1).filter((one) => one !== 53 && one !== 57);
  assert.deepEqual(Object.keys(TIERS).map(Number), numbered);
});

// Each image costs the start of a worker; two at a time keep both cores busy.
describe('what an indicator shows', { concurrency: 2 }, () => {
  for (const exhibit of EXHIBITS) {
    const { indicator, name, expect } = exhibit;
    test(`${indicator} [${expect.tier}] ${name}`, async (context) => {
      const report = await look(context, exhibit, exhibit.knownBad);
      const found = report.findings.some((finding) => isExpected(finding, expect));
      assert.ok(found, `no ${JSON.stringify(expect)} among:\n${listOf(report)}`);
      assert.deepEqual(report.problems, []);
      const outcome = expect.tier === 'block' ? 'deny' : 'undetermined';
      assert.equal(report.decision.outcome, outcome, listOf(report));
    });
  }
});

describe('what is ordinary', { concurrency: 2 }, () => {
  for (const honest of HONEST) {
    test(`allowed: ${honest.name}`, async (context) => {
      const report = await look(context, honest);
      const above = report.findings.filter(({ tier }) => tier !== 'note');
      assert.deepEqual(above.map(summaryOf), []);
      assert.deepEqual(report.problems, []);
      assert.equal(report.decision.outcome, 'allow');
    });
  }
});

function look(
  context: TestContext,
  { layers = [], config, history }: OnBase,
  knownBad?: string,
): Promise<Report> {
  const folder = scratch(context);
  const list = join(folder, 'known-bad.txt');
  if (knownBad !== undefined) writeFileSync(list, knownBad);
  const image = { layers: [BASE, ...layers], config, history };
  const settings = { cache: false, jobs: 1, knownBad: knownBad === undefined ? [] : [list] };
  return inspect(writeImage(folder, image), settings);
}

function isExpected({ rule, tier, location }: Finding, expect: Expected): boolean {
  return (
    rule === expect.rule &&
    tier === expect.tier &&
    location.path === expect.path &&
    location.config === expect.config &&
    (expect.layer === undefined || location.layer?.index === expect.layer) &&
    (expect.line === undefined || location.line === expect.line) &&
    location.hidden?.by === expect.hidden
  );
}

function listOf({ findings, decision }: Report): string {
  return [...findings.map(summaryOf), `decision: ${decision.outcome}`].join('\n');
}

function summaryOf({ rule, tier, location, evidence }: Finding): string {
  const { layer, path, config, line, hidden } = location;
  const place = [path ?? config ?? '', line === undefined ? '' : `:${line}`].join('');
  const where = layer === undefined ? '' : ` in layer ${layer.index}`;
  return `${tier} ${rule} ${place}${where}${hidden === undefined ? '' : ` (${hidden.by})`}: ${evidence}`;
}
