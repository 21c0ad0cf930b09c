import type { Suspicion } from '../../../core/naming.ts';
import { parseReference } from '../../../core/reference.ts';
import { MAX_NAME, type SplitName, toLowerCase } from '../split-name.ts';
import { toSuspicion } from '../suspicion.ts';

/*
 * Names that no registry takes. Whoever reads one takes it for what it is like; what a tool makes of it is anybody's guess
 * (`nginx/`, `../../etc/passwd`, `BITNAMI/redis`, which newer tools read as a host).
 */

/** Whether a registry would take the name, upper case aside. */
export function isWellFormed({ text, upperCase }: SplitName): boolean {
  // An image's id is no name, and imitates none.
  if (/^[0-9a-f]{64}$/.test(text)) return true;
  try {
    parseReference(upperCase === undefined ? text : lowerBeforeDigest(text));
    return true;
  } catch {
    return false;
  }
}

/** @param found what was found otherwise: a graver reason says enough */
export function suspectForm(name: SplitName, isTaken: boolean, found: readonly Suspicion[]): Suspicion[] {
  const suspicions = name.isCut
    ? [toSuspicion('too-long', undefined, [[0.6, `only the first ${MAX_NAME} characters were looked at`]])]
    : [];
  if (name.upperCase !== undefined) suspicions.push(upperCase(name, name.upperCase));
  const isSaid = [...suspicions, ...found].some(({ tier }) => tier !== 'note');
  if (!isTaken && !isSaid)
    suspicions.push(toSuspicion('malformed', undefined, [[0.6, 'no registry takes such a name']]));
  return suspicions;
}

function upperCase({ host, path, namesHost }: SplitName, written: string): Suspicion {
  const meant = [host, ...path].join('/');
  const what = `${written} has upper-case letters, and no image name may have any`;
  const isFirst = !namesHost && toLowerCase(written) === path[0];
  return toSuspicion(
    'upper-case',
    meant,
    isFirst
      ? [
          [0.4, what],
          [0.2, `newer tools take ${written} for a host`],
        ]
      : [[0.4, what]],
  );
}

function lowerBeforeDigest(text: string): string {
  const at = text.indexOf('@');
  return at === -1 ? toLowerCase(text) : toLowerCase(text.slice(0, at)) + text.slice(at);
}
