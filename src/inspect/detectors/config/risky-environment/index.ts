import type { Rule } from '../../../../core/finding.ts';
import type { Detector } from '../../../contract.ts';
import { maskCredentials, type Risk, riskOf } from './variables.ts';

const CONTROLS = ['CCC-04', 'TVM-06', 'STA-08'];

const RULES: Readonly<Record<Risk['rule'], Rule>> = {
  index: {
    id: 'config/package-index-environment',
    tier: 'review',
    title: 'The environment replaces a package index',
    remedy:
      'Give the index at build time only, or approve the image knowing that later installs use this index.',
    attack: ['T1195.001', 'T1195.002'],
    controls: CONTROLS,
    references: ['https://attack.mitre.org/techniques/T1195/001/'],
  },
  proxy: {
    id: 'config/proxy-environment',
    tier: 'review',
    title: 'The environment sends traffic through a proxy',
    remedy:
      'Leave proxies to whoever runs the container; in an image everything it says may be read elsewhere.',
    attack: ['T1557', 'T1090'],
    controls: ['IVS-03', ...CONTROLS],
    references: ['https://attack.mitre.org/techniques/T1557/', 'https://attack.mitre.org/techniques/T1090/'],
  },
  hook: {
    id: 'config/startup-hook-environment',
    tier: 'review',
    title: 'The environment loads code into programs as they start',
    remedy: 'Look at the file it names; start the one program that needs it with the option instead.',
    attack: ['T1574', 'T1546.004'],
    controls: CONTROLS,
    references: [
      'https://attack.mitre.org/techniques/T1574/',
      'https://attack.mitre.org/techniques/T1546/004/',
      'https://nodejs.org/api/cli.html#node_optionsoptions',
    ],
  },
  verification: {
    id: 'config/verification-off-environment',
    tier: 'review',
    title: 'The environment turns the checking of certificates or packages off',
    remedy: 'Take the variable out, and add the certificate authority that was missing instead.',
    attack: ['T1562', 'T1557'],
    controls: ['DSP-17', ...CONTROLS],
    references: [
      'https://attack.mitre.org/techniques/T1562/',
      'https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue',
    ],
  },
};

export const riskyEnvironment: Detector = {
  id: 'config/risky-environment',
  rules: Object.values(RULES),
  *judge({ config }) {
    for (const line of config.env) {
      const equals = line.indexOf('=');
      if (equals <= 0) continue;
      const name = line.slice(0, equals);
      const risk = riskOf(name, line.slice(equals + 1));
      if (risk === undefined) continue;
      const tier = risk.tier === undefined ? {} : { tier: risk.tier };
      yield { rule: RULES[risk.rule].id, config: `Env.${name}`, ...tier, evidence: maskCredentials(line) };
    }
  },
};
