import { type FileRecord, isExecutable } from '../../../core/file.ts';

/*
 * What the integrity detectors agree on: which folders hold what a distribution installs, and what in them runs.
 */

/** Program and library folders of a distribution, in either spelling of a merged /usr. `/usr/local` and `/opt` are not. */
export const SYSTEM_FOLDER = /^(?:usr\/)?(?:s?bin|lib(?:exec|x?32|64)?|games)\//;

/** A command directly in one of the folders that a distribution's own commands are in. */
export const SYSTEM_COMMAND = /^(?:usr\/)?s?bin\/[^/]+$/;

/** Where the language package managers that come as packages update themselves and what they installed. */
const SELF_UPDATING =
  /\/(?:node_modules|site-packages|dist-packages|ruby\/gems|gems|rubygems|ruby\/vendor_ruby|perl5|composer)\/|\/(?:pip|pip[23](?:\.\d{1,2})?|easy_install|wheel|npm|npx|corepack|yarn|gem|bundler?|composer|cpanm?)$/;

/** True for what a package manager other than the distribution's may rewrite in an honest image. */
export function isSelfUpdating(path: string): boolean {
  return SELF_UPDATING.test(path);
}

/** Something the kernel or the loader runs: an ELF file, a script, or whatever has an execute bit. */
export function isProgram(record: FileRecord): boolean {
  if (record.kind !== 'file' || record.size === 0) return false;
  return record.content === 'elf' || record.content === 'script' || isExecutable(record);
}

const CORE_COMMANDS: ReadonlySet<string> = new Set(
  // shells
  (
    'sh bash dash ash zsh ksh busybox ' +
    // who gets in, and as whom
    'sshd ssh sshd-session sshd-auth sudo su login passwd chsh chfn newgrp unix_chkpwd getty agetty doas pkexec ' +
    // what people look with: coreutils, procps, findutils, net-tools, iproute2
    'ls cat cp mv rm ln id whoami who env stat head tail chmod chown date df du echo mkdir dir vdir readlink sha256sum md5sum ' +
    'coreutils ps top pgrep pkill kill find grep netstat ss lsof ip init systemd ldconfig'
  ).split(' '),
);
const CORE_LIBRARY =
  /^(?:lib(?:c|pthread|dl|nss_[a-z]{1,20}|pam|pam_misc|crypt|procps|proc2|selinux)(?:-[\d.]{1,8})?\.so(?:\.[\d.]{1,12})?|ld-(?:linux|musl)[\w-]{0,20}\.so(?:\.\d{1,2})?|libc\.musl-[\w-]{1,20}\.so\.1|pam_[a-z0-9_]{1,30}\.so)$/;

/** A command or library, by base name, that a whole system stands on, or that people look at a system with. */
export function isCore(name: string): boolean {
  return CORE_COMMANDS.has(name) || CORE_LIBRARY.test(name);
}
