import { Failure } from '../../core/failure.ts';
import { isContainer } from '../disk/formats.ts';
import { DRIVERS } from '../filesystem/all.ts';
import { BLOCK_BYTES, parseHeader } from '../unpack/tar-header.ts';

/**
 * Tells a disk by its first 128 KiB and last 512 bytes; a tar gets here when its first member is a disk's.
 * @throws Failure NOT_AN_IMAGE for a tar that has a boot sector or a container's magic too: whoever loads it as an archive and whoever
 * boots it see two different images
 */
export function tellDisk(name: string, head: Buffer, tail: Buffer): boolean {
  const tar = head.length >= BLOCK_BYTES && typeof parseHeader(head.subarray(0, BLOCK_BYTES)) !== 'string';
  const disk = isContainer(head, tail) || isPartitioned(head) || hasFileSystem(head);
  if (!tar) return disk;
  if (!disk) return true;
  throw new Failure(
    'NOT_AN_IMAGE',
    `${name} is an archive and a disk at once: say with disk:, docker-archive: or rootfs: which is meant`,
  );
}

function isPartitioned(head: Buffer): boolean {
  if (head[510] === 0x55 && head[511] === 0xaa) return true;
  return [512, 4096].some((at) => head.toString('latin1', at, at + 8) === 'EFI PART');
}

/** Or a volume manager's label, or an encrypted volume, without a table around it. */
function hasFileSystem(head: Buffer): boolean {
  if (DRIVERS.some((driver) => driver.probe(head))) return true;
  if ([0, 512, 1024, 1536].some((at) => head.toString('latin1', at, at + 8) === 'LABELONE')) return true;
  return head.toString('latin1', 0, 4) === 'LUKS';
}
