import { findPatterns } from '../../../content/shell/match.ts';
import { type ScriptMatch, toScriptDetector } from '../script-detector.ts';

/*
 * Three ways to leave no trace, two of them also done honestly: whoever seals an image empties its logs and the
 * shell history. So emptied logs count only beside another of the three, `history -c` and a deleted history file too;
 * a shell told to keep no history, and files made immutable where persistence lives, count alone.
 */

const IMMUTABLE = [
  /\bchattr\s{1,4}(?:-R\s{1,4})?\+[a-z]{0,4}i[a-z]{0,4}\s{1,4}(?:-R\s{1,4})?["']?(?:\$0|\$\{?\w{1,30}\}?|\/etc\/(?:cron|ld\.so|passwd|shadow|sudoers|rc\.|init\.d|systemd|profile|ssh)|\/var\/spool\/cron|\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|(?:\/root|\/home\/\S{1,30}|~)\/\.ssh|\/usr\/(?:local\/)?s?bin\/|\/usr\/lib\/|\/lib\/|\/bin\/|\/sbin\/|\S{0,60}authorized_keys)[^\n;&|]{0,60}/g,
];
const HISTORY_OFF = [
  /\bunset\s{1,4}(?:\w{1,20}\s{1,4}){0,4}HISTFILE\b/g,
  /\bHISTFILE=["']?(?:\/dev\/null|["']|(?=[\s;&|]|$))/g,
  /\bset\s{1,4}\+o\s{1,4}history\b/g,
  /\bln\s{1,4}-\w{1,4}\s{1,4}\/dev\/null\s{1,4}\S{0,60}_history\b/g,
];
const HISTORY_GONE = [
  /\bhistory\s{1,4}-c\b/g,
  /(?:\brm\s{1,4}(?:-\w{1,4}\s{1,4}){0,2}|>\s{0,4})\S{0,60}\.(?:bash|zsh|sh|ash)_history\b/g,
];
const LOGS_GONE = [
  /(?:\brm\s{1,4}(?:-\w{1,4}\s{1,4}){0,2}|\bshred\s{1,4}(?:-\w{1,4}\s{1,4}){0,3}|\btruncate\s[^\n;&|]{0,40}|(?<![<&\d])>\s{0,4}|\bcat\s{1,4}\/dev\/null\s{0,4}>\s{0,4})["']?\/var\/(?:log\/(?:wtmp|btmp|lastlog|secure|auth\.log|messages|syslog|audit|faillog|cron|maillog|journal)|run\/utmp|spool\/mail)[^\n;&|]{0,40}/g,
];

export const coverUp = toScriptDetector({
  version: 4,
  history: false,
  needles: ['chattr', 'histfile', '+o history', '_history', 'history -c', '/var/log/', '/var/run/utmp'],
  rule: {
    id: 'scripts/cover-up',
    tier: 'review',
    title: 'A script covers its tracks',
    remedy:
      'Ask whoever wrote the script why it hides what it does; remove the step when there is no good answer.',
    attack: ['T1070.002', 'T1070.003', 'T1222.002'],
    controls: ['LOG-02', 'LOG-09', 'TVM-06'],
    references: [
      'https://attack.mitre.org/techniques/T1070/',
      'https://attack.mitre.org/techniques/T1070/003/',
      'https://attack.mitre.org/techniques/T1222/002/',
    ],
  },
  find(text): Iterable<ScriptMatch> {
    const kinds = [IMMUTABLE, HISTORY_OFF, HISTORY_GONE, LOGS_GONE];
    const present = kinds.filter((patterns) => findPatterns(text, patterns).some(() => true));
    const alone = [...IMMUTABLE, ...HISTORY_OFF];
    const strong = present.includes(IMMUTABLE) || present.includes(HISTORY_OFF);
    const together = present.length > 1 && (strong || !isSealing(text));
    return findPatterns(text, together ? [...alone, ...HISTORY_GONE, ...LOGS_GONE] : alone);
  },
});

/** What those who empty logs and history to seal the image of a machine also do. */
function isSealing(text: string): boolean {
  return /\b(?:apt-get|apt|yum|dnf|apk|zypper)\b[^\n]{0,60}\b(?:clean|autoremove)\b|cloud-init\s{1,4}clean|\/var\/lib\/apt\/lists|machine-id/.test(
    text,
  );
}
