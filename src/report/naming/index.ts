import type { NamesReport, Naming, Standing } from '../../core/naming.ts';
import { toPrintable } from '../../core/printable.ts';
import { TIER_COLOURS } from '../terminal/findings.ts';
import { painter, type TerminalOptions, wrap } from '../terminal/style.ts';

const STANDINGS: Readonly<Record<Standing, string>> = {
  official: 'official name',
  'known-publisher': 'known publisher',
  internal: 'a name of your own',
  unknown: 'publisher not known',
};

/** By docs/schema/names-1.0.json. */
export function renderNamesJson(report: NamesReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Whose name it is, on one line; what it may imitate stands elsewhere. */
export function whoseName({ name, standing, publisher }: Naming): string {
  const whose = publisher === undefined ? STANDINGS[standing] : `${STANDINGS[standing]} (${publisher})`;
  return toPrintable(`${name}: ${whose}`, 1500);
}

/** One name for a person at a terminal: whose it is, and each suspicion with its score and what it is made of. */
export function renderNaming(naming: Naming, options: TerminalOptions): string {
  const paint = painter(options);
  const lines = naming.suspicions.flatMap(({ trick, of, tier, why }) => {
    const like = of === undefined ? '' : `, like ${of}`;
    return [
      `  ${paint(TIER_COLOURS[tier], '●')} ${paint('bold', `${tier}  ${wrap(toPrintable(`${trick}${like}`, 500), options.width - 12, '    ')}`)}`,
      `    ${wrap(toPrintable(why, 1000), options.width - 4, '    ')}`,
    ];
  });
  return [wrap(whoseName(naming), options.width, '  '), ...lines].join('\n');
}
