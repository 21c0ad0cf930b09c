import type { Tier } from '../../../../core/finding.ts';
import {
  countDomains,
  findPoolSigns,
  POOL_TERMS,
  type PoolSign,
  STRATUM_NEEDLES,
} from '../../../content/mining/mining-signs.ts';
import { abbreviateAddress, findMoneroAddresses } from '../../../content/mining/monero-address.ts';
import { LIST_SIZE, POOL_DOMAINS } from '../../../content/mining/pools.ts';
import { stringsAround } from '../../../content/program-strings.ts';
import { blankComments } from '../../../content/shell/comments.ts';
import { lineOf } from '../../../content/shell/match.ts';
import { isConfiguration, isProgram, languageOf } from '../../../content/shell/text-role.ts';
import type { Detector, FileView } from '../../../contract.ts';

/*
 * A miner is found by whom it talks to and for whom it works. In programs a stratum URL or a pool's domain is enough,
 * unless it is one of many: scanners and block lists carry them all. In scripts and configuration a pool counts with
 * its port, and a Monero address, proven by its checksum, beside a miner's terms.
 */

const POOL = 'network/mining-pool';
const WALLET = 'network/mining-wallet';
const PROTOCOL_NEEDLES = [
  'mining.subscribe',
  'mining.authorize',
  'donate-level',
  'randomx',
  'cryptonight',
  'xmrig',
] as const;
const PLACE_NEEDLES = [...STRATUM_NEEDLES, ...POOL_DOMAINS];
const TEXT_NEEDLES = [
  ...PLACE_NEEDLES,
  ...PROTOCOL_NEEDLES,
  'minerd',
  'cpuminer',
  '"pools"',
  'pool.',
  'pool_',
  'pool=',
  'pool:',
];

interface MiningSighting {
  readonly rule: string;
  readonly tier?: Tier;
  readonly line?: number;
  readonly offset: number;
  readonly text: string;
}

export const miningPool: Detector<MiningSighting> = {
  id: POOL,
  rules: [
    {
      id: POOL,
      tier: 'block',
      title: 'A program or its configuration talks to a mining pool',
      remedy: 'Do not run the image. Mining on purpose needs an approval by digest.',
      attack: ['T1496'],
      controls: ['TVM-06', 'UEM-09'],
      references: [
        'https://attack.mitre.org/techniques/T1496/',
        'https://github.com/xmrig/xmrig-proxy/blob/master/doc/STRATUM.md',
      ],
    },
    {
      id: WALLET,
      tier: 'block',
      title: 'A Monero address stands beside the settings of a miner',
      remedy: 'Do not run the image: it earns for whoever owns the address.',
      attack: ['T1496'],
      controls: ['TVM-06', 'UEM-09'],
      references: [
        'https://attack.mitre.org/techniques/T1496/',
        'https://docs.getmonero.org/public-address/standard-address/',
      ],
    },
  ],
  examiner: {
    id: POOL,
    version: 4,
    wants: [
      { content: ['elf', 'pe', 'macho', 'wasm'], needles: PLACE_NEEDLES },
      { content: ['script', 'text'], needles: TEXT_NEEDLES },
    ],
    examine: (file) => (isProgram(file.record) ? sightingsInProgram(file) : sightingsInText(file)),
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { rule, tier, line, offset, text } = observation;
      const place = line !== undefined ? { line } : { offset };
      const own = tier !== undefined ? { tier } : {};
      yield { rule, layer, path, ...place, ...own, evidence: text, yieldsToPackages: true };
    }
  },
};

function sightingsInProgram(file: FileView): MiningSighting[] {
  const speaks = PROTOCOL_NEEDLES.some((needle) => file.hits(needle).length > 0);
  const domains = new Set<string>();
  let best: PoolSign | undefined;
  for (const { offset, text } of stringsAround(file, PLACE_NEEDLES)) {
    for (const sign of findPoolSigns(text)) {
      if (sign.domain !== undefined) domains.add(sign.domain);
      if (best === undefined || strength(sign) < strength(best))
        best = { ...sign, offset: offset + sign.offset };
    }
  }
  if (best !== undefined) {
    const listed = best.kind !== 'stratum' && !speaks && domains.size >= LIST_SIZE;
    return [{ rule: POOL, offset: best.offset, text: best.text, ...(listed && { tier: 'note' as const }) }];
  }
  const scheme = STRATUM_NEEDLES.find((needle) => file.hits(needle).length > 0);
  if (scheme === undefined) return [];
  const offset = file.base + (file.hits(scheme)[0] ?? 0);
  return [{ rule: POOL, offset, text: scheme, ...(!speaks && { tier: 'review' as const }) }];
}

function strength({ kind }: PoolSign): number {
  return ['stratum', 'pool', 'name'].indexOf(kind);
}

const NEAR = 2000;

function sightingsInText(file: FileView): MiningSighting[] {
  const language = languageOf(file.record, file.interpreter);
  if (language === undefined && !isConfiguration(file.record)) return [];
  const text = blankComments(file.text(), language);
  const place = (offset: number) => ({
    offset: file.base + offset,
    ...(file.base === 0 && { line: lineOf(text, offset) }),
  });
  const pools = findPoolSigns(text)
    .filter(({ kind }) => kind !== 'name')
    .take(3)
    .toArray();
  const listed = countDomains(findPoolSigns(text)) >= LIST_SIZE && { tier: 'note' as const };
  const wallets = findMoneroAddresses(text)
    .filter(({ offset }) => POOL_TERMS.test(text.slice(Math.max(0, offset - NEAR), offset + NEAR)))
    .take(3);
  return [
    ...pools.map((sign) => ({ rule: POOL, ...place(sign.offset), text: sign.text, ...listed })),
    ...wallets.map(({ offset, address }) => ({
      rule: WALLET,
      ...place(offset),
      text: abbreviateAddress(address),
    })),
  ];
}
