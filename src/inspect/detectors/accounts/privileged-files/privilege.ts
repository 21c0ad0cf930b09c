import { type FileRecord, SETGID, SETUID } from '../../../../core/file.ts';
import { baseNameOf } from '../../../../core/layer-path.ts';
import { toCapabilities } from './capabilities.ts';

/** Programs that run what they are told: with a privilege of their own they hand it to anybody. */
const INTERPRETERS =
  /^(?:sh|ash|bash|rbash|dash|zsh|ksh(?:93)?|mksh|pdksh|fish|csh|tcsh|busybox(?:\.static)?|toybox|python[0-9.]{0,6}|pypy[0-9.]{0,4}|perl[0-9.]{0,8}|ruby[0-9.]{0,6}|node|nodejs|deno|bun|php[0-9.]{0,4}(?:-cgi)?|lua(?:jit)?[0-9.]{0,4}|tclsh[0-9.]{0,4}|expect|[gmn]?awk|original-awk|find|xargs|env|nice|nohup|timeout|time|setarch|stdbuf|strace|ltrace|gdb|ed|sed|vi|vim(?:\.[a-z]{1,8})?|nvim|nano|emacs|less|more|tar|zip|cp|mv|dd|install|tee|rsync|nmap|socat|nc|ncat|netcat|docker|podman|kubectl|systemctl|make|git|ld\.so|ld-linux[^/]{0,20}|openssl|chroot|unshare|nsenter|capsh|script|ssh|scp|curl|wget)$/;

export function isInterpreter(path: string): boolean {
  return INTERPRETERS.test(baseNameOf(path));
}

/** The privilege a file gives whoever executes it, in words: `setuid root`. Undefined when the bits have no effect. */
export interface Privilege {
  readonly words: string;
  /** False for another ordinary user's or group's rights. */
  readonly system: boolean;
}

const FIRST_ORDINARY_GID = 1000;

export function setidOf(record: FileRecord): Privilege | undefined {
  if ((record.mode & 0o111) === 0) return undefined;
  if ((record.mode & SETUID) !== 0) {
    const who = record.uid === 0 ? 'root' : `uid ${record.uid}`;
    return { words: `setuid ${who}`, system: record.uid === 0 };
  }
  // Without the group's execute bit it once meant mandatory locking, today nothing.
  if ((record.mode & SETGID) === 0 || (record.mode & 0o010) === 0) return undefined;
  return { words: `setgid ${record.gid}`, system: record.gid < FIRST_ORDINARY_GID };
}

/** Capabilities that are root under another name. */
const ROOT_LIKE = new Set(['cap_setuid', 'cap_sys_admin', 'cap_dac_override']);

/** Those of the file's capabilities that make it root, or undefined. */
export function rootCapabilitiesOf(record: FileRecord): string | undefined {
  const raw = record.xattrs?.['security.capability'];
  const capabilities = raw === undefined ? undefined : toCapabilities(raw);
  const names = capabilities?.permitted.filter((name) => ROOT_LIKE.has(name)) ?? [];
  return names.length === 0
    ? undefined
    : `${names.join(',')}=${capabilities?.effective === true ? 'ep' : 'p'}`;
}
