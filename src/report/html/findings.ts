import { type Finding, TIERS, type Tier } from '../../core/finding.ts';
import type { Report } from '../../core/report.ts';
import { attackUrl, isWebUrl } from '../links.ts';
import { hiddenIn, layerName, placeOf, shortDigest } from '../place.ts';
import { groupByRule, type RuleGroup } from '../rule-group.ts';
import { html, type Markup } from './markup.ts';

/** Places open at once; the rest of a long list is folded. */
const SHOWN = 10;

const MEANINGS: Readonly<Record<Tier, string>> = {
  block: 'alone enough to refuse the image',
  review: 'a person should look',
  note: 'worth knowing',
};

/** Findings as cards, one for each rule, by tier. */
export function renderFindings({ findings }: Report): Markup {
  if (findings.length === 0)
    return html`<section><h2>Findings</h2><p class="nothing">Nothing was found.</p></section>`;
  return html`${TIERS.map((tier) =>
    renderTier(
      tier,
      findings.filter((finding) => finding.tier === tier),
    ),
  )}`;
}

function renderTier(tier: Tier, findings: readonly Finding[]): Markup {
  if (findings.length === 0) return html``;
  return html`<section class="tier ${tier}">
<h2><span class="badge ${tier}">${findings.length.toLocaleString('en')} ${tier}</span> <small>${MEANINGS[tier]}</small></h2>
${groupByRule(findings).map(renderCard)}
</section>
`;
}

function renderCard({ rule, first, tier, findings }: RuleGroup): Markup {
  const places = findings.map(renderPlace);
  const rest = places.slice(SHOWN);
  const more =
    rest.length === 0
      ? undefined
      : html`<details><summary>${rest.length} more places</summary><ul class="places">${rest}</ul></details>`;
  return html`<article class="card ${tier}">
<h3>${first.title}</h3>
<p class="rule"><code>${rule}</code>${findings.length > 1 ? html` <span>${findings.length} places</span>` : undefined}</p>
<ul class="places">${places.slice(0, SHOWN)}</ul>${more}
<p class="remedy"><b>What to do</b> ${first.remedy}</p>
<p class="links">${linksOf(first)}</p>
</article>
`;
}

function renderPlace({ location, evidence }: Finding): Markup {
  const { layer } = location;
  const hidden = hiddenIn(location);
  return html`<li><p class="path">${placeOf(location)}</p>
${evidence === '' ? undefined : html`<pre class="evidence">${evidence}</pre>`}
${layer === undefined ? undefined : html`<p class="layer">${layerName(layer)} <code>${shortDigest(layer.digest)}</code>${hidden === undefined ? undefined : html` <em>${hidden}</em>`}</p>`}</li>
`;
}

function linksOf({ attack, controls, references }: Finding): Markup[] {
  const urls = attack.map(attackUrl);
  return [
    ...attack.map((id, index) => link(`ATT&CK ${id}`, urls[index])),
    ...controls.map((id) => html`<span>CCM ${id}</span> `),
    ...references
      .filter((url) => !urls.includes(url))
      .map((url) => link(hostOf(url), isWebUrl(url) ? url : undefined)),
  ];
}

function link(text: string, url: string | undefined): Markup {
  return url === undefined
    ? html`<span>${text}</span> `
    : html`<a href="${url}" rel="noopener noreferrer">${text}</a> `;
}

function hostOf(url: string): string {
  return isWebUrl(url) ? new URL(url).hostname : url;
}
