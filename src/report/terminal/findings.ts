import { type Finding, type FindingLocation, TIERS, type Tier } from '../../core/finding.ts';
import { toPrintable } from '../../core/printable.ts';
import { hiddenIn, placeOf } from '../place.ts';
import { fitMiddle, type Paint, painter, type TerminalOptions, wrap } from './style.ts';
import { layerOf } from './where.ts';

/** Places shown of one rule unless everything is asked for. */
const PLACES = 5;
const BRIEF_PLACES = 2;
/** Characters of one path unless everything is asked for; and at most. */
const PATH = 160;
const WHOLE_PATH = 4096;

export const TIER_COLOURS: Readonly<Record<Tier, Paint>> = { block: 'red', review: 'yellow', note: 'cyan' };

const HEADINGS: Readonly<Record<Tier, string>> = {
  block: 'BLOCK   alone enough to refuse the image',
  review: 'REVIEW  a person should look',
  note: 'NOTE    worth knowing',
};

export function renderFindings(
  findings: readonly Finding[],
  options: TerminalOptions & { readonly verbose: boolean },
): string[] {
  return TIERS.flatMap((tier) => {
    const rules = Map.groupBy(
      findings.filter((finding) => finding.tier === tier),
      (finding) => finding.rule,
    );
    if (rules.size === 0) return [];
    const heading = painter(options)(['bold', TIER_COLOURS[tier] as 'red'], HEADINGS[tier]);
    return ['', heading, ...[...rules.values()].flatMap((group) => renderRule(group, tier, options))];
  });
}

/** A note is told in brief unless everything is asked for: what and where, not what to do. */
function renderRule(
  group: readonly Finding[],
  tier: Tier,
  options: TerminalOptions & { readonly verbose: boolean },
): string[] {
  const paint = painter(options);
  const [first] = group;
  if (first === undefined) return [];
  const brief = tier === 'note' && !options.verbose;
  const shown = options.verbose ? group : group.slice(0, brief ? BRIEF_PLACES : PLACES);
  const rest = group.length - shown.length;
  const links = [...first.attack, ...first.controls].join(' ');
  return [
    '',
    `  ${paint(TIER_COLOURS[tier], '●')} ${paint('bold', wrap(first.title, options.width - 4, '    '))}`,
    `    ${paint('dim', brief ? first.rule : wrap(`${first.rule}  ${links}`, options.width - 4, '    '))}`,
    ...shown.flatMap((finding) => renderPlace(finding, options, brief)),
    ...(rest > 0 ? [paint('dim', `    … ${rest} more; --verbose shows them all`)] : []),
    ...(brief ? [] : [`    ${paint('green', '→')} ${wrap(first.remedy, options.width - 6, '      ')}`]),
  ];
}

function renderPlace(
  { location, evidence }: Finding,
  options: TerminalOptions & { readonly verbose: boolean },
  brief: boolean,
): string[] {
  const paint = painter(options);
  const hidden = hiddenIn(location);
  return [
    `    ${wrap(placeIn(location, options), options.width - 4, '      ')}`,
    ...(location.layer === undefined || brief
      ? []
      : [paint('dim', `      ${layerOf(location.layer, options.width - 6)}`)]),
    ...(hidden === undefined ? [] : [paint('magenta', `      ${hidden}`)]),
    ...(evidence === ''
      ? []
      : [`      ${paint('italic', wrap(toPrintable(evidence), options.width - 6, '      '))}`]),
  ];
}

function placeIn(location: FindingLocation, { verbose }: { readonly verbose: boolean }): string {
  const place = placeOf(location, WHOLE_PATH);
  return verbose ? place : fitMiddle(place, PATH);
}
