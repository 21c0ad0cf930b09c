/*
 * Code that firmware or a boot loader starts without a file system around it, told by how it begins.
 */

/** @param head the first 128 KiB */
export function isBootCode(head: Buffer): boolean {
  const text = (at: number, length: number) => head.toString('latin1', at, at + length);
  // Linux, as a boot loader finds it (Documentation/arch/x86/boot, arm64/booting, zboot).
  if (head.length >= 1024 && text(0x202, 4) === 'HdrS') return true;
  if (text(56, 4) === 'ARM\x64' || (text(0, 2) === 'MZ' && text(4, 4) === 'zimg')) return true;
  // ChromeOS' signed kernels, Android's boot image, U-Boot's.
  if (text(0, 8) === 'CHROMEOS' || text(0, 8) === 'ANDROID!' || text(0, 4) === '\x27\x05\x19\x56')
    return true;
  return isGrubCore(text(0, 512));
}

/** The first sector of GRUB's core.img, which loads the others: it has what it says when it cannot. */
function isGrubCore(sector: string): boolean {
  return (
    sector.startsWith('R') && sector.includes('Geom') && sector.includes('Read') && sector.includes(' Error')
  );
}
