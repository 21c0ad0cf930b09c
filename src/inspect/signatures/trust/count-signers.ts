/**
 * How many different signers have signed: as many as can be paired, each signer asked for with one identity and each
 * identity with one signer. One key under two names is one, two signatures by one identity are one, and so are two identities
 * that a single pattern covers, because that pattern is one signer.
 *
 * Pairs by augmenting paths (Kuhn 1955).
 * @param signed for each signer asked for, the identities that signed as it
 */
export function countSigners(signed: readonly ReadonlySet<string>[]): number {
  const takenBy = new Map<string, number>();
  const place = (signer: number, tried: Set<string>): boolean => {
    for (const identity of signed[signer] ?? []) {
      if (tried.has(identity)) continue;
      tried.add(identity);
      const other = takenBy.get(identity);
      if (other === undefined || place(other, tried)) {
        takenBy.set(identity, signer);
        return true;
      }
    }
    return false;
  };
  return signed.filter((_, signer) => place(signer, new Set())).length;
}
