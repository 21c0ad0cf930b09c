import type { ReportingDescriptor } from 'sarif';
import type { Tier } from '../../core/finding.ts';
import { attackUrl, isWebUrl } from '../links.ts';
import type { RuleGroup } from '../rule-group.ts';

export const LEVELS: Readonly<Record<Tier, 'error' | 'warning' | 'note'>> = {
  block: 'error',
  review: 'warning',
  note: 'note',
};

/** On the CVSS scale, as GitHub's code scanning reads `security-severity`: critical, medium, low. */
const SEVERITIES: Readonly<Record<Tier, string>> = { block: '9.5', review: '5.5', note: '2.0' };

/** A rule as its findings describe it. */
export function toRule({ rule, tier, first }: RuleGroup): ReportingDescriptor {
  const { title, remedy, attack, controls, references } = first;
  const [helpUri] = references.filter(isWebUrl);
  return {
    id: rule,
    name: toPascalCase(rule),
    shortDescription: { text: title },
    fullDescription: { text: `${title}. ${remedy}` },
    help: { text: toText(first), markdown: toMarkdown(first) },
    ...(helpUri !== undefined && { helpUri }),
    defaultConfiguration: { level: LEVELS[tier] },
    properties: {
      tags: [
        'security',
        ...attack.map((id) => `external/mitre/attack/${id}`),
        ...controls.map((id) => `external/csa/ccm/${id}`),
      ],
      precision: tier === 'block' ? 'very-high' : 'high',
      'security-severity': SEVERITIES[tier],
    },
  };
}

function toPascalCase(rule: string): string {
  return rule.replace(/(?:^|[/-])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function toText({ title, remedy, attack, controls, references }: RuleGroup['first']): string {
  return [
    `${title}.`,
    remedy,
    ...(attack.length > 0 ? [`MITRE ATT&CK: ${attack.join(', ')}`] : []),
    ...(controls.length > 0 ? [`CSA CCM: ${controls.join(', ')}`] : []),
    ...references,
  ].join('\n');
}

function toMarkdown({ title, remedy, attack, controls, references }: RuleGroup['first']): string {
  const techniques = attack.map((id) => {
    const url = attackUrl(id);
    return url === undefined ? id : `[${id}](${url})`;
  });
  return [
    `**${title}**`,
    remedy,
    ...(techniques.length > 0 ? [`MITRE ATT&CK: ${techniques.join(', ')}`] : []),
    ...(controls.length > 0 ? [`CSA CCM: ${controls.join(', ')}`] : []),
    ...references.filter(isWebUrl).map((url) => `<${url}>`),
  ].join('\n\n');
}
