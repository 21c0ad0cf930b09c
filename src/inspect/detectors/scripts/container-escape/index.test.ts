import { type DetectorCase, testCases } from '../../../testing/detector-cases.ts';
import { containerEscape } from './index.ts';

const ID = 'scripts/container-escape';
const sh = (text: string) => ({ 'x.sh': `#!/bin/sh\n${text}\n` });
const block = [`block ${ID} x.sh`];

const cases: readonly DetectorCase[] = [
  {
    name: 'the socket and the host root',
    files: sh('docker -H unix:///var/run/docker.sock run -v /:/host alpine chroot /host'),
    expected: block,
  },
  {
    name: 'the socket by hand',
    files: sh(
      'curl --unix-socket /var/run/docker.sock -d \'{"Image":"a","HostConfig":{"Binds":["/:/mnt"]}}\' http://x/containers/create',
    ),
    expected: block,
  },
  {
    name: 'an open engine',
    files: sh('docker -H tcp://10.0.0.1:2375 run -v /:/mnt alpine sh'),
    expected: block,
  },
  {
    name: 'a privileged container with the root',
    files: sh('docker run --privileged -v /:/host alpine'),
    expected: block,
  },
  {
    name: 'nsenter with a shell',
    files: sh('nsenter --target 1 --mount --uts --pid -- bash -c id'),
    expected: block,
  },
  {
    name: 'nsenter alone',
    files: sh('nsenter -t 1 -m -- systemctl restart kubelet'),
    expected: [`review ${ID} x.sh`],
  },
  { name: 'release_agent', files: sh('echo "$host_path/cmd" > /tmp/cgrp/release_agent'), expected: block },
  { name: 'uevent_helper', files: sh('echo /cmd > /sys/kernel/uevent_helper'), expected: block },
  { name: 'no helper, as udev has it', files: sh('echo > /sys/kernel/uevent_helper'), expected: [] },
  {
    name: 'no helper, then one',
    files: sh('echo "" > /sys/kernel/uevent_helper; echo /x > /sys/kernel/uevent_helper'),
    expected: block,
  },
  {
    name: 'core_pattern',
    files: sh('echo "|$overlay/x.sh" > /proc/sys/kernel/core_pattern'),
    expected: block,
  },
  {
    name: 'a core_pattern with a handler',
    files: sh("echo '|/usr/bin/handler %p' > /proc/sys/kernel/core_pattern"),
    expected: [`review ${ID} x.sh`],
  },
  { name: 'the root of the first process', files: sh('chroot /proc/1/root sh'), expected: block },
  {
    name: 'nothing: the socket alone',
    files: sh('curl --unix-socket /var/run/docker.sock http://localhost/containers/json'),
    expected: [],
  },
  {
    name: 'nothing: a plain core file',
    files: sh('echo /tmp/core.%p > /proc/sys/kernel/core_pattern'),
    expected: [],
  },
  { name: 'nothing: a volume', files: sh('docker run -v /data:/data alpine'), expected: [] },
  { name: 'nothing: a comment', files: sh('# nsenter -t 1 -m -- bash'), expected: [] },
  {
    name: 'nothing: documentation',
    files: { 'docs/escape.md': 'echo x > /tmp/cgrp/release_agent' },
    expected: [],
  },
];

testCases(containerEscape, cases);
