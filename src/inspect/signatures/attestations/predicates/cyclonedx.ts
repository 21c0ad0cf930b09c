import * as z from 'zod';
import { MAX_TEXT, narrowPredicate, type PredicateType, toSays } from '../predicate.ts';

const text = z.string().max(MAX_TEXT);

const schema = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string().regex(/^[0-9]{1,3}\.[0-9]{1,3}$/),
  metadata: z.object({ component: z.object({ name: text }).nullish() }).nullish(),
  components: z.array(z.unknown()).nullish(),
});

/** CycloneDX as JSON (cyclonedx.org/specification). */
export const cyclonedx: PredicateType = {
  uris: ['https://cyclonedx.org/bom'],
  aliases: ['cyclonedx'],
  parse(predicate) {
    const { specVersion, metadata, components } = narrowPredicate(schema, predicate, 'CycloneDX document');
    const says = toSays({
      format: `CycloneDX ${specVersion}`,
      name: metadata?.component?.name,
      components: String(components?.length ?? 0),
    });
    return { kind: 'other', says };
  },
};
