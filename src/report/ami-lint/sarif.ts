import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { LookupFinding, LookupReport } from '../../core/lookup.ts';
import { LEVELS, toRule } from '../sarif/rule.ts';

/** SARIF 2.1.0 for code scanning: paths are relative to where it was run. */
export function renderLookupsSarif({ tool, findings, unread, createdAt }: LookupReport): string {
  const rules = [...new Map(findings.map((finding) => [finding.rule, toDescriptor(finding)])).values()];
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, semanticVersion: tool.version, rules } },
        invocations: [
          {
            executionSuccessful: unread.length === 0,
            endTimeUtc: createdAt,
            toolExecutionNotifications: unread.map(({ file, message }) => ({
              level: 'error',
              message: { text: message },
              locations: [{ physicalLocation: { artifactLocation: { uri: toUri(file) } } }],
            })),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: findings.map(toResult),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toDescriptor(finding: LookupFinding): ReportingDescriptor {
  const { rule, tier } = finding;
  const first = { ...finding, location: {} };
  return toRule({ rule, tier, first, findings: [first] });
}

function toResult({ rule, tier, title, file, line, evidence }: LookupFinding): Result {
  return {
    ruleId: rule,
    level: LEVELS[tier],
    message: { text: `${title}: ${evidence}` },
    locations: [
      { physicalLocation: { artifactLocation: { uri: toUri(file) }, region: { startLine: line } } },
    ],
  };
}

function toUri(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}
