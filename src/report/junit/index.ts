import type { Finding } from '../../core/finding.ts';
import { toPrintable } from '../../core/printable.ts';
import type { Problem } from '../../core/problem.ts';
import type { Report } from '../../core/report.ts';
import { nameOf, platformOf } from '../image-name.ts';
import { hiddenIn, layerName, placeOf } from '../place.ts';
import { groupByRule, type RuleGroup } from '../rule-group.ts';
import { element, toXml, type XmlElement } from './xml.ts';

/*
 * JUnit has no standard; this is what Jenkins, GitLab and Azure read alike: a suite for each image, a case for the
 * decision and one for each rule that found something. `block` and `review` are failures, a note is a case that passed
 * and says so in its output, and what could not be read is an error: an image not inspected has not passed.
 */

interface Case {
  readonly node: XmlElement;
  readonly verdict: 'passed' | 'failure' | 'error';
}

export function renderJunit(reports: readonly Report[]): string {
  const suites = reports.map((report) => ({ report, cases: casesOf(report) }));
  const all = suites.flatMap(({ cases }) => cases);
  const total = reports.reduce((sum, { timings }) => sum + timings.total, 0);
  const root = element('testsuites', { name: 'pratique', ...countsOf(all), time: toSeconds(total) }, [
    ...suites.map(({ report, cases }) => toSuite(report, cases)),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${toXml(root)}`;
}

function casesOf(report: Report): Case[] {
  const { findings, problems, decision } = report;
  const suite = suiteName(report);
  const allowed = decision.outcome === 'allow';
  const lines = [
    `decision: ${decision.outcome}`,
    ...decision.reasons.map((reason) => toPrintable(reason, 1000)),
  ];
  const child = allowed
    ? element('system-out', {}, [lines])
    : element(
        'failure',
        { type: decision.outcome, message: `the image is not allowed: ${decision.outcome}` },
        [lines],
      );
  const verdict: Case = {
    node: element('testcase', { classname: suite, name: 'decision', time: '0' }, [child]),
    verdict: allowed ? 'passed' : 'failure',
  };
  return [
    verdict,
    ...groupByRule(findings).map((group) => toRuleCase(suite, group)),
    ...[...Map.groupBy(problems, ({ code }) => code)].map(([code, group]) =>
      toProblemCase(suite, code, group),
    ),
  ];
}

function toSuite(report: Report, cases: readonly Case[]): XmlElement {
  const { image, createdAt, decision, timings, tool } = report;
  const properties = {
    outcome: decision.outcome,
    location: image.location,
    ...(image.digest !== undefined && { digest: image.digest }),
    ...(image.configDigest !== undefined && { configDigest: image.configDigest }),
    version: tool.version,
  };
  return element(
    'testsuite',
    {
      name: suiteName(report),
      ...countsOf(cases),
      skipped: '0',
      time: toSeconds(timings.total),
      timestamp: createdAt.replace(/\.\d+Z?$|Z$/, ''),
    },
    [
      element(
        'properties',
        {},
        Object.entries(properties).map(([name, value]) => element('property', { name, value })),
      ),
      ...cases.map(({ node }) => node),
    ],
  );
}

function toRuleCase(suite: string, { rule, tier, first, findings }: RuleGroup): Case {
  const name = `${rule}: ${first.title}`;
  const lines = [...findings.flatMap(toLines), `remedy: ${first.remedy}`];
  const passed = tier === 'note';
  const child = passed
    ? element('system-out', {}, [lines])
    : element('failure', { type: tier, message: `${first.title} (${findings.length})` }, [lines]);
  return {
    node: element('testcase', { classname: suite, name, time: '0' }, [child]),
    verdict: passed ? 'passed' : 'failure',
  };
}

function toLines(finding: Finding): string[] {
  const { tier, location, evidence } = finding;
  const layer =
    location.layer === undefined ? '' : ` (${layerName(location.layer)} ${location.layer.digest})`;
  const hidden = hiddenIn(location);
  return [
    `${tier} ${placeOf(location)}${layer}`,
    ...(evidence === '' ? [] : [`  ${toPrintable(evidence, 1000)}`]),
    ...(hidden === undefined ? [] : [`  ${hidden}`]),
  ];
}

/** An error when any of them left something unread. */
function toProblemCase(suite: string, code: string, problems: readonly Problem[]): Case {
  const lines = problems.map(({ message, path, layer }) => {
    const where = [
      ...(path === undefined ? [] : [`/${path}`]),
      ...(layer === undefined ? [] : [layerName(layer)]),
    ];
    return toPrintable(where.length === 0 ? message : `${message} (${where.join(', ')})`, 2000);
  });
  const unread = problems.some(({ effect }) => effect === 'incomplete');
  const child = unread
    ? element('error', { type: code, message: lines[0] ?? code }, [lines])
    : element('system-out', {}, [lines]);
  return {
    node: element('testcase', { classname: suite, name: code, time: '0' }, [child]),
    verdict: unread ? 'error' : 'passed',
  };
}

function countsOf(cases: readonly Case[]): Record<'tests' | 'failures' | 'errors', string> {
  const count = (verdict: Case['verdict']): string =>
    String(cases.filter((one) => one.verdict === verdict).length);
  return { tests: String(cases.length), failures: count('failure'), errors: count('error') };
}

function suiteName({ image }: Report): string {
  return [nameOf(image), ...(image.platform === undefined ? [] : [platformOf(image.platform)])].join(' ');
}

function toSeconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
