import * as z from 'zod';
import { COSIGN_SIGN_PREDICATE } from '../../../../core/statement.ts';
import { narrowPredicate, type PredicateType } from '../predicate.ts';

/** A plain signature in a statement's clothes, as cosign 3 makes it: it says nothing but its subject. */
export const cosignSign: PredicateType = {
  uris: [COSIGN_SIGN_PREDICATE],
  aliases: [],
  parse(predicate) {
    narrowPredicate(z.looseObject({}).nullish(), predicate, 'cosign signature');
    return { kind: 'other', says: [] };
  },
};

/** Whatever somebody attested with cosign without saying what it is. */
export const cosignCustom: PredicateType = {
  uris: ['https://cosign.sigstore.dev/attestation/v1'],
  aliases: ['custom'],
  parse(predicate) {
    narrowPredicate(z.looseObject({ Data: z.unknown() }), predicate, 'custom attestation');
    return { kind: 'other', says: [] };
  },
};
