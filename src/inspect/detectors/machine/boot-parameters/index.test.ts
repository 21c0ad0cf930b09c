import { testCases } from '../../../testing/detector-cases.ts';
import { bootParameters } from './index.ts';

const FOUND = 'review machine/boot-parameter';
const LINUX = 'linux /boot/vmlinuz root=UUID=1 ro quiet';

testCases(bootParameters, [
  {
    name: 'another program before the system',
    kind: 'disk',
    files: { 'boot/grub/grub.cfg': `menuentry x {\n  ${LINUX} init=/usr/lib/x\n}\n` },
    expected: [`${FOUND} boot/grub/grub.cfg`],
  },
  {
    name: 'a root shell, a command, unsigned modules, in each place there is',
    kind: 'disk',
    files: {
      'boot/loader/entries/a.conf': 'options root=/dev/vda1 systemd.debug-shell=1\n',
      'boot/efi/EFI/debian/grub.cfg': `${LINUX} rdinit=/x\n`,
      'etc/default/grub': 'GRUB_CMDLINE_LINUX="module.sig_enforce=0"\n',
      'etc/kernel/cmdline': 'root=/dev/vda1 systemd.run=/x\n',
    },
    expected: [
      `${FOUND} boot/efi/EFI/debian/grub.cfg`,
      `${FOUND} boot/loader/entries/a.conf`,
      `${FOUND} etc/default/grub`,
      `${FOUND} etc/kernel/cmdline`,
    ],
  },
  {
    name: 'a protection taken away is a note',
    kind: 'disk',
    files: { 'boot/grub2/grub.cfg': `${LINUX} selinux=0\n` },
    expected: ['note machine/boot-parameter boot/grub2/grub.cfg'],
  },
  {
    name: 'what distributions write, and comments',
    kind: 'disk',
    files: {
      'boot/grub/grub.cfg': `${LINUX} console=ttyS0 net.ifnames=0 init=/sbin/init\n# init=/x\n`,
      'etc/default/grub': '# systemd.run=/x\nGRUB_CMDLINE_LINUX="console=tty0"\n',
    },
    expected: [],
  },
  { name: 'a container image', files: { 'etc/default/grub': 'X="init=/x"\n' }, expected: [] },
]);
