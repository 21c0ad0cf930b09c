import {
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import { COMPUTED, type Lookup, parseFamily, parseUrn } from './lookup.ts';

/*
 * Look-ups in YAML and JSON: Packer's old templates, CloudFormation and what CDK writes, CDK's context, Pulumi YAML. One walk knows them all, by
 * the fields that each has.
 */

const MAX_DEPTH = 100;

interface Place {
  readonly map: YAMLMap;
  readonly line: number;
  /** The key that the map stands under. */
  readonly key: string;
}

/** @throws SyntaxError when it cannot be parsed */
export function* lookupsInDocument(text: string): Generator<Lookup> {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    strict: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents)) return;
  for (const document of documents) {
    const [wrong] = document.errors;
    if (wrong !== undefined)
      throw new SyntaxError(`line ${lines.linePos(wrong.pos[0]).line}: ${wrong.message.split('\n', 1)[0]}`);
    for (const place of mapsIn(document.contents, lines, '', 0)) yield* inMap(place);
  }
}

function* mapsIn(node: unknown, lines: LineCounter, key: string, depth: number): Generator<Place> {
  if (depth > MAX_DEPTH) throw new SyntaxError('it nests too deeply');
  if (!isCollection(node)) return;
  if (isMap(node)) yield { map: node, line: lineOf(node, lines), key };
  for (const item of node.items) {
    if (isSeq(node)) yield* mapsIn(item, lines, key, depth + 1);
    else {
      const { key: name, value } = item as { key: unknown; value: unknown };
      yield* mapsIn(value, lines, isScalar(name) ? String(name.value) : '', depth + 1);
    }
  }
}

function lineOf(node: Node, lines: LineCounter): number {
  return node.range ? lines.linePos(node.range[0]).line : 1;
}

function* inMap(place: Place): Generator<Lookup> {
  const { map, line, key } = place;
  if (key === 'source_ami_filter' || key === 'SourceAmiFilter') yield fromAmiFilter(map, line, key);
  const invoked = scalar(map, 'function') ?? scalar(map, 'Function');
  if (invoked !== undefined && /^aws:(?:ec2\/|ec2:)(?:getAmi:)?getAmi(?:Ids)?$/.test(invoked)) {
    const given = map.get('arguments') ?? map.get('Arguments');
    if (isMap(given)) yield fromAmiFilter(given, line, invoked);
  }
  for (const { key: name } of map.items) if (isScalar(name)) yield* fromContextKey(String(name.value), line);
  const family = parseFamily(scalar(map, 'sourceImage') ?? scalar(map, 'image') ?? '');
  if (family !== undefined) yield { cloud: 'gcp', line, text: key === '' ? 'image' : key, ...family };
  if (scalar(map, 'source_image_family') !== undefined)
    yield {
      cloud: 'gcp',
      line,
      text: 'source_image_family',
      project: scalar(map, 'source_image_project_id'),
      family: scalar(map, 'source_image_family') ?? '',
    };
  yield* fromImageReference(map, line, key);
  const urn = parseUrn(scalar(map, 'urn') ?? '');
  if (urn !== undefined) yield { cloud: 'azure', line, text: 'urn', ...urn };
}

/** `filters` is a map (Packer), or a list of name and values (Pulumi, CloudFormation custom resources). */
function fromAmiFilter(map: YAMLMap, line: number, text: string): Lookup {
  const filters = new Map<string, string[]>();
  const given = map.get('filters') ?? map.get('Filters');
  if (isMap(given))
    for (const { key, value } of given.items)
      if (isScalar(key)) filters.set(String(key.value), strings(value));
  if (isSeq(given))
    for (const item of given.items) {
      if (!isMap(item)) continue;
      const name = scalar(item, 'name') ?? scalar(item, 'Name') ?? '';
      filters.set(name, strings(item.get('values') ?? item.get('Values')));
    }
  const owners = [
    ...strings(map.get('owners') ?? map.get('Owners')),
    ...(filters.get('owner-id') ?? []),
    ...(filters.get('owner-alias') ?? []),
  ];
  return {
    cloud: 'aws',
    line,
    text,
    names: [...(filters.get('name') ?? []), ...strings(map.get('nameRegex'))],
    owners: owners.length === 0 ? undefined : owners,
    mostRecent: [map.get('most_recent'), map.get('mostRecent')].some((one) => one === true || one === 'true'),
  };
}

/** CDK's `LookupMachineImage` leaves what it asked for as a key of cdk.context.json. It always takes the newest. */
function* fromContextKey(key: string, line: number): Generator<Lookup> {
  if (!key.startsWith('ami:account=')) return;
  const fields = key.split(':').map((part) => part.split('=', 2));
  const valuesOf = (pattern: RegExp): string[] =>
    fields.filter(([name = '']) => pattern.test(name)).map(([, value = '']) => value);
  const owners = [...valuesOf(/^owners\.\d+$/), ...valuesOf(/^filters\.owner-(?:id|alias)\.\d+$/)];
  yield {
    cloud: 'aws',
    line,
    text: 'CDK look-up',
    names: valuesOf(/^filters\.name\.\d+$/),
    owners: owners.length === 0 ? undefined : owners,
    mostRecent: true,
  };
}

function* fromImageReference(map: YAMLMap, line: number, key: string): Generator<Lookup> {
  const [publisher, version] = [
    scalar(map, 'publisher') ?? scalar(map, 'image_publisher'),
    scalar(map, 'version') ?? scalar(map, 'image_version'),
  ];
  const offer = scalar(map, 'offer') ?? scalar(map, 'image_offer');
  if (publisher === undefined || offer === undefined) return;
  yield {
    cloud: 'azure',
    line,
    text: key === '' ? 'image reference' : key,
    publisher,
    version: version ?? 'latest',
  };
}

function scalar(map: YAMLMap, key: string): string | undefined {
  const value = map.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** A value that is computed (`!Ref`, `${…}`) is one that nobody knows. */
function strings(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  const items = isSeq(value) ? value.items : [value];
  return items.map((item) => {
    const plain = isScalar(item) ? item.value : item;
    const text = typeof plain === 'string' || typeof plain === 'number' ? String(plain) : COMPUTED;
    return /\$\{|\{\{/.test(text) ? COMPUTED : text;
  });
}
