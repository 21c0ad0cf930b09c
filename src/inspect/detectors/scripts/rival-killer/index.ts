import { POOL_DOMAINS } from '../../../content/mining/pools.ts';
import { toMatch } from '../../../content/shell/match.ts';
import { statementsOf } from '../../../content/shell/statements.ts';
import { toScriptDetector } from '../script-detector.ts';

/** Miners and mining botnets that others remove from a host they take over. */
const RIVALS = [
  'xmrig',
  'xmr-stak',
  'xmrstak',
  'minerd',
  'cpuminer',
  'ccminer',
  'kinsing',
  'kdevtmpfsi',
  'cryptonight',
  'watchbog',
  'kworkerds',
  'kthrotlds',
  'sustse',
  'sustes',
  'sysrv',
  'xmrigdaemon',
  'xmrigminer',
  'minergate',
  'nicehash',
  'cryptoloot',
  'coinhive',
  'monerohash',
  'ethminer',
  'nanominer',
  'nbminer',
  'lolminer',
  'qw3xt',
  'khugepageds',
  'dbused',
  'xig',
  'ddgs.',
  'stratum',
] as const;
const POOL_NAMES = POOL_DOMAINS.map((domain) => domain.replaceAll('.', '\\.'));
const RIVAL = new RegExp(`(?<![A-Za-z])(?:${[...RIVALS, ...POOL_NAMES].join('|')})(?![A-Za-z])`, 'i');
const KILL =
  /(?:^|[\s;&|('"`])(?:\/\S{1,20}\/)?(?:pkill|killall|kill|skill)(?=\s)|\bxargs\b[^\n]{0,40}\bkill\b/;

export const rivalKiller = toScriptDetector({
  version: 4,
  history: true,
  needles: ['pkill ', 'killall', 'kill -', 'xargs kill', '| kill', 'kill $', 'kill `', 'skill '],
  rule: {
    id: 'scripts/rival-killer',
    tier: 'block',
    title: 'A script kills other miners',
    remedy: 'Do not run the image: only software that wants the processor for its own mining does this.',
    attack: ['T1496', 'T1489'],
    controls: ['TVM-06', 'UEM-09'],
    references: ['https://attack.mitre.org/techniques/T1496/', 'https://attack.mitre.org/techniques/T1489/'],
  },
  *find(text) {
    if (!RIVAL.test(text)) return;
    for (const statement of statementsOf(text)) {
      if (!KILL.test(statement.text) || !RIVAL.test(statement.text)) continue;
      yield toMatch(statement.offset, statement.text);
    }
  },
});
