import { entropyOf, isStandIn } from '../evidence/secret-text.ts';
import { hasChecksum } from './checksum.ts';

/** How sure it is that a token was issued by the service it looks to be from. */
export type Proof = 'checksum' | 'structure' | 'shape';

/** One service's tokens. */
export interface TokenKind {
  readonly name: string;
  /** Every token of the kind holds one of these. At least 4 characters. */
  readonly marks: readonly string[];
  /** Characters of a token that may come before its mark. */
  readonly lead?: number;
  /** The whole token; sticky. Group 1, where there is one, is the secret part. */
  readonly shape: RegExp;
  /** What is known of a text of that shape; undefined when it is no token. `around` is the text near it. */
  prove(token: string, around: string): Proof | undefined;
}

/** Where no checksum tells: random enough, and no stand-in. */
function random(bits: number): TokenKind['prove'] {
  return (token) => (entropyOf(token) >= bits && !isStandIn(token) ? 'structure' : undefined);
}

const checksummed: TokenKind['prove'] = (token) => (hasChecksum(token.slice(4)) ? 'checksum' : undefined);

export const TOKEN_KINDS: readonly TokenKind[] = [
  {
    name: 'GitHub token',
    marks: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    shape: /gh[pousr]_[A-Za-z0-9]{36}(?![A-Za-z0-9_])/y,
    prove: checksummed,
  },
  {
    name: 'GitHub fine-grained token',
    marks: ['github_pat_'],
    shape: /github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?![A-Za-z0-9_])/y,
    prove: random(4.5),
  },
  {
    name: 'npm token',
    marks: ['npm_'],
    shape: /npm_[A-Za-z0-9]{36}(?![A-Za-z0-9_])/y,
    prove: checksummed,
  },
  {
    name: 'GitLab token',
    marks: ['glpat-', 'gldt-', 'glrt-', 'glptt-'],
    shape: /gl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,64}(?:\.[a-z0-9]{2}\.?[a-z0-9]{7,12})?(?![A-Za-z0-9_-])/y,
    prove: random(3.8),
  },
  {
    name: 'Slack token',
    marks: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-'],
    shape: /xox[abprs]-\d{9,14}-\d{9,14}(?:-\d{9,14})?-[A-Za-z0-9]{16,64}(?![A-Za-z0-9-])/y,
    prove: random(3.3),
  },
  {
    name: 'Slack app token',
    marks: ['xapp-'],
    shape: /xapp-\d-A[A-Z0-9]{8,12}-\d{9,14}-[a-f0-9]{64}(?![A-Za-z0-9])/y,
    prove: random(3.3),
  },
  {
    name: 'PyPI token',
    marks: ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'],
    shape: /pypi-AgE[A-Za-z0-9_-]{60,1000}(?![A-Za-z0-9_-])/y,
    prove: (token) => (isMacaroon(token.slice(5)) ? 'structure' : undefined),
  },
  {
    name: 'AWS access key',
    marks: ['AKIA', 'ASIA'],
    shape: /A[KS]IA[A-Z2-7]{16}(?![A-Za-z0-9+/=_-])/y,
    prove: proveAws,
  },
  {
    name: 'Google API key',
    marks: ['AIza'],
    shape: /AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/y,
    // It names a project and is often public by design: in browsers, in Google's own SDK.
    prove: (token) => (entropyOf(token) >= 4.3 && !isStandIn(token) ? 'shape' : undefined),
  },
  {
    name: 'Azure storage key',
    marks: ['AccountKey='],
    shape: /AccountKey=([A-Za-z0-9+/]{86}==)/y,
    prove: (token) => (entropyOf(token) >= 4.8 && !token.startsWith(AZURITE) ? 'structure' : undefined),
  },
  {
    name: 'Azure shared access signature',
    marks: ['&sig='],
    shape: /&sig=([A-Za-z0-9%+/]{40,70}(?:%3D|=))/y,
    prove: (_, around) => (/[?&]sv=20\d\d-\d\d-\d\d&/.test(around) ? 'shape' : undefined),
  },
  {
    name: 'DigitalOcean token',
    marks: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    shape: /do[opr]_v1_[a-f0-9]{64}(?![A-Za-z0-9])/y,
    prove: random(3.3),
  },
  {
    name: 'Stripe key',
    marks: ['sk_live_', 'rk_live_'],
    shape: /[sr]k_live_[0-9A-Za-z]{24,110}(?![0-9A-Za-z_])/y,
    prove: random(4),
  },
  {
    name: 'SendGrid key',
    marks: ['SG.'],
    shape: /SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/y,
    prove: random(4.5),
  },
  {
    name: 'Docker Hub token',
    marks: ['dckr_pat_', 'dckr_oat_'],
    shape: /dckr_[po]at_[A-Za-z0-9_-]{27,32}(?![A-Za-z0-9_-])/y,
    prove: random(4),
  },
  {
    name: 'HashiCorp Vault token',
    marks: ['hvs.CAES', 'hvb.AAAA'],
    shape: /hv[sb]\.[A-Za-z0-9_-]{80,200}(?![A-Za-z0-9_-])/y,
    prove: random(4.5),
  },
  {
    name: 'Heroku token',
    marks: ['HRKU-AA'],
    shape: /HRKU-AA[0-9A-Za-z_-]{58}(?![0-9A-Za-z_-])/y,
    prove: random(4.5),
  },
  {
    name: 'Anthropic key',
    marks: ['sk-ant-'],
    shape: /sk-ant-[a-z]{3,8}\d\d-[A-Za-z0-9_-]{93}AA(?![A-Za-z0-9_-])/y,
    prove: random(4.5),
  },
  {
    name: 'OpenAI key',
    marks: ['T3BlbkFJ'],
    lead: 120,
    shape: /sk-(?:[a-z]{4,8}-)?[A-Za-z0-9_-]{20,110}T3BlbkFJ[A-Za-z0-9_-]{20,110}(?![A-Za-z0-9_-])/y,
    prove: random(4.5),
  },
  {
    name: 'Telegram bot token',
    marks: [':AAE', ':AAF', ':AAG', ':AAH'],
    lead: 10,
    shape: /\d{8,10}:AA[EFGH][A-Za-z0-9_-]{32}(?![A-Za-z0-9_-])/y,
    prove: random(4.3),
  },
];

/** The published key of the Azure storage emulator. */
const AZURITE = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq';

/** An access key id names its account in base 32; the secret that belongs to it is 40 characters nearby. */
function proveAws(token: string, around: string): Proof | undefined {
  if (isStandIn(token) || entropyOf(token) < 2.8) return undefined;
  const candidates = around.matchAll(/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g);
  for (const [secret] of candidates) {
    const mixed = /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /\d/.test(secret);
    if (mixed && entropyOf(secret) >= 4.2 && !isStandIn(secret)) return 'structure';
  }
  return 'shape';
}

/** The binary form of a macaroon (libmacaroons, "v2"): version 2, then a location, then an identifier. */
function isMacaroon(encoded: string): boolean {
  const bytes = Buffer.from(encoded, 'base64url');
  const length = bytes[2] ?? 0;
  if (bytes[0] !== 2 || bytes[1] !== 1 || bytes.length < 60) return false;
  const location = bytes.subarray(3, 3 + length).toString('latin1');
  return /^(?:test\.)?pypi\.org$/.test(location) && bytes[3 + length] === 2;
}
