import { TIERS } from '../../core/finding.ts';
import type { LookupReport } from '../../core/lookup.ts';
import { toPrintable } from '../../core/printable.ts';
import { TIER_COLOURS } from '../terminal/findings.ts';
import { painter, plural, type TerminalOptions, wrap } from '../terminal/style.ts';

/** For a terminal: the gravest first. */
export function renderLookups(report: LookupReport, options: TerminalOptions): string {
  const paint = painter(options);
  const { files, lookups, findings, unread } = report;
  const sorted = findings.toSorted((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier));
  const lines = sorted.flatMap(({ tier, title, rule, file, line, evidence, remedy }) => [
    `${paint(TIER_COLOURS[tier], '●')} ${title}`,
    paint('dim', `  ${rule}`),
    `  ${toPrintable(file, 500)}:${line}`,
    `    ${wrap(toPrintable(evidence, 300), options.width - 4, '    ')}`,
    `  → ${wrap(remedy, options.width - 4, '    ')}`,
    '',
  ]);
  const skipped = unread.map(({ file, message }) =>
    wrap(`! ${toPrintable(file, 500)} was not read: ${toPrintable(message, 300)}`, options.width, '  '),
  );
  const counts = `${plural(lookups, 'image look-up')} in ${plural(files, 'file')}, ${plural(findings.length, 'finding')}`;
  return `${[...lines, ...skipped, counts].join('\n')}\n`;
}

export function renderLookupsJson(report: LookupReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
