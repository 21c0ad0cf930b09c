import * as z from 'zod';
import { MAX_TEXT, narrowPredicate, type PredicateType, toSays } from '../predicate.ts';
import { commitOf, digestSet } from '../source-commit.ts';

const text = z.string().max(MAX_TEXT);

const schema = z.object({
  builder: z.object({ id: text.min(1) }),
  buildType: text.min(1),
  invocation: z
    .object({
      configSource: z
        .object({ uri: text.nullish(), digest: digestSet.nullish(), entryPoint: text.nullish() })
        .nullish(),
      parameters: z.unknown().optional(),
    })
    .nullish(),
});

/**
 * SLSA provenance 0.2 (slsa.dev/spec/v0.2/provenance). The source is what `invocation.configSource` says; the materials
 * are everything that went in, base images and all, and say nothing of where the build came from.
 */
export const slsaProvenanceV02: PredicateType = {
  uris: ['https://slsa.dev/provenance/v0.2'],
  aliases: ['slsaprovenance', 'slsaprovenance02'],
  parse(predicate) {
    const { builder, buildType, invocation } = narrowPredicate(schema, predicate, 'SLSA provenance 0.2');
    const { uri, digest, entryPoint } = invocation?.configSource ?? {};
    const commit = commitOf(digest ?? undefined);
    const sources = uri ? [{ uri, ...(commit === undefined ? {} : { commit }) }] : [];
    const says = toSays({
      builder: builder.id,
      'build type': buildType,
      source: uri ?? undefined,
      commit,
      'entry point': entryPoint ?? undefined,
      parameters: parameterNames(invocation?.parameters),
    });
    return { kind: 'provenance', builder: builder.id, sources, says };
  },
};

function parameterNames(parameters: unknown): string | undefined {
  return typeof parameters === 'object' && parameters !== null
    ? Object.keys(parameters).slice(0, 20).join(', ')
    : undefined;
}
