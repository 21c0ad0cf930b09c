import { toPrintable } from '../../core/printable.ts';
import type { Report } from '../../core/report.ts';
import { placeOf } from '../place.ts';

export interface SpdxAnnotation {
  readonly annotationType: 'REVIEW' | 'OTHER';
  readonly annotator: string;
  readonly annotationDate: string;
  readonly comment: string;
}

/** The decision, and each finding and problem, as the tool's annotations. */
export function annotationsOf(
  { decision, findings, problems }: Report,
  annotator: string,
  annotationDate: string,
): SpdxAnnotation[] {
  const annotate = (annotationType: 'REVIEW' | 'OTHER', comment: string): SpdxAnnotation => ({
    annotationType,
    annotator,
    annotationDate,
    comment,
  });
  return [
    annotate('REVIEW', `decision: ${decision.outcome}`),
    ...findings.map(({ tier, rule, title, location }) =>
      annotate('REVIEW', `${tier} ${rule}: ${title}: ${placeOf(location)}`),
    ),
    ...problems.map(({ code, effect, message }) =>
      annotate('OTHER', `${effect} ${code}: ${toPrintable(message, 1000)}`),
    ),
  ];
}
