import * as z from 'zod';
import { MAX_TEXT, narrowPredicate, type PredicateType, toSays } from '../predicate.ts';

const text = z.string().max(MAX_TEXT);
const schema = z.object({ name: text.nullish(), command: z.array(text).max(10_000).nullish() });

/** One step of a supply chain, in-toto's own (github.com/in-toto/attestation, spec/predicates/link.md). */
export const link: PredicateType = {
  uris: ['https://in-toto.io/Link/v1', 'https://in-toto.io/attestation/link/v0.3'],
  aliases: ['link'],
  parse(predicate) {
    const { name, command } = narrowPredicate(schema, predicate, 'in-toto link');
    return {
      kind: 'other',
      says: toSays({ step: name ?? undefined, command: command?.slice(0, 40).join(' ') }),
    };
  },
};
