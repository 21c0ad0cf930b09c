import type { Detector } from '../../../contract.ts';
import { joinedLines } from '../joined-lines.ts';

/** A rule of sudoers(5) or doas.conf(5) that asks for no password. */
interface OpenRule {
  readonly line: number;
  readonly text: string;
}

const RULE = 'accounts/passwordless-sudo';

/** More in one file say no more. */
const MAX_RULES = 1_000;

export const sudoers: Detector<OpenRule> = {
  id: 'accounts/sudoers',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'An account becomes root without a password',
      remedy:
        'Remove the rule, or narrow it to the one command that needs it; drop sudo from images that run as one user.',
      attack: ['T1548.003'],
      controls: ['IAM-09', 'IAM-16'],
      references: ['https://attack.mitre.org/techniques/T1548/003/'],
    },
  ],
  examiner: {
    id: 'accounts/sudoers',
    version: 3,
    // sudo skips files in the folder whose name has a dot or ends in a tilde.
    wants: [
      {
        paths:
          /^(?:usr\/)?(?:local\/)?etc\/(?:sudoers|sudoers\.d\/[^./]{0,255}[^./~]|doas\.conf|doas\.d\/[^/]{1,255}\.conf)$/,
      },
    ],
    examine(file) {
      const isOpen = file.record.path.includes('/doas') ? isOpenDoas : isOpenSudo;
      return openRules(file.text(), isOpen).take(MAX_RULES);
    },
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { line, text } = observation;
      yield { rule: RULE, layer, path, line, evidence: text, yieldsToPackages: true };
    }
  },
};

function* openRules(whole: string, isOpen: (line: string) => boolean): Generator<OpenRule> {
  for (const { line, text } of joinedLines(whole)) {
    if (isOpen(text.trim())) yield { line, text: text.trim().slice(0, 300) };
  }
}

/** `NOPASSWD:` as a tag of a user specification, or authentication switched off by a `Defaults` line (sudoers(5)). */
function isOpenSudo(line: string): boolean {
  // `#1000` is a user by id, any other `#` begins a comment.
  const rule = line.replace(/#(?!\d).*$/s, '');
  if (/^Defaults\b/.test(rule)) return /[\s,]!authenticate\b/.test(rule);
  return /[\s=:)]NOPASSWD\s*:/.test(rule) && !/^root\s{1,64}[^,\s]/.test(rule);
}

const DOAS_OPTION = /^(?:nopass|nolog|persist|keepenv)$/;

/** `permit [options] identity [as target] [cmd command]` with the option `nopass` (doas.conf(5)). */
function isOpenDoas(line: string): boolean {
  const rule = line.replace(/#.*$/s, '').replace(/\bsetenv\s{0,8}\{[^{}]*\}/, ' ');
  const [action, ...words] = rule.trim().split(/\s+/);
  const identity = words.findIndex((word) => !DOAS_OPTION.test(word));
  if (action !== 'permit' || identity < 0) return false;
  return words.slice(0, identity).includes('nopass') && words[identity] !== 'root';
}
