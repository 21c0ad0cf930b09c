import type { Vouching } from '../../../../core/vouching.ts';
import type { Detector } from '../../../contract.ts';

const REFUSED = 'signatures/untrusted';
const NO_RULE = 'signatures/no-rule';

const COMMON = {
  attack: ['T1204.003', 'T1195.002'],
  controls: ['UEM-14', 'IAM-16', 'TVM-06'],
  references: ['https://attack.mitre.org/techniques/T1204/003/'],
};

/**
 * Turns the answer of signature verification into findings. Without a trust file nobody was asked, and there is nothing to
 * say: the report's section on who vouches says that.
 */
export function toUntrusted(vouching: Vouching | undefined): Detector {
  return {
    id: REFUSED,
    rules: [
      {
        ...COMMON,
        id: REFUSED,
        tier: 'block',
        title: 'The image is not signed as the trust file asks',
        remedy:
          'Find out where the image comes from. If it is yours, sign it; if somebody else may sign it too, say so in the trust file.',
      },
      {
        ...COMMON,
        id: NO_RULE,
        tier: 'review',
        title: 'The image is unsigned by anyone you trust',
        remedy: 'Add a rule for its name to the trust file, or use an image that a rule covers.',
      },
    ],
    *judge() {
      if (vouching?.outcome !== 'untrusted') return;
      const rule = vouching.rules.length > 0 ? REFUSED : NO_RULE;
      for (const { code, message } of vouching.reasons) {
        yield { rule, config: 'signatures', evidence: `${code}: ${message}` };
      }
    },
  };
}

export const untrusted = toUntrusted(undefined);
