import { CREDENTIAL_NEEDLES } from '../../../content/shell/credentials.ts';
import { toScriptDetector } from '../script-detector.ts';
import { findTheftInCode, findTheftInShell } from './theft.ts';

export const credentialTheft = toScriptDetector({
  version: 4,
  history: true,
  needles: [...CREDENTIAL_NEEDLES, 'printenv', '$(env', 'env |', 'env|curl'],
  rule: {
    id: 'scripts/credential-theft',
    tier: 'block',
    title: 'A script reads credentials and sends them out',
    remedy: 'Do not run the image. Change every credential that a host or cluster which ran it could reach.',
    attack: ['T1552.001', 'T1552.005', 'T1048'],
    controls: ['IAM-16', 'DSP-17', 'TVM-06'],
    references: [
      'https://attack.mitre.org/techniques/T1552/001/',
      'https://attack.mitre.org/techniques/T1552/005/',
      'https://attack.mitre.org/techniques/T1048/',
    ],
  },
  find(text, language, cut) {
    return language === 'shell' || language === 'other' ? findTheftInShell(text, cut) : findTheftInCode(text);
  },
});
