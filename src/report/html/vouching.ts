import type { Report } from '../../core/report.ts';
import type { Rejection, VerifiedSignature } from '../../core/vouching.ts';
import { renderTime, short, whoElse, whoIs } from '../vouching/lines.ts';
import { html, type Markup } from './markup.ts';

/** Signatures that do not count, on the page at most. */
const REJECTED = 50;

/** Who vouches for the image, who tried to, and what is missing. */
export function renderVouching({ vouching }: Report): Markup {
  const { outcome, reasons, verified, rejected } = vouching;
  if (outcome === 'unchecked') {
    return html`<section class="vouching">
<h2>Who vouches for it</h2>
<p>${reasons.map(({ message }) => message).join('; ')}</p>
</section>`;
  }
  return html`<section class="vouching">
<h2>Who vouches for it</h2>
<p class="${outcome === 'trusted' ? 'allow' : 'deny'}">${outcome === 'trusted' ? 'Those you trust do.' : 'Not those you trust.'}</p>
<ul>${verified.map(renderVerified)}${reasons.map(renderRejection)}${rejected.slice(0, REJECTED).map(renderRejection)}</ul>
${rejected.length > REJECTED ? html`<p>${rejected.length - REJECTED} more do not count; the JSON report has them.</p>` : undefined}</section>`;
}

function renderVerified({
  identity,
  subject,
  times,
  log,
  predicateType,
  says,
  notes,
}: VerifiedSignature): Markup {
  const lines = [
    whoElse(identity),
    `${predicateType ?? 'signature'} on the ${subject.kind} ${short(subject.digest)}`,
    ...times.map(renderTime),
    ...(log === undefined ? [] : [`entry ${log.index} of ${log.log}`]),
    ...says,
    ...notes,
  ];
  return html`<li><span class="mark" aria-hidden="true">✓</span> <b>${whoIs(identity)}</b><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></li>`;
}

function renderRejection({ code, message }: Rejection): Markup {
  return html`<li><span class="mark" aria-hidden="true">✕</span> <code>${code}</code> ${message}</li>`;
}
