import * as z from 'zod';
import { MAX_TEXT, narrowPredicate, type PredicateType, toSays } from '../predicate.ts';

const text = z.string().max(MAX_TEXT);
const STATUSES = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const;

const schema = z.object({
  '@context': z.string().regex(/^https:\/\/openvex\.dev\/ns(?:\/v[0-9.]{1,16})?$/),
  author: text.min(1),
  statements: z.array(z.object({ status: z.enum(STATUSES) })).max(100_000),
});

/** OpenVEX: which vulnerabilities do not matter, by somebody who says so (github.com/openvex/spec). */
export const openvex: PredicateType = {
  uris: ['https://openvex.dev/ns', 'https://openvex.dev/ns/v0.2.0'],
  aliases: ['openvex'],
  parse(predicate) {
    const { author, statements } = narrowPredicate(schema, predicate, 'OpenVEX document');
    const counted = STATUSES.map((status) => ({
      status,
      number: statements.filter((statement) => statement.status === status).length,
    })).filter(({ number }) => number > 0);
    const summary = counted.map(({ status, number }) => `${number} ${status}`).join(', ');
    return { kind: 'other', says: toSays({ author, statements: summary }) };
  },
};
