import type { Detector } from '../../../contract.ts';

/**
 * A miner speaks stratum to a pool, computes a proof-of-work algorithm, and usually is a build of XMRig. Any one of the
 * words occurs in rule sets, documentation and block lists that are compiled into honest tools; stratum together
 * with one of the other families in a single ELF hardly does.
 */
const FAMILIES = {
  stratum: ['stratum+tcp', 'stratum+ssl', 'stratum+udp', 'mining.subscribe', 'mining.authorize'],
  algorithm: ['randomx_', 'randomx-', '"randomx"', 'cryptonight', 'argon2/chukwa', 'kawpow'],
  xmrig: ['xmrig', 'xmr-stak'],
  donation: ['donate-level', 'donate.v2.', 'donate.ssl.'],
} as const;

type Family = keyof typeof FAMILIES;

const RULE = 'binaries/miner';

interface Seam {
  readonly family: Family;
  readonly needle: string;
  readonly offset: number;
}

export const miner: Detector<Seam> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A cryptocurrency miner is in the image',
      remedy: 'Remove the program, and find out which build step added it.',
      attack: ['T1496.001'],
      controls: ['TVM-02', 'UEM-09'],
      references: ['https://attack.mitre.org/techniques/T1496/001/', 'https://github.com/xmrig/xmrig'],
    },
  ],
  examiner: {
    id: RULE,
    version: 1,
    wants: [{ content: ['elf'], needles: Object.values(FAMILIES).flat() }],
    *examine(file) {
      for (const family of Object.keys(FAMILIES) as Family[]) {
        for (const needle of FAMILIES[family]) {
          const [hit] = file.hits(needle);
          if (hit === undefined) continue;
          yield { family, needle, offset: file.base + hit };
          break;
        }
      }
    },
  },
  *judge(_image, seen) {
    const files = Map.groupBy(seen, ({ layer, path }) => `${layer}:${path}`);
    for (const seams of files.values()) {
      const families = new Map(seams.map(({ observation }) => [observation.family, observation]));
      const stratum = families.get('stratum');
      const [first] = seams;
      if (first === undefined || stratum === undefined || families.size < 2) continue;
      const { layer, path } = first;
      const words = [...families.values()].map(({ needle }) => needle).join(', ');
      const { offset } = stratum;
      yield { rule: RULE, layer, path, offset, evidence: words, yieldsToPackages: true };
    }
  },
};
