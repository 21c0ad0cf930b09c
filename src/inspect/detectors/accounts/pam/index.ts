import type { Detector } from '../../../contract.ts';
import { type AuthLine, endsOnSuccess, parseAuthLines } from './auth-lines.ts';

/*
 * pam_permit lets everybody in. Honest stacks use it, but only where it decides nothing: Debian's common-auth ends with
 * `requisite pam_deny` and then `required pam_permit`, so that the stack has a result. It is a backdoor where its success
 * ends the stack, or where a login service asks no other module. pam_exec in `auth` hands passwords to a program.
 */

const PERMIT = 'accounts/pam-permit';
const EXEC = 'accounts/pam-exec';

interface PamFact {
  readonly kind: 'permit' | 'exec';
  readonly line: number;
  readonly text: string;
}

/** Services by which people log in or become another user, and the files they include. */
const LOGIN_SERVICES =
  /^(?:sshd|login|remote|su|su-l|sudo|sudo-i|doas|other|common-auth|system-auth|system-auth-ac|password-auth|password-auth-ac|base-auth|system-login|system-local-login|system-remote-login|dropbear|cockpit|vsftpd)$/;

/** Modules that prepare or delay but do not say who somebody is. */
const UNDECIDING =
  /^pam_(?:cap|debug|echo|env|faildelay|group|issue|keyinit|lastlog|limits|motd|nologin|permit|securetty|shells|time|umask|warn)$/;

/** More in one file say no more: all are refused. */
const MAX_FACTS = 200;

export const pam: Detector<PamFact> = {
  id: 'accounts/pam',
  rules: [
    {
      id: PERMIT,
      tier: 'block',
      title: 'PAM lets everybody in without proof',
      remedy: "Put back the distribution's PAM file, and find out which build step changed it.",
      attack: ['T1556.003'],
      controls: ['IAM-14', 'TVM-06'],
      references: ['https://attack.mitre.org/techniques/T1556/003/'],
    },
    {
      id: EXEC,
      tier: 'block',
      title: 'PAM runs a program while it checks passwords',
      remedy:
        'Remove the pam_exec line and the program it names: with expose_authtok it reads every password typed.',
      attack: ['T1556.003'],
      controls: ['IAM-14', 'TVM-06'],
      references: [
        'https://attack.mitre.org/techniques/T1556/003/',
        'https://man7.org/linux/man-pages/man8/pam_exec.8.html',
      ],
    },
  ],
  examiner: {
    id: 'accounts/pam',
    version: 3,
    wants: [{ paths: /^(?:etc|usr\/etc|usr\/lib|usr\/share)\/(?:pam\.d\/[^/]{1,255}|pam\.conf)$/ }],
    examine(file) {
      const lines = [...parseAuthLines(file.text(), file.record.path)];
      return factsOf(lines).take(MAX_FACTS);
    },
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const rule = observation.kind === 'exec' ? EXEC : PERMIT;
      const { line, text } = observation;
      yield { rule, layer, path, line, evidence: text, yieldsToPackages: true };
    }
  },
};

function* factsOf(lines: readonly AuthLine[]): Generator<PamFact> {
  for (const each of lines) {
    const { line, text, module } = each;
    if (module === 'pam_exec') yield { kind: 'exec', line, text };
    if (module === 'pam_permit' && endsOnSuccess(each)) yield { kind: 'permit', line, text };
  }
  const open = Map.groupBy(lines, ({ service }) => service);
  for (const [service, stack] of open) {
    const permit = stack.find(({ module }) => module === 'pam_permit');
    if (permit === undefined || endsOnSuccess(permit) || !LOGIN_SERVICES.test(service)) continue;
    if (stack.every(({ module }) => UNDECIDING.test(module)))
      yield { kind: 'permit', line: permit.line, text: `${permit.text} (nothing else decides)` };
  }
}
