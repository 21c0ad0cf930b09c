import type { Report } from '../../core/report.ts';
import type { Rejection, VerifiedSignature } from '../../core/vouching.ts';
import { kindOf, rejectedBesides, renderTime, short, whoElse, whoIs } from '../vouching/lines.ts';
import { html, type Markup } from './markup.ts';

/** Signatures that do not count, on the page at most. */
const REJECTED = 50;

/** Who vouches for the image, who tried to, and what is missing. */
export function renderVouching({ vouching }: Report): Markup {
  const { outcome, reasons, verified } = vouching;
  if (outcome === 'unchecked') {
    return html`<section class="vouching">
<h2>Who vouches for it</h2>
<p>${reasons.map(({ message }) => message).join('; ')}</p>
</section>`;
  }
  const rejected = rejectedBesides(vouching);
  const [tone, word] =
    outcome === 'trusted' ? ['allow', 'Those you trust do'] : ['deny', 'Not those you trust'];
  return html`<section class="vouching">
<h2>Who vouches for it</h2>
<div class="card ${tone}">
<h3>${word}</h3>
<ul>${verified.map(renderVerified)}${reasons.map((reason) => renderRejection(reason, 'deny'))}${rejected.slice(0, REJECTED).map((rejection) => renderRejection(rejection, 'note'))}</ul>
${rejected.length > REJECTED ? html`<p class="layer">${rejected.length - REJECTED} more do not count; the JSON report has them.</p>` : undefined}</div>
</section>`;
}

function renderVerified(signature: VerifiedSignature): Markup {
  const { identity, subject, times, log, says, notes } = signature;
  const lines = [
    whoElse(identity),
    `${kindOf(signature)} on the ${subject.kind} ${short(subject.digest)}`,
    ...times.map(renderTime),
    ...(log === undefined ? [] : [`entry ${log.index} of ${log.log}`]),
    ...says,
    ...notes,
  ];
  return html`<li class="allow"><span class="mark" aria-hidden="true">✓</span> <b>${whoIs(identity)}</b><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></li>`;
}

function renderRejection({ code, message }: Rejection, tone: 'deny' | 'note'): Markup {
  return html`<li class="${tone}"><span class="mark" aria-hidden="true">✕</span> <code>${code}</code> ${message}</li>`;
}
