import * as z from 'zod';
import { MAX_TEXT, narrowPredicate, type PredicateType, toSays } from '../predicate.ts';

const text = z.string().max(MAX_TEXT);
const VERSION = /^SPDX-[0-9]{1,3}\.[0-9]{1,3}$/;
const TAG_VALUE_VERSION = /^SPDXVersion:[ \t]{0,20}(SPDX-[0-9]{1,3}\.[0-9]{1,3})[ \t]{0,20}\r?$/m;

const version2 = z.object({
  spdxVersion: z.string().regex(VERSION),
  name: text.nullish(),
  packages: z.array(z.unknown()).nullish(),
});
const version3 = z.object({
  '@graph': z.array(z.object({ type: z.unknown().optional() })),
});

/** SPDX as JSON of version 2 or 3, or as the tag-value text that cosign's type `spdx` carries. */
export const spdx: PredicateType = {
  uris: ['https://spdx.dev/Document', 'https://spdx.dev/Document/v2.2', 'https://spdx.dev/Document/v2.3'],
  aliases: ['spdx', 'spdxjson'],
  parse(predicate) {
    if (typeof predicate === 'string') return other(parseTagValue(predicate));
    if (typeof predicate === 'object' && predicate !== null && '@graph' in predicate) {
      const graph = narrowPredicate(version3, predicate, 'SPDX document')['@graph'];
      return other({
        format: 'SPDX 3',
        packages: graph.filter(({ type }) => type === 'software_Package').length,
      });
    }
    const { spdxVersion, name, packages } = narrowPredicate(version2, predicate, 'SPDX document');
    return other({ format: spdxVersion, name: name ?? undefined, packages: packages?.length ?? 0 });
  },
};

interface Outline {
  readonly format: string;
  readonly name?: string | undefined;
  readonly packages: number;
}

function parseTagValue(document: string): Outline {
  const { format } = narrowPredicate(
    z.object({ format: z.string() }),
    { format: TAG_VALUE_VERSION.exec(document)?.[1] },
    'SPDX document',
  );
  return { format, packages: document.match(/^PackageName:/gm)?.length ?? 0 };
}

function other({ format, name, packages }: Outline): { kind: 'other'; says: string[] } {
  return { kind: 'other', says: toSays({ format, name, packages: String(packages) }) };
}
