import { firstOf } from '../../../content/bounded.ts';
import type { Detector } from '../../../contract.ts';
import { type Directive, parseDirectives } from './directives.ts';

const LOGIN = 'accounts/sshd-login';
const KEYS = 'accounts/sshd-keys';

/** Where OpenSSH, and administrators who follow it, keep keys. */
const USUAL_KEYS =
  /^(?:none|(?:%h\/|~\/)?\.ssh\/authorized_keys2?|\/home\/%u\/\.ssh\/authorized_keys|\/etc\/ssh\/(?:authorized_keys(?:\.d)?|authorized-keys|keys)\/%u|\/etc\/ssh\/authorized_keys\.%u)$/;

/** More than honest configurations have; whether a package owns a program is known later. */
const MAX_FACTS = 1_000;
const MAX_SHOWN = 1_000;

interface RiskyDirective extends Directive {
  readonly rule: string;
}

export const sshd: Detector<RiskyDirective> = {
  id: 'accounts/sshd',
  rules: [
    {
      id: LOGIN,
      tier: 'review',
      title: 'The SSH server lets root in, or lets passwords in',
      remedy:
        'Set PermitRootLogin and PasswordAuthentication to no; a container seldom needs an SSH server at all.',
      attack: ['T1021.004', 'T1078.003'],
      controls: ['IAM-14', 'IAM-09'],
      references: ['https://man.openbsd.org/sshd_config', 'https://attack.mitre.org/techniques/T1021/004/'],
    },
    {
      id: KEYS,
      tier: 'review',
      title: 'The SSH server takes its keys from an unusual place',
      remedy:
        'Find out who controls the program or file that says which keys may log in; else remove the setting.',
      attack: ['T1098.004', 'T1556'],
      controls: ['IAM-14', 'IAM-16'],
      references: ['https://man.openbsd.org/sshd_config', 'https://attack.mitre.org/techniques/T1098/004/'],
    },
  ],
  examiner: {
    id: 'accounts/sshd',
    version: 3,
    wants: [{ paths: /^(?:usr\/)?(?:local\/)?etc\/ssh\/sshd_config(?:\.d\/[^/]{1,250}\.conf)?$/ }],
    examine: (file) =>
      firstOf(riskyDirectives(file.text()), MAX_FACTS, () => {
        file.cut(`settings that let somebody in after the first ${MAX_FACTS}`);
      }),
  },
  *judge(image, seen) {
    for (const { layer, path, observation } of seen) {
      const { rule, keyword, value, match, line } = observation;
      if (keyword === 'authorizedkeyscommand' && image.owner(programOf(value), layer) !== undefined) continue;
      const evidence = `${keyword} ${value}${match === undefined ? '' : ` (Match ${match})`}`;
      yield { rule, layer, path, line, evidence, yieldsToPackages: true };
    }
  },
};

function* riskyDirectives(text: string): Generator<RiskyDirective> {
  for (const each of parseDirectives(text)) {
    const rule = ruleOf(each);
    if (rule === undefined) continue;
    const match = each.match === undefined ? {} : { match: each.match.slice(0, MAX_SHOWN) };
    yield { ...each, ...match, value: each.value.slice(0, MAX_SHOWN), rule };
  }
}

function ruleOf({ keyword, value }: Directive): string | undefined {
  switch (keyword) {
    case 'permitrootlogin':
    case 'passwordauthentication':
    case 'permitemptypasswords':
      return value.toLowerCase() === 'yes' ? LOGIN : undefined;
    case 'authorizedkeyscommand':
      return value.toLowerCase() === 'none' ? undefined : KEYS;
    case 'authorizedkeysfile':
      return value.split(/\s+/).every((place) => USUAL_KEYS.test(place)) ? undefined : KEYS;
    default:
      return undefined;
  }
}

function programOf(command: string): string {
  return command.split(/\s/, 1)[0] ?? '';
}
