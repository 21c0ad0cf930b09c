import { toMatch } from '../../../content/shell/match.ts';
import { type Statement, statementsOf } from '../../../content/shell/statements.ts';
import { toScriptDetector } from '../script-detector.ts';

/*
 * Worms that live in containers spread by scanning for engines, clusters and databases that ask for no password.
 * A scanner with those ports is the sign; a plain client counts only inside a loop over address octets.
 */

const SCANNER = /(?<![\w.-])(?:masscan|zgrab2?|pnscan|zmap|rustscan|naabu)(?=["']?\s)/;
/** Docker, Kubernetes, etcd, Redis, Hadoop, Elasticsearch, Weave, Consul, remote shells of such a kind. */
const PORTS =
  /(?<!\d)(?:2375|2376|2377|4243|6379|10250|10255|2379|6443|8088|9200|4040|8500|5555|7001|9000)(?!\d)/;
const CLIENT = /(?<![\w.-])(?:nc|ncat|netcat|nmap|redis-cli|docker|curl|timeout)\s/;
const OCTETS =
  /\bseq\s{1,4}[01]\s{1,4}25[3-6]\b|\{[01]\.\.25[3-6]\}|\brange\(\s{0,4}[01]\s{0,4},\s{0,4}25[4-6]\s{0,4}\)|\$\{?\w{1,20}\}?\.\$\{?\w{1,20}\}?\.\$|\$\(\(\s{0,2}\$?RANDOM\s{0,2}%\s{0,2}25[56]/;

export const massScanner = toScriptDetector({
  version: 4,
  history: true,
  needles: [
    'masscan',
    'zgrab',
    'pnscan',
    'zmap ',
    'rustscan',
    'naabu',
    'redis-cli',
    'netcat',
    'ncat ',
    ' nc -z',
    ' nmap ',
    'docker -h',
    ':2375',
  ],
  rule: {
    id: 'scripts/mass-scanner',
    tier: 'review',
    title: 'A script scans networks for open engines and databases',
    remedy: 'Remove the scanner unless the image is one on purpose; then approve it by digest.',
    attack: ['T1046', 'T1595.001'],
    controls: ['IVS-03', 'TVM-06'],
    references: [
      'https://attack.mitre.org/techniques/T1046/',
      'https://attack.mitre.org/techniques/T1595/001/',
    ],
  },
  *find(text) {
    if (!PORTS.test(text)) return;
    const loops = OCTETS.test(text);
    for (const statement of statementsOf(text)) {
      const scans = SCANNER.test(statement.text) ? isScan(statement, text) : loops && isProbe(statement);
      if (scans) yield toMatch(statement.offset, statement.text);
    }
  },
});

/** The scanner's ports stand in its own command, or in a variable that it is given. */
function isScan({ text }: Statement, whole: string): boolean {
  if (/\b(?:apt|apt-get|apk|yum|dnf|go|git|pip|which|command)\b/.test(text)) return false;
  return PORTS.test(text) || (/(?:-p|--ports?)[\s=]{0,4}["']?\$/.test(text) && PORTS.test(whole));
}

function isProbe({ text }: Statement): boolean {
  return CLIENT.test(text) && PORTS.test(text) && /\$/.test(text);
}
