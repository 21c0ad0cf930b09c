/*
 * ext4 stores POSIX access lists shorter than it shows them. What `getxattr` shows is what every other image has, so that
 * is what is made of them. Linux, fs/ext4/acl.h and include/uapi/linux/posix_acl_xattr.h.
 */

const STORED_VERSION = 1;
const SHOWN_VERSION = 2;
const USER = 0x02;
const GROUP = 0x08;
const NOBODY = 0xffffffff;

/** Undefined for what is none. */
export function toShownAccessList(stored: Buffer): Buffer | undefined {
  if (stored.length < 4 || stored.readUInt32LE(0) !== STORED_VERSION) return undefined;
  const shown = Buffer.alloc(4 + 2 * stored.length);
  let end = shown.writeUInt32LE(SHOWN_VERSION, 0);
  for (let at = 4; at < stored.length; ) {
    if (at + 4 > stored.length) return undefined;
    const tag = stored.readUInt16LE(at);
    const named = tag === USER || tag === GROUP;
    if (named && at + 8 > stored.length) return undefined;
    end = shown.writeUInt16LE(tag, end);
    end = shown.writeUInt16LE(stored.readUInt16LE(at + 2), end);
    end = shown.writeUInt32LE(named ? stored.readUInt32LE(at + 4) : NOBODY, end);
    at += named ? 8 : 4;
  }
  return shown.subarray(0, end);
}
