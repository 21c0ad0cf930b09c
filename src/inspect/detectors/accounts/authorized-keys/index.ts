import { createHash } from 'node:crypto';
import type { Detector } from '../../../contract.ts';

/** One line of sshd(8)'s AUTHORIZED_KEYS FILE FORMAT: options, key type, key, comment. */
interface AuthorizedKey {
  readonly line: number;
  readonly type: string;
  /** As `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  readonly comment: string;
}

const RULE = 'accounts/authorized-keys';

const KEY =
  /(?:^|[ \t])(ssh-(?:rsa|dss|ed25519|ed448)|ecdsa-sha2-nistp\d{3}|sk-[a-z0-9@.-]{10,50})[ \t]+(AAAA[A-Za-z0-9+/]{20,}={0,2})(?:[ \t]+([^\r\n]{0,80}))?/;

/** More in one file say no more. */
const MAX_KEYS = 1_000;

export const authorizedKeys: Detector<AuthorizedKey> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'An SSH key may log in',
      remedy: 'Remove the key from the image; give hosts their keys when they start, if they need any.',
      attack: ['T1098.004'],
      controls: ['IAM-16', 'IAM-14'],
      references: ['https://attack.mitre.org/techniques/T1098/004/'],
    },
  ],
  examiner: {
    id: RULE,
    version: 3,
    wants: [
      { paths: /(?:^|\/)(?:\.ssh|dropbear)\/authorized_keys2?$/ },
      { paths: /^etc\/ssh\/(?:authorized_keys|[^/]{0,100}authorized[-_]keys[^/]{0,20}(?:\/[^/]{1,100})?$)/ },
    ],
    examine: (file) => keysIn(file.text()).take(MAX_KEYS),
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { line, type, fingerprint, comment } = observation;
      const evidence = `${type} ${fingerprint} ${comment}`.trim();
      yield { rule: RULE, layer, path, line, evidence, yieldsToPackages: true };
    }
  },
};

function* keysIn(text: string): Generator<AuthorizedKey> {
  for (const [index, line] of text.split('\n').entries()) {
    const key = keyOf(line);
    if (key !== undefined) yield { line: index + 1, ...key };
  }
}

function keyOf(raw: string): Omit<AuthorizedKey, 'line'> | undefined {
  const line = raw.trim();
  if (line === '' || line.startsWith('#')) return undefined;
  const [, type, key, comment = ''] = KEY.exec(line) ?? [];
  if (type === undefined || key === undefined) return undefined;
  const hash = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');
  return { type, fingerprint: `SHA256:${hash.replace(/=+$/, '')}`, comment: comment.trim() };
}
