import { Failure } from '../../../core/failure.ts';
import type { FileView, Wants } from '../../contract.ts';
import { type Hive, type HiveKey, parseHive } from '../../registry/hive.ts';

/** Below any root: a volume of Windows, or a layer of a Windows container (`Files/Windows/…`, `Hives/Software_Delta`). */
const SYSTEM = /(?:^|\/)(?:system32\/config\/system|hives\/system_(?:base|delta))$/i;
const SOFTWARE = /(?:^|\/)(?:system32\/config\/software|hives\/software_(?:base|delta))$/i;
const SAM = /(?:^|\/)(?:system32\/config\/sam|hives\/sam_(?:base|delta))$/i;
/** Of each user, of users to come, and of the accounts of services; a mandatory profile (`.MAN`) comes before the other. */
const USER =
  /(?:^|\/)(?:(?:users|documents and settings|serviceprofiles)\/[^/]{1,255}\/ntuser\.(?:dat|man)|system32\/config\/default|hives\/(?:default)?user_?default_?(?:base|delta)|hives\/defaultuser_(?:base|delta))$/i;
const CLASSES = /(?:^|\/)users\/[^/]{1,255}\/appdata\/local\/microsoft\/windows\/usrclass\.dat$/i;

const PATHS = { system: SYSTEM, software: SOFTWARE, sam: SAM, user: USER, classes: CLASSES };

export type HiveKind = keyof typeof PATHS;

/** The SOFTWARE hive of a server has 60 to 120 MiB. Its cells point from one end of it to the other, so it is read in one piece. */
const MAX_HIVE = 256 * 2 ** 20;

/** The gate for hives of these kinds. */
export function wantHives(...kinds: readonly HiveKind[]): Wants[] {
  return kinds.map((kind) => ({ paths: PATHS[kind], maxSize: MAX_HIVE, whole: true }));
}

/**
 * Reads a hive of one of these kinds, and says of the file what of it could not be read: when the walk is done, because keys are
 * read as they are walked.
 */
export function* readHive<T>(
  file: FileView,
  kinds: readonly HiveKind[],
  walk: (hive: Hive, kind: HiveKind) => Iterable<T>,
): Generator<T> {
  const kind = kinds.find((one) => PATHS[one].test(file.record.path));
  if (kind === undefined) return;
  const { buffer, byteOffset, byteLength } = file.bytes;
  let hive: Hive;
  try {
    hive = parseHive(Buffer.from(buffer, byteOffset, byteLength));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    file.cut(`the registry hive: ${error.message}`);
    return;
  }
  yield* walk(hive, kind);
  if (hive.dirty) file.cut('the last changes of the registry hive: they are in its transaction logs');
  for (const { what, offset } of hive.flaws)
    file.cut(`the registry hive where it is damaged: ${what} (at byte ${offset})`);
}

const CONTROL_SET = /^(?:controlset\d{3}|currentcontrolset)$/i;

/** The sets of settings of a SYSTEM hive: the one in use and those kept. */
export function* controlSets(hive: Hive): Generator<HiveKey> {
  for (const key of hive.root?.subkeys() ?? []) if (CONTROL_SET.test(key.name)) yield key;
}

/** A value as text: strings of any kind, whole numbers in decimal. */
export function textOf(key: HiveKey | undefined, name: string): string | undefined {
  return key?.value(name)?.text();
}

/** The strings of a value that holds several, or one with commas or spaces between. */
export function stringsOf(key: HiveKey | undefined, name: string, between = /\n/): string[] {
  return (textOf(key, name) ?? '')
    .split(between)
    .map((text) => text.trim())
    .filter((text) => text !== '' && text !== '""');
}
