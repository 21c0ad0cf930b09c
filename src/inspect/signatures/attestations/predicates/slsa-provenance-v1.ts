import * as z from 'zod';
import {
  MAX_TEXT,
  narrowPredicate,
  type PredicateType,
  type ProvenanceSource,
  toSays,
} from '../predicate.ts';
import { commitOf, digestSet, repositoryOf } from '../source-commit.ts';

const MAX_DEPENDENCIES = 20_000;
const text = z.string().max(MAX_TEXT);
const source = z.object({ uri: text.min(1), digest: digestSet.nullish() });

const schema = z.object({
  buildDefinition: z.object({
    buildType: text.min(1),
    externalParameters: z.looseObject({
      /** GitHub's workflows (slsa-framework.github.io/github-actions-buildtypes/workflow/v1). */
      workflow: z
        .looseObject({ repository: text.nullish(), ref: text.nullish(), path: text.nullish() })
        .nullish(),
      /** Container-based and delegated builds of slsa-github-generator. */
      source: z.union([text, source]).nullish(),
      /** BuildKit. */
      configSource: z.object({ uri: text.nullish(), digest: digestSet.nullish() }).nullish(),
    }),
    resolvedDependencies: z
      .array(z.object({ uri: text.nullish(), digest: digestSet.nullish() }))
      .max(MAX_DEPENDENCIES)
      .nullish(),
  }),
  runDetails: z.object({
    builder: z.object({ id: text.min(1) }),
    metadata: z.object({ invocationId: text.nullish() }).nullish(),
  }),
});

type Definition = z.output<typeof schema>['buildDefinition'];

/**
 * SLSA provenance 1 (slsa.dev/spec/v1.0/provenance). Where the source stands is each build type's own business; the places
 * that the known ones use are read, and where more than one speaks a policy asks it of all of them.
 */
export const slsaProvenanceV1: PredicateType = {
  uris: ['https://slsa.dev/provenance/v1'],
  aliases: ['slsaprovenance1'],
  parse(predicate) {
    const { buildDefinition, runDetails } = narrowPredicate(schema, predicate, 'SLSA provenance 1');
    const sources = sourcesOf(buildDefinition);
    const says = toSays({
      builder: runDetails.builder.id,
      'build type': buildDefinition.buildType,
      source: sources.map(({ uri }) => uri).join(', '),
      commit: sources.find(({ commit }) => commit !== undefined)?.commit,
      workflow: buildDefinition.externalParameters.workflow?.path ?? undefined,
      parameters: Object.keys(buildDefinition.externalParameters).slice(0, 20).join(', '),
      invocation: runDetails.metadata?.invocationId ?? undefined,
    });
    return { kind: 'provenance', builder: runDetails.builder.id, sources, says };
  },
};

function sourcesOf(definition: Definition): ProvenanceSource[] {
  const { workflow, source, configSource } = definition.externalParameters;
  const named: {
    readonly uri: string;
    readonly digest?: Readonly<Record<string, string>> | null | undefined;
  }[] = [];
  if (workflow?.repository) {
    named.push({ uri: workflow.ref ? `${workflow.repository}@${workflow.ref}` : workflow.repository });
  }
  if (typeof source === 'string' && source !== '') named.push({ uri: source });
  if (typeof source === 'object' && source !== null) named.push(source);
  if (configSource?.uri) named.push({ uri: configSource.uri, digest: configSource.digest });
  return named.map(({ uri, digest }) => {
    const commit = commitOf(digest ?? undefined) ?? resolvedCommit(definition, uri);
    return commit === undefined ? { uri } : { uri, commit };
  });
}

/** The commit of the dependency that is the same repository. */
function resolvedCommit({ resolvedDependencies }: Definition, uri: string): string | undefined {
  const repository = repositoryOf(uri);
  const dependency = resolvedDependencies?.find((one) => one.uri && repositoryOf(one.uri) === repository);
  return commitOf(dependency?.digest ?? undefined);
}
