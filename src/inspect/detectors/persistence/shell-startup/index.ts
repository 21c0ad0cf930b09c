import { fewOfEach } from '../../../content/bounded.ts';
import { blankComments } from '../../../content/shell/comments.ts';
import { isPrivate, isVariable } from '../../../content/shell/destination.ts';
import { type Cut, lineCounter } from '../../../content/shell/match.ts';
import { findNetworkCode } from '../../../content/shell/network-code.ts';
import type { Detector } from '../../../contract.ts';
import { findRemoteCode, REMOTE_WORDS } from '../remote-code.ts';

/*
 * What every shell runs as it starts comes back with every login. A greeting may ask the network something; code that
 * the network or a decoder gives, and a connection that is given to a shell, have no honest reason to be there.
 */

interface StartupCode {
  readonly tier: 'block' | 'review';
  readonly line: number;
  readonly text: string;
}

const RULE = 'persistence/shell-startup';
/** Of each tier in one file. */
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
      tier: 'block',
      title: 'Every shell that starts runs code from elsewhere',
      remedy: 'Move the code to where it is called on purpose, or remove it.',
      attack: ['T1546.004', 'T1037.004'],
      controls: ['TVM-06', 'IVS-04'],
      references: ['https://attack.mitre.org/techniques/T1546/004/'],
    },
  ],
  examiner: {
    id: RULE,
    version: 4,
    // Whatever it looks like: a shell goes on to the next line after one it cannot make sense of.
    wants: [{ paths: SYSTEM }, { paths: HOME }],
    examine: (file) =>
      fewOfEach(
        codeIn(blankComments(file.text(), 'shell'), (what) => file.cut(what)),
        MAX_FACTS,
        ({ tier }) => tier,
      ),
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { tier, line, text } = observation;
      yield { rule: RULE, tier, layer, path, line, evidence: text, yieldsToPackages: true };
    }
  },
};

function* codeIn(text: string, cut: Cut): Generator<StartupCode> {
  const told = new Set<number>();
  for (const { kind, line, text: code } of findRemoteCode(text, cut)) {
    told.add(line);
    // Only to open a connection is to talk to the network, as the rest does.
    yield { tier: kind === 'device' ? 'review' : 'block', line, text: `${REMOTE_WORDS[kind]}: ${code}` };
  }
  const lineAt = lineCounter(text);
  for (const { offset, text: code, to } of findNetworkCode(text)) {
    const line = lineAt(offset);
    // A function that fetches what its caller names, or asks this machine, reaches nobody by itself.
    if (to === undefined || isVariable(to.host) || isPrivate(to.host)) continue;
    if (told.has(line) || isDefinition(code)) continue;
    told.add(line);
    yield { tier: 'review', line, text: `talks to the network: ${code}` };
  }
}

/** `alias ip='curl https://…'` runs when somebody types it. */
function isDefinition(code: string): boolean {
  return /^(?:alias|abbr)\s/.test(code);
}
