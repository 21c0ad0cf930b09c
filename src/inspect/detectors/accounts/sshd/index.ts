import type { Detector } from '../../../contract.ts';
import { type Directive, parseDirectives } from './directives.ts';

const LOGIN = 'accounts/sshd-login';
const KEYS = 'accounts/sshd-keys';

/** Where OpenSSH, and administrators who follow it, keep keys. */
const USUAL_KEYS =
  /^(?:none|(?:%h\/|~\/)?\.ssh\/authorized_keys2?|\/home\/%u\/\.ssh\/authorized_keys|\/etc\/ssh\/(?:authorized_keys(?:\.d)?|authorized-keys|keys)\/%u|\/etc\/ssh\/authorized_keys\.%u)$/;

const MAX_FACTS = 200;

export const sshd: Detector<Directive> = {
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
    version: 2,
    wants: [{ paths: /^(?:usr\/)?(?:local\/)?etc\/ssh\/sshd_config(?:\.d\/[^/]{1,250}\.conf)?$/ }],
    examine: (file) =>
      parseDirectives(file.text())
        .filter((each) => ruleOf(each) !== undefined)
        .take(MAX_FACTS),
  },
  *judge(image, seen) {
    for (const { layer, path, observation } of seen) {
      const rule = ruleOf(observation);
      if (rule === undefined) continue;
      const { keyword, value, match, line } = observation;
      if (keyword === 'authorizedkeyscommand' && image.owner(programOf(value), layer) !== undefined) continue;
      const evidence = `${keyword} ${value}${match === undefined ? '' : ` (Match ${match})`}`;
      yield { rule, layer, path, line, evidence, yieldsToPackages: true };
    }
  },
};

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
