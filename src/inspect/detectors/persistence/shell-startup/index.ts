import { isPrivate, isVariable } from '../../../content/shell/destination.ts';
import { lineOf } from '../../../content/shell/match.ts';
import { findNetworkCode } from '../../../content/shell/network-code.ts';
import { isComment } from '../../../content/shell/text-role.ts';
import type { Detector } from '../../../contract.ts';
import { findRemoteCode } from '../remote-code.ts';

interface StartupCode {
  readonly line: number;
  readonly text: string;
}

const RULE = 'persistence/shell-startup';
const MAX_FACTS = 50;

const SYSTEM =
  /^(?:etc\/(?:profile|profile\.d\/[^/]{1,255}|bash\.bashrc|bashrc|bash\.bash_logout|environment|zsh\/[^/]{1,100}|z(?:shrc|shenv|profile|login|logout)|csh\.(?:cshrc|login)|fish\/config\.fish|fish\/conf\.d\/[^/]{1,100}|rc\.local|rc\.d\/rc\.local|update-motd\.d\/[^/]{1,255}|X11\/Xsession\.d\/[^/]{1,100})|usr\/lib\/update-motd\.d\/[^/]{1,255})$/;
const HOME =
  /(?:^|\/)\.(?:bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|kshrc|shrc|ashrc|zshrc|zshenv|zprofile|zlogin|zlogout|cshrc|tcshrc|login|xprofile|xsessionrc|config\/fish\/config\.fish)$/;

export const shellStartup: Detector<StartupCode> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'Every shell that starts talks to the network',
      remedy: 'Move the code to where it is called on purpose, or remove it.',
      attack: ['T1546.004', 'T1037.004'],
      controls: ['TVM-06', 'IVS-04'],
      references: ['https://attack.mitre.org/techniques/T1546/004/'],
    },
  ],
  examiner: {
    id: RULE,
    version: 2,
    wants: [
      { paths: SYSTEM, content: ['text', 'script'] },
      { paths: HOME, content: ['text', 'script'] },
    ],
    examine: (file) => codeIn(file.text()).take(MAX_FACTS),
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { line, text } = observation;
      yield { rule: RULE, layer, path, line, evidence: text, yieldsToPackages: true };
    }
  },
};

function* codeIn(text: string): Generator<StartupCode> {
  const told = new Set<number>();
  for (const { line, text: code } of findRemoteCode(text)) {
    told.add(line);
    yield { line, text: code };
  }
  for (const { offset, text: code, to } of findNetworkCode(text)) {
    const line = lineOf(text, offset);
    // A function that fetches what its caller names, or asks this machine, reaches nobody by itself.
    if (to === undefined || isVariable(to.host) || isPrivate(to.host)) continue;
    if (told.has(line) || isComment(text, offset, 'shell') || isDefinition(code)) continue;
    told.add(line);
    yield { line, text: code };
  }
}

/** `alias ip='curl https://…'` runs when somebody types it. */
function isDefinition(code: string): boolean {
  return /^(?:alias|abbr)\s/.test(code);
}
