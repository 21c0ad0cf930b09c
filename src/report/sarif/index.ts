import type { Invocation, Log, Notification, ReportingDescriptor, Run } from 'sarif';
import { toPrintable } from '../../core/printable.ts';
import type { Problem } from '../../core/problem.ts';
import type { Report } from '../../core/report.ts';
import { nameOf, platformOf } from '../image-name.ts';
import { groupByRule } from '../rule-group.ts';
import { toLocation } from './location.ts';
import { toResults } from './result.ts';
import { toRule } from './rule.ts';

const HOMEPAGE = 'https://www.npmjs.com/package/pratique';

/** SARIF 2.1.0 (OASIS): one run for each report. Paths are relative to the root of the image. */
export function renderSarif(reports: readonly Report[]): string {
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: reports.map(toRun),
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toRun(report: Report): Run {
  const { image, findings, problems, decision, tool, createdAt } = report;
  const rules = groupByRule(findings).map(toRule);
  const name = nameOf(image);
  const platform = image.platform === undefined ? '' : `${platformOf(image.platform).replaceAll('/', '-')}/`;
  return {
    tool: {
      driver: {
        name: tool.name,
        version: tool.version,
        semanticVersion: tool.version,
        informationUri: HOMEPAGE,
        rules,
        notifications: toNotificationDescriptors(problems),
      },
    },
    automationDetails: {
      id: `${tool.name}/${name}/${platform}`,
      description: { text: `What was found in ${name}` },
    },
    invocations: [toInvocation(problems, createdAt)],
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { IMAGE: { description: { text: `The root of ${name}` } } },
    results: toResults(findings, rules),
    properties: {
      outcome: decision.outcome,
      reasons: decision.reasons.map((reason) => toPrintable(reason, 1000)),
      image: name,
      ...(image.digest !== undefined && { digest: image.digest }),
      ...(image.configDigest !== undefined && { configDigest: image.configDigest }),
    },
  };
}

function toNotificationDescriptors(problems: readonly Problem[]): ReportingDescriptor[] {
  return [...new Set(problems.map(({ code }) => code))].sort().map((id) => ({ id }));
}

/** An inspection that could not read everything is not a success: nothing found is then no answer. */
function toInvocation(problems: readonly Problem[], createdAt: string): Invocation {
  return {
    executionSuccessful: problems.every(({ effect }) => effect !== 'incomplete'),
    endTimeUtc: createdAt,
    toolExecutionNotifications: problems.map(toNotification),
  };
}

function toNotification({ code, effect, message, ...where }: Problem): Notification {
  const location = toLocation(where);
  return {
    descriptor: { id: code },
    level: effect === 'incomplete' ? 'error' : 'note',
    message: { text: toPrintable(message, 2000) },
    ...(location !== undefined && { locations: [location] }),
  };
}
