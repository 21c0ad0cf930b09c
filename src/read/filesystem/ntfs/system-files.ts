/*
 * The first records of an NTFS volume are its own: what other file systems keep outside of files. Their content is structure and
 * is left out; boot code is worth inspecting and stays, and so does what is hidden in further streams of them. A file
 * is the system's by its name and its record together: no name alone takes a file out of sight.
 */

export const ROOT = 5;
export const VOLUME = 3;
export const LOG_FILE = 2;
const EXTEND = 11;

const LEFT_OUT = new Map<number, readonly string[]>([
  [0, ['$MFT']],
  [1, ['$MFTMirr']],
  [LOG_FILE, ['$LogFile']],
  [VOLUME, ['$Volume']],
  [4, ['$AttrDef']],
  [ROOT, ['.']],
  [6, ['$Bitmap']],
  [8, ['$BadClus']],
  [9, ['$Secure', '$Quota']],
  [10, ['$UpCase']],
]);

/** Streams with which the system extends its own files, by `folder record/name`. */
const OWN_STREAMS = new Map<string, readonly string[]>([
  [`${ROOT}/$Bitmap`, ['$SRAT']],
  [`${ROOT}/$BadClus`, ['$Bad']],
  [`${ROOT}/$Secure`, ['$SDS']],
  [`${ROOT}/$UpCase`, ['$Info']],
  // The journal of changes: gigabytes of hole before the records that are kept.
  [`${EXTEND}/$UsnJrnl`, ['$J', '$Max']],
]);

/** Whether a name in a folder is of the volume's structure. */
export function isSystemFile(folder: number, name: string, record: number): boolean {
  return folder === ROOT && LEFT_OUT.get(record)?.includes(name) === true;
}

export function isSystemStream(folder: number, name: string, stream: string): boolean {
  return OWN_STREAMS.get(`${folder}/${name}`)?.includes(stream) === true;
}
