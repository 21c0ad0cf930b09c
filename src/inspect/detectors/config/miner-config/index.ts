import { findPoolSigns } from '../../../content/mining/mining-signs.ts';
import { abbreviateAddress, findMoneroAddresses } from '../../../content/mining/monero-address.ts';
import type { Detector, FindingDraft, ImageView } from '../../../contract.ts';

/*
 * A miner has to be told where to mine and for whom, and images tell it in their command line or environment. A pool
 * with a private name is known by its company: a wallet variable beside a pool variable that holds a host and port.
 */

const RULE = 'config/miner-config';
const OPTION =
  /--donate-(?:level|over-proxy)\b[= ]{0,2}\d{0,3}|--(?:coin|algo)[= ](?:monero|rx\/\w{1,8}|cn\/\w{1,8}|randomx|cryptonight\S{0,20})|--randomx-\w{1,20}|--nicehash\b/;
const PROGRAM =
  /^(?:\S{0,200}\/)?(?:xmrig(?:-\w+)?|xmr-stak(?:-\w+)?|minerd|cpuminer(?:-\w+)?|ccminer|ethminer|nbminer|lolMiner|t-rex|nanominer|srbminer-multi|phoenixminer|teamredminer)$/i;
const POOL_NAME =
  /^(?:\w{1,40}_)?(?:MINING_|XMR_|MONERO_|STRATUM_)?POOL(?:_?(?:URL|ADDR|ADDRESS|HOST|SERVER))?\d?$|^STRATUM(?:_URL|_HOST)?$/i;
const WALLET_NAME =
  /^(?:\w{1,40}_)?(?:WALLET(?:_?(?:ADDR|ADDRESS|ID))?|(?:XMR|MONERO|PAYOUT)_?ADDR(?:ESS)?)$/i;

export const minerConfig: Detector = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'The image config holds the settings of a miner',
      remedy: 'Do not run the image. Mining on purpose needs an approval by digest.',
      attack: ['T1496'],
      controls: ['TVM-06', 'UEM-09'],
      references: [
        'https://attack.mitre.org/techniques/T1496/',
        'https://xmrig.com/docs/miner/command-line-options',
      ],
    },
  ],
  *judge(image) {
    for (const { config, text, argv, layer } of image.commands) {
      const place = { config, ...(layer !== undefined && { layer }) };
      yield* draftsOf(text, place);
      const program = argv.find((word) => PROGRAM.test(word));
      if (program !== undefined && layer === undefined)
        yield { rule: RULE, ...place, tier: 'review', evidence: program };
    }
    for (const line of image.config.env) {
      const name = nameOf(line);
      for (const draft of draftsOf(line.slice(name.length + 1), { config: `Env.${name}` })) {
        yield { ...draft, evidence: `${name}=${draft.evidence}` };
      }
    }
    yield* draftsOfNames(image);
  },
};

function* draftsOf(text: string, place: Pick<FindingDraft, 'config' | 'layer'>): Iterable<FindingDraft> {
  const pool = findPoolSigns(text).find(({ kind }) => kind !== 'name');
  if (pool !== undefined) yield { rule: RULE, ...place, evidence: pool.text };
  const wallet = findMoneroAddresses(text).find(() => true);
  if (wallet !== undefined) yield { rule: RULE, ...place, evidence: abbreviateAddress(wallet.address) };
  const option = OPTION.exec(text);
  if (option !== null) yield { rule: RULE, ...place, evidence: option[0] };
}

/** `WALLET=…` with `POOL=host:port`: together no database pool. */
function* draftsOfNames({ config }: ImageView): Iterable<FindingDraft> {
  const wallet = config.env.find((line) => WALLET_NAME.test(nameOf(line)) && /=\S{20,}$/.test(line));
  const pool = config.env.find(
    (line) => POOL_NAME.test(nameOf(line)) && /=(?:\w{2,12}:\/\/)?[\w.-]{3,200}:\d{2,5}$/.test(line),
  );
  if (wallet === undefined || pool === undefined) return;
  if (findPoolSigns(pool).some(({ kind }) => kind !== 'name')) return;
  yield { rule: RULE, config: `Env.${nameOf(pool)}`, evidence: pool };
}

function nameOf(line: string): string {
  return line.slice(0, Math.max(0, line.indexOf('=')));
}
