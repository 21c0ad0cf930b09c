import { TIERS } from '../../core/finding.ts';
import type { Report, ReportedLayer } from '../../core/report.ts';
import { formatBytes } from '../bytes.ts';
import { layerName, shortDigest, volumeFacts } from '../place.ts';
import { html, type Markup } from './markup.ts';

/** The layers from the base up: what made each, and how much was found in it. */
export function renderLayers({ image, findings, problems }: Report): Markup {
  if (image.layers.length === 0) return html``;
  const rows = image.layers.map((layer) => {
    const here = findings.filter(({ location }) => location.layer?.index === layer.index);
    const badges = TIERS.map((tier) => ({
      tier,
      count: here.filter((finding) => finding.tier === tier).length,
    }));
    const unread = problems.filter(
      (problem) => problem.effect === 'incomplete' && problem.layer?.index === layer.index,
    );
    return renderLayer(layer, [
      ...badges
        .filter(({ count }) => count > 0)
        .map(({ tier, count }) => html`<span class="badge ${tier}">${count} ${tier}</span> `),
      ...(unread.length > 0 ? [html`<span class="badge problem">${unread.length} unread</span>`] : []),
    ]);
  });
  return html`<section>
<h2>Layers</h2>
<ol class="layers" start="0">${rows}</ol>
</section>`;
}

function renderLayer(layer: ReportedLayer, badges: readonly Markup[]): Markup {
  const { index, digest, diffId, size, files, cached, instruction } = layer;
  const facts = [
    ...(size === undefined ? [] : [formatBytes(size)]),
    `${files.toLocaleString('en')} ${files === 1 ? 'file' : 'files'}`,
    ...(cached ? ['from the cache'] : []),
  ];
  return html`<li>
<p class="head"><b>${layer.volume === undefined ? index : layerName(layer)}</b> <code title="${digest}, diff id ${diffId}">${shortDigest(digest)}</code> <span>${facts.join(' · ')}</span> ${badges}</p>
<pre class="instruction">${instruction ?? volumeFacts(layer) ?? 'no history says what made it'}</pre>
</li>
`;
}
