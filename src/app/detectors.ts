import { readFileSync, statSync } from 'node:fs';
import { Failure, messageOf } from '../core/failure.ts';
import type { Vouching } from '../core/vouching.ts';
import { DETECTORS } from '../inspect/all.ts';
import type { AnyDetector } from '../inspect/contract.ts';
import { parseDigestList } from '../inspect/detectors/binaries/known-bad/digest-list.ts';
import { knownBad, toKnownBad } from '../inspect/detectors/binaries/known-bad/index.ts';
import { toUntrusted, untrusted } from '../inspect/detectors/signatures/untrusted/index.ts';
import type { Settings } from './settings.ts';

/** A list of digests is read whole: about six million fit. */
const MAX_LIST_BYTES = 400 * 2 ** 20;

/**
 * Every detector, with the user's list of known bad files in place of the shorter one that ships.
 * @throws Failure NOT_FOUND, NO_PERMISSION, TOO_LARGE, RULES_INVALID naming file and line
 */
export function detectorsFor({ knownBad: files }: Settings): readonly AnyDetector[] {
  if (files.length === 0) return DETECTORS;
  const listed = toKnownBad(files.flatMap((file) => parseDigestList(readList(file), file)));
  return DETECTORS.map((detector) => (detector === knownBad ? listed : detector));
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
