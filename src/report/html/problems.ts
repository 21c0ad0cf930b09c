import type { Problem } from '../../core/problem.ts';
import type { Report } from '../../core/report.ts';
import { layerName } from '../place.ts';
import { html, type Markup } from './markup.ts';

export function renderProblems({ problems }: Report): Markup {
  if (problems.length === 0) return html``;
  const sorted = problems.toSorted(
    (a, b) => Number(b.effect === 'incomplete') - Number(a.effect === 'incomplete'),
  );
  return html`<section class="problems">
<h2>Problems <small>what could not be read, or is worth saying about how it was</small></h2>
<ul>${sorted.map(renderProblem)}</ul>
</section>`;
}

function renderProblem({ code, effect, message, path, layer, offset }: Problem): Markup {
  const where = [
    ...(path === undefined ? [] : [`/${path}`]),
    ...(layer === undefined ? [] : [layerName(layer)]),
    ...(offset === undefined ? [] : [`byte ${offset.toLocaleString('en')}`]),
  ];
  return html`<li class="${effect}"><p><code>${code}</code> <span>${effect === 'incomplete' ? 'not read' : 'notice'}</span></p>
<p>${message}</p>${where.length === 0 ? undefined : html`<p class="layer">${where.join(' · ')}</p>`}</li>
`;
}
