import type { Finding } from '../../core/finding.ts';

/** Stands where the value of a secret would: a page is passed around. */
export const MASKED = '(a secret, not shown)';

/** The places in the config that a secret was found in. */
export function secretPlaces(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.filter(isSecret).map(({ location }) => location.config ?? ''));
}

/** The layers whose history line holds a secret. */
export function secretLayers(findings: readonly Finding[]): ReadonlySet<number> {
  const lines = findings.filter(
    (finding) => isSecret(finding) && finding.location.config?.startsWith('history'),
  );
  return new Set(lines.map(({ location }) => location.layer?.index ?? -1));
}

function isSecret({ rule }: Finding): boolean {
  return rule.startsWith('secrets/');
}
