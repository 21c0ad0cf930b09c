import { readFileSync, statSync } from 'node:fs';
import { Failure, messageOf } from '../core/failure.ts';
import type { Vouching } from '../core/vouching.ts';
import { DETECTORS } from '../inspect/all.ts';
import type { AnyDetector } from '../inspect/contract.ts';
import { parseDigestList } from '../inspect/detectors/binaries/known-bad/digest-list.ts';
import { knownBad, toKnownBad } from '../inspect/detectors/binaries/known-bad/index.ts';
import { imitation, shippedNames, toImitation } from '../inspect/detectors/names/imitation/index.ts';
import { toUntrusted, untrusted } from '../inspect/detectors/signatures/untrusted/index.ts';
import { type NameBook, toNameBook } from '../inspect/names/book.ts';
import { CATALOGUE } from '../inspect/names/catalogue/index.ts';
import type { Settings } from './settings.ts';

/** A list of digests is read whole: about six million fit. */
const MAX_LIST_BYTES = 400 * 2 ** 20;

/**
 * Every detector, with the user's list of known bad files and own names in place of what ships.
 * @throws Failure NOT_FOUND, NO_PERMISSION, TOO_LARGE, RULES_INVALID naming file and line
 */
export function detectorsFor({ knownBad: files }: Settings, book: () => NameBook): readonly AnyDetector[] {
  const listed =
    files.length === 0
      ? knownBad
      : toKnownBad(files.flatMap((file) => parseDigestList(readList(file), file)));
  const replaced = new Map<AnyDetector, AnyDetector>([
    [knownBad, listed],
    [imitation, book === shippedNames ? imitation : toImitation(book)],
  ]);
  return DETECTORS.map((detector) => replaced.get(detector) ?? detector);
}

/**
 * What is known of names: the catalogue that ships, with the user's own where there is a file.
 * @throws Failure as `readOwnNames`
 */
export async function nameBookFor(file: string | undefined): Promise<() => NameBook> {
  if (file === undefined) return shippedNames;
  // YAML takes longer to load than a name takes to judge.
  const { readOwnNames } = await import('../inspect/names/own-names-file.ts');
  const own = readOwnNames(file);
  let book: NameBook | undefined;
  return () => {
    book ??= toNameBook(CATALOGUE, own);
    return book;
  };
}

/** With what is known of one image only: who vouches for it. */
export function detectorsWith(detectors: readonly AnyDetector[], vouching: Vouching): readonly AnyDetector[] {
  return detectors.map((detector) => (detector === untrusted ? toUntrusted(vouching) : detector));
}

function readList(file: string): string {
  try {
    if (statSync(file).size <= MAX_LIST_BYTES) return readFileSync(file, 'latin1');
  } catch (error) {
    const code =
      error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'NOT_FOUND' : 'NO_PERMISSION';
    throw new Failure(code, `the list of known bad files ${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  throw new Failure(
    'TOO_LARGE',
    `the list of known bad files ${file} is larger than ${MAX_LIST_BYTES} bytes`,
  );
}
