import { inOrder } from '../shell/match.ts';
import { POOL_DOMAINS } from './pools.ts';

/** Where a text names a mining pool. */
export interface PoolSign {
  readonly offset: number;
  readonly text: string;
  /** `stratum`: a URL of the miners' protocol. `pool`: a known pool with a port or as a miner's option. `name`: only its name. */
  readonly kind: 'stratum' | 'pool' | 'name';
  /** The known domain, where it is one. */
  readonly domain?: string;
}

export const STRATUM_NEEDLES = [
  'stratum+tcp',
  'stratum+ssl',
  'stratum+tls',
  'stratum+udp',
  'stratum+ws',
  'stratum1+',
  'stratum2+',
  'stratum://',
  'stratums://',
  'ethproxy+',
  'stratum+http',
] as const;

const STRATUM =
  /\b(?:stratums?[12]?|ethproxy)(?:\+(?:tcps?|ssl|tls|udp|wss?|https?))?:\/\/([^\s'"`<>()\\,;\x00-\x1f\x7f-\xff]{3,200})/gi;
const DOMAINS = new RegExp(
  `(?:${POOL_DOMAINS.map((domain) => domain.replaceAll('.', '\\.')).join('|')})(?![\\w-]|\\.\\w)(:\\d{2,5}(?!\\d))?`,
  'gi',
);
/** What stands beside an address that is mined for, and not beside one that asks for donations. */
export const POOL_TERMS =
  /stratum[+12:]|\bxmrig|randomx|\brx\/0\b|cryptonight|\bminerd?\b|nicehash|donate-level|cpuminer|\bpools["']?\s{0,4}[:=]|\bpool[s_-]?(?:url|addr\w{0,4}|host)?\b["']?\s{0,4}[:=]|\bpool\.[\w.-]{3,80}:\d{2,5}|(?:^|\s)-o\s{1,4}[\w.-]{3,80}:\d{2,5}/im;

const AUTHORITY = /^(?:[^@/]{1,160}@)?(?:\[[0-9a-f:]+\]|[\w$%{][\w.${}%-]*)(?::[\d${%]|\/|$)/i;

/** Every sign, in order of place. */
export function findPoolSigns(text: string): Generator<PoolSign> {
  const stratum = text
    .matchAll(STRATUM)
    .filter(([, rest = '']) => AUTHORITY.test(rest))
    .map((match): PoolSign => ({ kind: 'stratum', offset: match.index, text: match[0] }));
  return inOrder<PoolSign>(
    stratum,
    text.matchAll(DOMAINS).flatMap((match) => toPoolSign(text, match)),
  );
}

export function countDomains(signs: Iterable<PoolSign>): number {
  const domains = new Set<string>();
  for (const { domain } of signs) if (domain !== undefined) domains.add(domain);
  return domains.size;
}

function toPoolSign(text: string, match: RegExpMatchArray): PoolSign[] {
  const at = match.index ?? 0;
  const labels = /[\w.-]{0,80}$/.exec(text.slice(Math.max(0, at - 80), at))?.[0] ?? '';
  if (labels !== '' && !labels.endsWith('.')) return [];
  const start = at - labels.length;
  const before = text.slice(Math.max(0, start - 24), start);
  if (/(?:0\.0\.0\.0|127\.0\.0\.1|::1?)[ \t]{1,8}$/.test(before)) return [];
  const option =
    /(?:\s-[ao][\s=]{1,3}|--(?:url|pool|server)[\s=]{1,3}|["']?(?:pool|url)["']?\s{0,3}[:=]\s{0,3})["']?$/i.test(
      before,
    );
  const kind = match[1] !== undefined || option ? 'pool' : 'name';
  const domain = match[0].replace(/:\d{1,5}$/, '').toLowerCase();
  return [{ kind, offset: start, text: `${labels}${match[0]}`, domain }];
}
