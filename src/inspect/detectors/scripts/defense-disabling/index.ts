import { type Destination, isRawAddress } from '../../../content/shell/destination.ts';
import { findFetchToShell } from '../../../content/shell/fetch-to-shell.ts';
import { isWellKnownInstaller } from '../../../content/shell/installers.ts';
import { type Cut, findPatterns } from '../../../content/shell/match.ts';
import { findNetworkCode } from '../../../content/shell/network-code.ts';
import { toScriptDetector } from '../script-detector.ts';

/*
 * Turning security off is what intruders do first, and what installers of honest software ask for too (`setenforce 0`
 * in cluster set-up, `systemctl stop firewalld`). What tells them apart is what comes next: a download from somewhere
 * unknown. Alone, it is a person's to see where an agent or the audit trail goes, and worth a note else.
 */

const AGENTS =
  '(?:auditd|aegis|aliyun(?:-?service|\\.service)?|cloudmonitor|cloudsecurity|qcloud|YunJing|YDService|sgagent|falcon-sensor|falco|crowdstrike|sysmon|wazuh(?:-agent)?|ossec|osqueryd|clamav-daemon|clamd|freshclam|mdatp|sentinelone|cbdaemon|ds_agent|elastic-agent|auditbeat|datadog-agent|apparmor|tracee|tetragon|rsyslogd?|syslog-ng)';
const STRONG = [
  new RegExp(
    `\\b(?:systemctl|service|rc-service)\\s{1,4}(?:--\\w{1,12}\\s{1,4}){0,2}(?:(?:stop|disable|mask|kill)\\s{1,4}(?:--now\\s{1,4})?(?:\\S{1,40}\\s{1,4}){0,4}?${AGENTS}|${AGENTS}\\s{1,4}stop)\\b`,
    'gi',
  ),
  new RegExp(`\\b(?:pkill|killall)\\s{1,4}(?:-\\S{1,10}\\s{1,4}){0,3}["']?${AGENTS}\\b`, 'gi'),
  /\brm\s{1,4}(?:-\w{1,8}\s{1,4}){1,2}[^\n;&|]{0,60}\/(?:aegis|cloudmonitor|YunJing|qcloud|falco|wazuh|ossec|CrowdStrike)\b/gi,
  /\b(?:aegis|qcloud|stargate|barad|YunJing)\b[^\n;&|]{0,60}\buninst(?:all)?[\w.]{0,12}/gi,
  /\bsetenforce\s{1,4}(?:0|permissive)\b/gi,
  /\bSELINUX=(?:disabled|permissive)\b/g,
  /\bauditctl\s{1,4}-(?:e\s{0,4}0|D)\b/g,
  /\baa-teardown\b|\/etc\/init\.d\/apparmor\s{1,4}(?:stop|teardown)\b/g,
];
const WEAK = [
  /\bufw\s{1,4}(?:--force\s{1,4})?disable\b/g,
  /\b(?:systemctl|service)\s{1,4}(?:(?:stop|disable|mask)\s{1,4}(?:--now\s{1,4})?(?:firewalld|ufw|iptables)|(?:firewalld|iptables|ufw)\s{1,4}stop)\b/g,
  /\biptables\s{1,4}(?:-t\s{1,4}\w{1,10}\s{1,4})?-F\b/g,
];
const AGENT_GONE =
  /aegis|aliyun|qcloud|yunjing|falco|crowdstrike|wazuh|ossec|auditd|auditctl|sysmon|sentinel|mdatp|osquery|tetragon|tracee/i;

export const defenseDisabling = toScriptDetector({
  version: 4,
  history: true,
  needles: [
    'auditd',
    'aegis',
    'aliyun',
    'cloudmonitor',
    'cloudsecurity',
    'qcloud',
    'yunjing',
    'ydservice',
    'sgagent',
    'falco',
    'crowdstrike',
    'sysmon',
    'wazuh',
    'ossec',
    'osqueryd',
    'clamav',
    'clamd',
    'freshclam',
    'mdatp',
    'sentinelone',
    'cbdaemon',
    'ds_agent',
    'elastic-agent',
    'auditbeat',
    'datadog-agent',
    'apparmor',
    'tracee',
    'tetragon',
    'rsyslog',
    'syslog-ng',
    'setenforce',
    'selinux=',
    'auditctl',
    'aa-teardown',
    'ufw disable',
    'ufw --force',
    'firewalld',
    'ufw stop',
    'stop ufw',
    'disable ufw',
    'iptables',
  ],
  rule: {
    id: 'scripts/defense-disabling',
    tier: 'block',
    title: 'A script turns security off and downloads something',
    remedy:
      'Do not run the image. If the step is yours, take it out: an image does not decide for the host it runs on.',
    attack: ['T1562.001', 'T1105'],
    controls: ['TVM-02', 'LOG-02', 'UEM-09'],
    references: [
      'https://attack.mitre.org/techniques/T1562/001/',
      'https://attack.mitre.org/techniques/T1105/',
    ],
  },
  find(text, _language, cut) {
    const strong = findPatterns(text, STRONG).find(() => true);
    const first = strong ?? findPatterns(text, WEAK).find(() => true);
    if (first === undefined) return [];
    const download = downloadIn(text, cut);
    if (download === 'run' || (download === 'unknown' && strong !== undefined)) return [first];
    const agentGone = findPatterns(text, STRONG).some((match) => AGENT_GONE.test(match.text));
    return [{ ...first, tier: agentGone ? 'review' : 'note' }];
  },
});

/** `run`: fetched and run, or from a bare address. `unknown`: fetched from a host that is no well-known one. */
function downloadIn(text: string, cut?: Cut): 'none' | 'unknown' | 'run' {
  if (findFetchToShell(text, cut).some(({ from }) => isUnknown(from))) return 'run';
  let unknown = false;
  for (const { to } of findNetworkCode(text)) {
    if (to !== undefined && isRawAddress(to.host)) return 'run';
    unknown ||= to !== undefined && to.scheme !== '' && isUnknown(to);
  }
  return unknown ? 'unknown' : 'none';
}

function isUnknown(destination: Destination | undefined): boolean {
  return destination === undefined || !isWellKnownInstaller(destination);
}
