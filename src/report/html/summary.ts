import type { Outcome } from '../../core/decision.ts';
import { TIERS } from '../../core/finding.ts';
import type { ImageConfig } from '../../core/image.ts';
import type { Report } from '../../core/report.ts';
import { nameOf, platformOf } from '../image-name.ts';
import { whoseName } from '../naming/index.ts';
import { type Content, html, type Markup } from './markup.ts';

const VERDICTS: Readonly<Record<Outcome, readonly [word: string, mark: string, meaning: string]>> = {
  allow: ['Allowed', '✓', 'Nothing above a note was found, and everything could be read.'],
  deny: ['Denied', '✕', 'At least one finding is alone enough to refuse this image.'],
  undetermined: ['Undetermined', '?', 'A person has to look, or something could not be read.'],
};

/** The head of the page: the verdict, the counts, and which image this is. */
export function renderVerdict(report: Report): Markup {
  const { decision, image, findings, problems, packages } = report;
  const [word, mark, meaning] = VERDICTS[decision.outcome];
  const counts = TIERS.map((tier) =>
    count(findings.filter((finding) => finding.tier === tier).length, tier, tier),
  );
  // Where nothing else on the page says why, the reason itself does.
  const lone = findings.length + problems.length === 0 ? decision.reasons[0] : undefined;
  const unread = problems.filter(({ effect }) => effect === 'incomplete').length;
  return html`<header class="${decision.outcome}">
<p class="verdict"><span class="mark" aria-hidden="true">${mark}</span> ${word}</p>
<h1>${nameOf(image)}</h1>
<p class="meaning">${lone ?? meaning}</p>
<ul class="counts">${counts}${count(unread, 'unread', 'problem')}${count(packages.length, packages.length === 1 ? 'package' : 'packages', 'plain')}</ul>
</header>
<dl class="facts">${factsOf(report).map(renderFact)}</dl>`;
}

function count(number: number, word: string, kind: string): Markup {
  return html`<li class="${kind}${number === 0 ? ' zero' : ''}"><b>${number.toLocaleString('en')}</b> ${word}</li>`;
}

type Fact = readonly [name: string, value: Content];

function factsOf({ image, names }: Report): Fact[] {
  const system = image.distribution;
  return [
    ['Location', image.location],
    ...(image.digest === undefined ? [] : [['Digest', html`<code>${image.digest}</code>`] as const]),
    ...(image.configDigest === undefined
      ? []
      : [['Config digest', html`<code>${image.configDigest}</code>`] as const]),
    ...(image.indexDigest === undefined
      ? []
      : [['Index digest', html`<code>${image.indexDigest}</code>`] as const]),
    ...(image.tags.length === 0 ? [] : [['Tags', image.tags.join(', ')] as const]),
    ...names.map((naming): Fact => ['Name', whoseName(naming)]),
    ['Kind', image.kind],
    ...(image.platform === undefined ? [] : [['Platform', platformOf(image.platform)] as const]),
    ['System', system === undefined ? 'not known' : (system.name ?? `${system.id} ${system.version ?? ''}`)],
    [
      'Files',
      `${image.files.toLocaleString('en')} in ${image.layers.length} ${image.layers.length === 1 ? 'layer' : 'layers'}`,
    ],
    ...(image.config.created === undefined ? [] : [['Created', image.config.created] as const]),
  ];
}

function renderFact([name, value]: Fact): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** What the image would run, and how. */
export function renderConfig({ image }: Report): Markup {
  const facts = configFacts(image.config).filter(([, values]) => values.length > 0);
  if (facts.length === 0) return html``;
  return html`<section class="config">
<h2>Config</h2>
<dl class="facts">${facts.map(([name, values]) => renderFact([name, values.map((value) => html`<code>${value}</code>`)]))}</dl>
</section>`;
}

function configFacts(config: ImageConfig): (readonly [name: string, values: readonly string[]])[] {
  const one = (text: string | undefined): string[] => (text === undefined || text === '' ? [] : [text]);
  return [
    ['Entrypoint', config.entrypoint],
    ['Command', config.cmd],
    ['Shell', config.shell],
    ['User', one(config.user)],
    ['Working folder', one(config.workingDir)],
    ['Health check', config.healthcheck],
    ['On build', config.onBuild],
    ['Environment', config.env],
    ['Ports', config.exposedPorts],
    ['Volumes', config.volumes],
    ['Labels', Object.entries(config.labels).map(([name, value]) => `${name}=${value}`)],
    ['Stop signal', one(config.stopSignal)],
    ['Author', one(config.author)],
  ];
}
