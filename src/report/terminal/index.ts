import type { Outcome } from '../../core/decision.ts';
import { TIERS } from '../../core/finding.ts';
import type { CloudFacts } from '../../core/image.ts';
import { toPrintable } from '../../core/printable.ts';
import type { Problem } from '../../core/problem.ts';
import type { Report } from '../../core/report.ts';
import { platformOf } from '../image-name.ts';
import { whoseName } from '../naming/index.ts';
import { layerName } from '../place.ts';
import { renderVouching } from '../vouching/lines.ts';
import { renderFindings, TIER_COLOURS } from './findings.ts';
import { type Paint, painter, plural, type TerminalOptions, wrap } from './style.ts';

/** Problems shown unless everything is asked for. */
const PROBLEMS = 8;

const VERDICTS: Readonly<Record<Outcome, readonly [word: string, paint: Paint]>> = {
  allow: ['ALLOWED', ['bold', 'green']],
  deny: ['DENIED', ['bold', 'red']],
  undetermined: ['UNDETERMINED', ['bold', 'yellow']],
};

/**
 * A report for a person at a terminal: the verdict, what is wrong by tier, what could not be read, what the image
 * holds. No character that an image's author wrote reaches the terminal unescaped.
 */
export function renderTerminal(
  report: Report,
  options: TerminalOptions & { readonly verbose: boolean },
): string {
  const lines = [
    ...renderVerdict(report, options),
    ...renderFindings(report.findings, options),
    ...renderProblems(report.problems, options),
    '',
    ...renderVouching(report.vouching, options),
    '',
    ...renderContents(report, options),
  ];
  return `${lines.join('\n')}\n`;
}

function renderVerdict(report: Report, options: TerminalOptions): string[] {
  const { decision, image, findings, problems, names } = report;
  const paint = painter(options);
  const [word, colour] = VERDICTS[decision.outcome];
  const digest = image.digest ?? image.configDigest;
  const platform = image.platform === undefined ? '' : ` (${platformOf(image.platform)})`;
  // Where nothing below says why, the reason itself does.
  const lone = findings.length + problems.length === 0 || decision.outcome === 'allow';
  const room = options.width - word.length - 2;
  return [
    `${paint(colour, word)}  ${paint('bold', wrap(`${toPrintable(image.location, 1000)}${platform}`, room, '  '))}`,
    paint('dim', digest ?? image.kind),
    ...(image.cloud === undefined ? [] : [paint('dim', wrap(cloudFacts(image.cloud), options.width, '  '))]),
    renderCounts(report, options),
    ...names.map((naming) => paint('dim', wrap(whoseName(naming), options.width, '  '))),
    ...(lone ? decision.reasons.map((reason) => wrap(toPrintable(reason, 500), options.width)) : []),
  ];
}

/** `ami-1 in eu-west-1 · debian-12 · owner 136693071363 · public · made 2026-01-02`. */
function cloudFacts({ id, region, name, owner, ownerAlias, public: open, created }: CloudFacts): string {
  const parts = [
    region === undefined ? id : `${id} in ${region}`,
    name,
    owner === undefined ? undefined : `owner ${owner}${ownerAlias === undefined ? '' : ` (${ownerAlias})`}`,
    open === undefined ? undefined : open ? 'public' : 'not public',
    created === undefined ? undefined : `made ${created.slice(0, 10)}`,
  ];
  return parts
    .filter((part) => part !== undefined)
    .map((part) => toPrintable(part, 300))
    .join(' · ');
}

function renderCounts({ findings, problems }: Report, options: TerminalOptions): string {
  const paint = painter(options);
  const unread = problems.filter(({ effect }) => effect === 'incomplete').length;
  const counts = TIERS.map((tier) => {
    const count = findings.filter((finding) => finding.tier === tier).length;
    return paint(count === 0 ? 'dim' : TIER_COLOURS[tier], `${count} ${tier}`);
  });
  return [...counts, ...(unread > 0 ? [paint('yellow', `${plural(unread, 'part')} unread`)] : [])].join(
    ' · ',
  );
}

function renderProblems(
  problems: readonly Problem[],
  options: TerminalOptions & { verbose: boolean },
): string[] {
  if (problems.length === 0) return [];
  const paint = painter(options);
  const sorted = problems.toSorted(
    (a, b) => Number(b.effect === 'incomplete') - Number(a.effect === 'incomplete'),
  );
  const shown = options.verbose ? sorted : sorted.slice(0, PROBLEMS);
  const rest = sorted.length - shown.length;
  return [
    '',
    `${paint('bold', 'PROBLEMS')}  ${wrap('what could not be read, or is worth saying about how it was', options.width - 10, '          ')}`,
    ...shown.map((problem) => renderProblem(problem, options)),
    ...(rest > 0 ? [paint('dim', `  … ${rest} more; --verbose shows them all`)] : []),
  ];
}

function renderProblem({ code, effect, message, layer, path }: Problem, options: TerminalOptions): string {
  const paint = painter(options);
  const where = [
    path === undefined ? '' : `/${toPrintable(path, 200)}`,
    layer === undefined ? '' : layerName(layer),
  ]
    .filter((part) => part !== '')
    .join(', ');
  const mark = effect === 'incomplete' ? paint('yellow', '!') : paint('dim', 'i');
  const text = `${code} ${toPrintable(message, 500)}${where === '' ? '' : ` (${where})`}`;
  return `  ${mark} ${wrap(text, options.width - 4, '    ')}`;
}

function renderContents({ image, packages, timings }: Report, options: TerminalOptions): string[] {
  const paint = painter(options);
  const distribution = image.distribution;
  const system =
    distribution === undefined ? 'no known distribution' : (distribution.name ?? distribution.id);
  const types = Map.groupBy(packages, ({ type }) => type);
  const kinds = [...types].map(([type, list]) => `${plural(list.length, `${type} package`)}`);
  const cached = image.layers.filter((layer) => layer.cached).length;
  const layers = `${plural(image.layers.length, image.layers.some(({ volume }) => volume !== undefined) ? 'volume' : 'layer')}${cached > 0 ? ` (${cached} from the cache)` : ''}`;
  const contents = [
    toPrintable(system, 60),
    ...(kinds.length > 0 ? kinds : ['no packages']),
    plural(image.files, 'file'),
    layers,
  ];
  return [
    paint('dim', wrap(contents.join(' · '), options.width)),
    paint('dim', `read in ${(timings.total / 1000).toFixed(2)} s`),
  ];
}
