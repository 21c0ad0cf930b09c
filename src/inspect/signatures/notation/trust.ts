/** What Notation's own configuration trusts: `trustpolicy.json` and the certificates of `truststore/`, read and checked. */
export interface NotationTrust {
  /** As the trust file calls it, else the folder. */
  readonly name: string;
}
