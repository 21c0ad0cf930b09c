import type { Publisher } from '../contract.ts';

/** Namespace, name for a person, well-known repositories in one string, and the source where the namespace's page is none. */
export type PublisherRow = readonly [namespace: string, name: string, repositories: string, source?: string];

/** The same with the registry before it, for registries that have a row or two. */
export type HostedRow = readonly [
  registry: string,
  namespace: string,
  name: string,
  repositories: string,
  source: string,
];

/** Publishers of one registry; `toSource` gives the page of a namespace. */
export function toPublishers(
  registry: string,
  toSource: (namespace: string) => string,
  rows: readonly PublisherRow[],
): readonly Publisher[] {
  return rows.map(([namespace, name, repositories, source]) =>
    toPublisher([registry, namespace, name, repositories, source ?? toSource(namespace)]),
  );
}

export function toPublisher([registry, namespace, name, repositories, source]: HostedRow): Publisher {
  return { registry, namespace, name, repositories: repositories.split(' '), source };
}
