/** The value of `security.capability`: `struct vfs_cap_data` and `vfs_ns_cap_data` of linux/capability.h. */
export interface FileCapabilities {
  /** Raised at once when the file is executed, not only allowed to be. */
  readonly effective: boolean;
  /** Names of the permitted capabilities; those past the newest known as `cap_41`. */
  readonly permitted: readonly string[];
  /** User id that is root of the user namespace the value holds in; 0 for the initial one. Revision 3 only. */
  readonly rootId: number;
}

/** capabilities(7), by number. */
const NAMES: readonly string[] = [
  'cap_chown',
  'cap_dac_override',
  'cap_dac_read_search',
  'cap_fowner',
  'cap_fsetid',
  'cap_kill',
  'cap_setgid',
  'cap_setuid',
  'cap_setpcap',
  'cap_linux_immutable',
  'cap_net_bind_service',
  'cap_net_broadcast',
  'cap_net_admin',
  'cap_net_raw',
  'cap_ipc_lock',
  'cap_ipc_owner',
  'cap_sys_module',
  'cap_sys_rawio',
  'cap_sys_chroot',
  'cap_sys_ptrace',
  'cap_sys_pacct',
  'cap_sys_admin',
  'cap_sys_boot',
  'cap_sys_nice',
  'cap_sys_resource',
  'cap_sys_time',
  'cap_sys_tty_config',
  'cap_mknod',
  'cap_lease',
  'cap_audit_write',
  'cap_audit_control',
  'cap_setfcap',
  'cap_mac_override',
  'cap_mac_admin',
  'cap_syslog',
  'cap_wake_alarm',
  'cap_block_suspend',
  'cap_audit_read',
  'cap_perfmon',
  'cap_bpf',
  'cap_checkpoint_restore',
];

const REVISION = 0xff000000;
const EFFECTIVE = 0x000001;
/** Bytes of each revision: magic, then one or two pairs of 32-bit masks, then a root id. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [0x01000000, 12],
  [0x02000000, 20],
  [0x03000000, 24],
]);

/** Reads a raw xattr value (latin1). Undefined where the kernel would refuse it too (unknown revision, wrong size). */
export function toCapabilities(raw: string): FileCapabilities | undefined {
  if (raw.length > 24) return undefined;
  const bytes = Buffer.from(raw, 'latin1');
  const magic = bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
  const revision = (magic & REVISION) >>> 0;
  const size = SIZES.get(revision);
  if (size === undefined || bytes.length !== size) return undefined;
  const words = size === 12 ? [bytes.readUInt32LE(4)] : [bytes.readUInt32LE(4), bytes.readUInt32LE(12)];
  const permitted = words.flatMap((word, index) => namesOf(word, index * 32));
  const rootId = size === 24 ? bytes.readUInt32LE(20) : 0;
  return { effective: (magic & EFFECTIVE) !== 0, permitted, rootId };
}

function namesOf(word: number, from: number): string[] {
  const names: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    if (((word >>> bit) & 1) === 1) names.push(NAMES[from + bit] ?? `cap_${from + bit}`);
  }
  return names;
}
