/*
 * XFS stores POSIX access lists as attributes of its own, big endian. Linux shows them under the names and in the form that every
 * file system has, so that is told too. (xfs_format.h, posix_acl_xattr.h)
 */

const SHOWN_VERSION = 2;
const ENTRY = 12;
const USER = 0x02;
const GROUP = 0x08;
const NOBODY = 0xffffffff;

const SHOWN_NAMES: ReadonlyMap<string, string> = new Map([
  ['trusted.SGI_ACL_FILE', 'system.posix_acl_access'],
  ['trusted.SGI_ACL_DEFAULT', 'system.posix_acl_default'],
]);

/** The name that Linux shows an access list under; undefined for other attributes. */
export function accessListName(name: string): string | undefined {
  return SHOWN_NAMES.get(name);
}

/** Undefined for what is no access list. */
export function toShownAccessList(stored: Buffer): Buffer | undefined {
  if (stored.length < 4 || stored.readUInt32BE(0) * ENTRY + 4 > stored.length) return undefined;
  const count = stored.readUInt32BE(0);
  const shown = Buffer.alloc(4 + count * 8);
  shown.writeUInt32LE(SHOWN_VERSION, 0);
  for (let index = 0; index < count; index++) {
    const from = 4 + index * ENTRY;
    const to = 4 + index * 8;
    const tag = stored.readUInt32BE(from);
    if (tag > 0xffff) return undefined;
    shown.writeUInt16LE(tag, to);
    shown.writeUInt16LE(stored.readUInt16BE(from + 8), to + 2);
    shown.writeUInt32LE(tag === USER || tag === GROUP ? stored.readUInt32BE(from + 4) : NOBODY, to + 4);
  }
  return shown;
}
