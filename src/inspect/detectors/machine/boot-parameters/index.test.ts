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
  {
    name: 'however it is written',
    kind: 'disk',
    files: {
      'boot/grub/a.cfg': `${LINUX} "in"it=/x\n`,
      'boot/grub/b.cfg': `${LINUX} i\\nit=/x\n`,
      'boot/grub/c.cfg': 'set a=in\nset b="${a}it"\nlinux /v ${b}=/x\n',
      'boot/grub/d.cfg': 'linux /v \\\n  quiet in\\\nit=/x\n',
      'etc/default/grub': 'GRUB_CMDLINE_LINUX=init=/x\n',
      'boot/grub2/grubenv': '# GRUB Environment Block\nkernelopts=init=/x ro\n',
      'boot/loader/entries/a.conf': 'options module.sig-enforce=n\n',
    },
    expected: [
      'boot/grub/a.cfg',
      'boot/grub/b.cfg',
      'boot/grub/c.cfg',
      'boot/grub/d.cfg',
      'boot/grub2/grubenv',
      'boot/loader/entries/a.conf',
      'etc/default/grub',
    ].map((path) => `${FOUND} ${path}`),
  },
  {
    name: 'orders, settings and systems from elsewhere',
    kind: 'disk',
    files: {
      'EFI/BOOT/x/y.cfg': `${LINUX} ds=nocloud\\;s=http://get.invalid/\n`,
      'loader/entries/b.conf': 'options systemd.setenv=LD_PRELOAD=/x\n',
      'loader/entries/c.conf': 'options systemd.mount-extra=/dev/sda3:/etc\n',
      'loader/entries/d.conf': 'options ignition.config.url=http://get.invalid/\n',
      'loader/entries/e.conf': 'options root=live:/dev/sda1 rd.live.image\n',
      'loader/entries/f.conf': 'options dm-mod.create="x,,,rw,0 8 linear /dev/sda 9"\n',
      'usr/lib/kernel/cmdline': 'rootflags=rw,sb=131072\n',
    },
    expected: [
      'EFI/BOOT/x/y.cfg',
      'loader/entries/b.conf',
      'loader/entries/c.conf',
      'loader/entries/d.conf',
      'loader/entries/e.conf',
      'loader/entries/f.conf',
      'usr/lib/kernel/cmdline',
    ].map((path) => `${FOUND} ${path}`),
  },
  {
    name: 'in the one program that firmware starts',
    kind: 'disk',
    files: {
      'EFI/Linux/x.efi': unifiedKernel('root=/dev/vda1 init=/x'),
      'EFI/Linux/y.efi': unifiedKernel('quiet'),
    },
    expected: [`${FOUND} EFI/Linux/x.efi`],
  },
  {
    name: 'a live system’s own files, and what it is not told yet',
    kind: 'disk',
    files: { 'boot/grub/loopback.cfg': 'linux /casper/vmlinuz iso-scan/filename=${iso_path} quiet\n' },
    expected: [],
  },
  { name: 'a container image', files: { 'etc/default/grub': 'X="init=/x"\n' }, expected: [] },
]);

/** A PE with a section for the command line and nothing else. */
function unifiedKernel(commandLine: string): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.write('MZ');
  bytes.writeUInt32LE(64, 60);
  bytes.write('PE', 64);
  bytes.writeUInt16LE(1, 70);
  bytes.write('.cmdline', 88);
  bytes.writeUInt32LE(512, 88 + 16);
  bytes.writeUInt32LE(512, 88 + 20);
  bytes.write(commandLine, 512);
  return bytes;
}
