import type { Detector, Seen } from '../../../contract.ts';
import { type AccountLine, parseAccountLines } from './account-lines.ts';

/*
 * passwd(5) and shadow(5) decide who is root and who gets in. Both are read in every layer: the account that a later
 * layer removes still ships.
 *
 * A password field is told by its form, not by a list of locked words: what no hash function can produce (`*`, `!`,
 * `!!`, `x`, `*LK*`, `!$6$…`) cannot be typed in, an empty field needs no typing, the rest is a hash.
 */

const SECOND_ROOT = 'accounts/second-root';
const EMPTY_PASSWORD = 'accounts/empty-password';
const PASSWORD_HASH = 'accounts/password-hash';

const MAX_SYSTEM_UID = 999;
const NO_LOGIN = /\/(?:nologin|false|sync|shutdown|halt)$/;

/** Bounds what one file can make us remember, far above what honest ones hold. */
const MAX_NAMES = 10_000;
/** Of each kind. */
const MAX_FACTS = 1_000;

/** The hash itself is never an observation: it would stay in the cache and in the report. */
interface AccountFact {
  readonly kind: 'second-root' | 'empty' | 'hash';
  readonly name: string;
  readonly line: number;
}

/** Who an account is, so that a line of shadow can be judged with its line of passwd. */
interface AccountName {
  readonly kind: 'name';
  readonly name: string;
  readonly system: boolean;
  readonly login: boolean;
}

type Observation = AccountFact | AccountName;

export const passwd: Detector<Observation> = {
  id: 'accounts/passwd',
  rules: [
    {
      id: SECOND_ROOT,
      tier: 'block',
      title: 'A second account has user id 0',
      remedy: 'Remove the account or give it a user id of its own, and find out which build step added it.',
      attack: ['T1136.001', 'T1078.003'],
      controls: ['IAM-16', 'TVM-06'],
      references: ['https://attack.mitre.org/techniques/T1136/001/'],
    },
    {
      id: EMPTY_PASSWORD,
      tier: 'block',
      title: 'An account can be entered without a password',
      remedy: 'Lock the account (passwd -l) or remove it, and rebuild from a base image that has it locked.',
      attack: ['T1078.003', 'T1098'],
      controls: ['IAM-16', 'TVM-06'],
      references: [
        'https://nvd.nist.gov/vuln/detail/CVE-2019-5021',
        'https://attack.mitre.org/techniques/T1078/003/',
      ],
    },
    {
      id: PASSWORD_HASH,
      tier: 'block',
      title: 'Root or a system account has a password',
      remedy:
        'Lock the account (passwd -l): who set the password can log in, and who has the image can crack it.',
      attack: ['T1078.003', 'T1552.001'],
      controls: ['IAM-16', 'TVM-06'],
      references: ['https://attack.mitre.org/techniques/T1078/003/'],
    },
  ],
  examiner: {
    id: 'accounts/passwd',
    version: 2,
    namesMatter: true,
    wants: [{ paths: /^(?:etc|usr\/etc|usr\/lib|var\/lib\/extrausers)\/(?:passwd|shadow)$/ }],
    *examine(file) {
      const database = file.record.path.endsWith('shadow') ? 'shadow' : 'passwd';
      const counts = { name: 0, 'second-root': 0, empty: 0, hash: 0 };
      for (const observation of observationsOf(file.text(), database)) {
        const { kind } = observation;
        const most = kind === 'name' ? MAX_NAMES : MAX_FACTS;
        if (counts[kind]++ < most) yield observation;
        else file.cut(`accounts of a kind (${kind}) after the first ${most}`);
      }
    },
  },
  *judge(_image, seen) {
    const accounts = accountsOf(seen);
    for (const { layer, path, observation } of seen) {
      if (observation.kind === 'name') continue;
      const { kind, name, line } = observation;
      const place = { layer, path, line };
      const account = accounts.get(name) ?? { system: true, login: true };
      if (kind === 'second-root') yield { rule: SECOND_ROOT, ...place, evidence: `${name} has uid 0` };
      if (kind === 'empty') {
        const evidence = `${name} has an empty password${account.login ? '' : ', and no login shell'}`;
        yield {
          rule: EMPTY_PASSWORD,
          ...place,
          evidence,
          ...(!account.login && { tier: 'review' as const }),
        };
      }
      if (kind === 'hash') {
        const evidence = `${name} has a password hash`;
        yield { rule: PASSWORD_HASH, ...place, evidence, ...(!account.system && { tier: 'note' as const }) };
      }
    }
  },
};

function* observationsOf(text: string, database: 'passwd' | 'shadow'): Generator<Observation> {
  for (const account of parseAccountLines(text, database)) {
    if (database === 'passwd') yield toName(account);
    const fact = toFact(account);
    if (fact !== undefined) yield fact;
  }
}

function toName({ name, uid = -1, shell = '' }: AccountLine): AccountName {
  const system = uid >= 0 && uid <= MAX_SYSTEM_UID;
  return { kind: 'name', name, system, login: !NO_LOGIN.test(shell) };
}

function toFact({ name, uid, password, line }: AccountLine): AccountFact | undefined {
  if (uid === 0 && name !== 'root') return { kind: 'second-root', name, line };
  // `+` and `-` lines are NIS compatibility (nsswitch.conf(5)): their empty fields mean "from NIS".
  if (password === 'locked' || /^[+-]/.test(name)) return undefined;
  return { kind: password, name, line };
}

/** An account is as dangerous as the worst line about it, in whatever layer. */
function accountsOf(seen: readonly Seen<Observation>[]): Map<string, { system: boolean; login: boolean }> {
  const accounts = new Map<string, { system: boolean; login: boolean }>();
  for (const { observation } of seen) {
    if (observation.kind !== 'name') continue;
    const { name, system, login } = observation;
    const known = accounts.get(name);
    accounts.set(name, { system: system || known?.system === true, login: login || known?.login === true });
  }
  return accounts;
}
