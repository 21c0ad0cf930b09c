import { PASSWD, program, SHADOW } from './base-layer.ts';
import type { Exhibit } from './exhibit.ts';

/* Indicators 17 to 24: who may come in, and with which rights. */

const HASH = '$y$j9T$inertinertinertinert$inertinertinertinertinertinertinertinert';
const KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)} ops@host.invalid`;
const SECURITY = 'usr/lib/x86_64-linux-gnu';
const CONFIG = 'etc/ssh/sshd_config';
/** `struct vfs_ns_cap_data` of revision 2 with CAP_SETUID permitted, and effective. */
const SETUID_CAPABILITY = Uint8Array.from([1, 0, 0, 2, 0x80, ...Array.from({ length: 15 }, () => 0)]);

const PASSWD_LINES = PASSWD.split('\n').length;
const SHADOW_LINES = SHADOW.split('\n').length;

export const ACCOUNTS: readonly Exhibit[] = [
  {
    indicator: 17,
    name: 'a second account of uid 0',
    layers: [{ 'etc/passwd': `${PASSWD}system:x:0:0::/:/bin/sh\n` }],
    expect: { rule: 'accounts/second-root', tier: 'block', path: 'etc/passwd', layer: 1, line: PASSWD_LINES },
  },
  {
    indicator: 18,
    name: 'an empty password',
    layers: [{ 'etc/shadow': SHADOW.replace('root:*:', 'root::') }],
    expect: { rule: 'accounts/empty-password', tier: 'block', path: 'etc/shadow', layer: 1, line: 1 },
  },
  {
    indicator: 18,
    name: 'a password hash on root',
    layers: [{ 'etc/shadow': SHADOW.replace('root:*:', `root:${HASH}:`) }],
    expect: { rule: 'accounts/password-hash', tier: 'block', path: 'etc/shadow', layer: 1, line: 1 },
  },
  {
    indicator: 18,
    name: 'a password hash on a system account',
    layers: [
      {
        'etc/passwd': `${PASSWD}backup:x:34:34:backup:/var/backups:/bin/sh\n`,
        'etc/shadow': `${SHADOW}backup:${HASH}:19700:0:99999:7:::\n`,
      },
    ],
    expect: {
      rule: 'accounts/password-hash',
      tier: 'block',
      path: 'etc/shadow',
      layer: 1,
      line: SHADOW_LINES,
    },
  },
  {
    indicator: 19,
    name: 'a key that may log in as root',
    layers: [{ 'root/.ssh/authorized_keys': { data: `# ops\n${KEY}\n`, mode: 0o600 } }],
    expect: {
      rule: 'accounts/authorized-keys',
      tier: 'review',
      path: 'root/.ssh/authorized_keys',
      layer: 1,
      line: 2,
    },
  },
  {
    indicator: 20,
    name: 'sudo without a password',
    layers: [{ 'etc/sudoers.d/app': { data: 'app ALL=(ALL) NOPASSWD: ALL\n', mode: 0o440 } }],
    expect: {
      rule: 'accounts/passwordless-sudo',
      tier: 'review',
      path: 'etc/sudoers.d/app',
      layer: 1,
      line: 1,
    },
  },
  {
    indicator: 21,
    name: 'pam_permit that suffices',
    layers: [{ 'etc/pam.d/sshd': 'auth sufficient pam_permit.so\n@include common-auth\n' }],
    expect: { rule: 'accounts/pam-permit', tier: 'block', path: 'etc/pam.d/sshd', layer: 1, line: 1 },
  },
  {
    indicator: 21,
    name: 'pam_exec that sees passwords',
    layers: [{ 'etc/pam.d/common-auth': 'auth optional pam_exec.so expose_authtok quiet /opt/x\n' }],
    expect: { rule: 'accounts/pam-exec', tier: 'block', path: 'etc/pam.d/common-auth', layer: 1, line: 1 },
  },
  ...[`${SECURITY}/security/pam_cache.so`, `${SECURITY}/libnss_cache.so.2`].map((path) => ({
    indicator: 22,
    name: `${path} of no package`,
    layers: [{ [path]: program(path) }],
    expect: { rule: 'accounts/unowned-auth-module', tier: 'block', path, layer: 1 } as const,
  })),
  {
    indicator: 23,
    name: 'a setuid shell',
    layers: [{ 'usr/bin/bash': { ...program('usr/bin/bash'), mode: 0o4755 } }],
    expect: { rule: 'accounts/setuid-file', tier: 'block', path: 'usr/bin/bash', layer: 1 },
  },
  {
    indicator: 23,
    name: 'a setuid program of no package',
    layers: [{ 'usr/local/bin/helper': { ...program('helper'), mode: 0o4755 } }],
    expect: { rule: 'accounts/setuid-file', tier: 'block', path: 'usr/local/bin/helper', layer: 1 },
  },
  {
    indicator: 23,
    name: 'an interpreter with setgid',
    layers: [{ 'usr/bin/python3.11': { ...program('usr/bin/python3.11'), mode: 0o2755 } }],
    expect: { rule: 'accounts/setuid-file', tier: 'block', path: 'usr/bin/python3.11', layer: 1 },
  },
  {
    indicator: 23,
    name: 'cap_setuid on a program of no package',
    layers: [
      {
        'opt/app/helper': {
          ...program('helper'),
          pax: { 'SCHILY.xattr.security.capability': SETUID_CAPABILITY },
        },
      },
    ],
    expect: { rule: 'accounts/capability-file', tier: 'block', path: 'opt/app/helper', layer: 1 },
  },
  {
    indicator: 24,
    name: 'sshd that lets root in',
    layers: [{ [CONFIG]: '# x\nPermitRootLogin yes\n' }],
    expect: { rule: 'accounts/sshd-login', tier: 'review', path: CONFIG, layer: 1, line: 2 },
  },
  {
    indicator: 24,
    name: 'sshd that takes passwords',
    layers: [{ 'etc/ssh/sshd_config.d/50-x.conf': 'PasswordAuthentication yes\n' }],
    expect: {
      rule: 'accounts/sshd-login',
      tier: 'review',
      path: 'etc/ssh/sshd_config.d/50-x.conf',
      layer: 1,
      line: 1,
    },
  },
  {
    indicator: 24,
    name: 'sshd that asks a program for keys',
    layers: [{ [CONFIG]: 'AuthorizedKeysCommand /opt/keys %u\n' }],
    expect: { rule: 'accounts/sshd-keys', tier: 'review', path: CONFIG, layer: 1, line: 1 },
  },
];
