import type { TrustMaterial } from '@sigstore/verify';

/** A sigstore trust root, checked and ready to prove with. */
export interface TrustRoot {
  /** As the trust file calls it; `sigstore` for the public instance. */
  readonly name: string;
  readonly material: TrustMaterial;
  /** False only where the trust file says that this instance has no transparency log: then a timestamp authority must speak. */
  readonly requireLog: boolean;
  /** False only where the trust file says that this instance has no certificate log. */
  readonly requireSct: boolean;
}
