import { parseJson } from './json.ts';
import { COMPUTED, type Lookup, parseFamily, parseLongFamily, parseUrn } from './lookup.ts';
import { field, type MapTree, type Tree, textOf } from './tree.ts';
import { parseYaml } from './yaml.ts';

/*
 * Look-ups in YAML and JSON: Terraform's and Packer's JSON, CloudFormation and what CDK writes, CDK's context, Pulumi YAML, ARM templates. One walk knows
 * them all, by the fields that each has.
 */

/** A map, and the keys that it stands under. */
interface Place {
  readonly map: MapTree;
  readonly key: string;
  readonly above: Above | undefined;
}

interface Above {
  readonly key: string;
  readonly above: Above | undefined;
}

/**
 * Words that each look-up in YAML has one of. A folder has much other YAML, with templates in it that nobody can parse (Helm), or locks of a
 * megabyte: what has none of them, and no escape that could write one, is not parsed.
 */
const TELLTALE =
  /ami_filter|AmiFilter|getAmi|ami:account=|source_?image|initializeParams|publisher|\burn\b|images\/family|aws_ami|compute_image|getImage|amazon-ami|Custom::|\\[xuU]/i;

/** @throws SyntaxError when it cannot be parsed */
export function* lookupsInJson(text: string): Generator<Lookup> {
  yield* lookupsInTree(parseJson(text));
}

/** @throws SyntaxError when it cannot be parsed */
export function* lookupsInYaml(text: string): Generator<Lookup> {
  if (!TELLTALE.test(text)) return;
  for (const tree of parseJsonOrYaml(text)) yield* lookupsInTree(tree);
}

/** Templates in JSON are called `.template` or `.yaml` too, and larger ones than YAML's parser is given. */
function parseJsonOrYaml(text: string): Tree[] {
  if (!/^\s*[{[]/.test(text)) return parseYaml(text);
  try {
    return [parseJson(text)];
  } catch {
    return parseYaml(text);
  }
}

function* lookupsInTree(tree: Tree): Generator<Lookup> {
  for (const place of mapsIn(tree, '', undefined)) yield* inMap(place);
}

function* mapsIn(tree: Tree, key: string, above: Above | undefined): Generator<Place> {
  if (tree.kind === 'list') for (const item of tree.items) yield* mapsIn(item, key, above);
  if (tree.kind !== 'map') return;
  yield { map: tree, key, above };
  for (const [name, value] of tree.entries) yield* mapsIn(value, name, { key, above });
}

function* inMap(place: Place): Generator<Lookup> {
  const { map, key, above } = place;
  const { line } = map;
  if (key === 'source_ami_filter' || key === 'SourceAmiFilter') yield fromAmiFilter(map, key);
  const kind = above?.key ?? '';
  const isData = above?.above?.key === 'data';
  if (isData && /^(?:aws_ami|aws_ami_ids|amazon-ami)$/.test(kind))
    yield fromAmiFilter(map, `data ${kind} ${key}`);
  if (isData && kind === 'google_compute_image')
    yield* fromFamily(map, `data ${kind} ${key}`, 'project', 'family');
  yield* fromPulumi(map, key);
  if (/^Custom::.{0,60}AMI/i.test(textOf(map, 'Type') ?? '')) yield* fromCustom(map);
  for (const [name] of map.entries) yield* fromContextKey(name, line);
  yield* fromImage(place);
  yield* fromFamily(map, 'source_image_family', 'source_image_project_id', 'source_image_family');
  yield* fromImageReference(map, key);
  const urn = parseUrn(textOf(map, 'urn') ?? '');
  if (urn !== undefined) yield { cloud: 'azure', line, text: 'urn', ...urn };
}

const GET_AMI = /^aws:(?:(?:ec2|index)[:/])?(?:getAmi(?:Ids)?:)?getAmi(?:Ids)?$/;
const GET_IMAGE = /^gcp:compute[:/](?:getImage:)?getImage$/;

/** `fn::invoke: {function, arguments}`, and in short `fn::aws:ec2:getAmi: {…}`. */
function* fromPulumi(map: MapTree, key: string): Generator<Lookup> {
  const invoked = textOf(map, 'function', 'Function') ?? key.replace(/^[Ff]n::/, '');
  const given = field(map, 'arguments', 'Arguments') ?? (key.startsWith('fn::') ? map : undefined);
  if (given?.kind !== 'map') return;
  const args = { ...given, line: map.line };
  if (GET_AMI.test(invoked)) yield fromAmiFilter(args, invoked);
  if (GET_IMAGE.test(invoked)) yield* fromFamily(args, invoked, 'project', 'family');
}

/** Look-ups that people have CloudFormation do by a function of their own (`Custom::AMI`). */
function* fromCustom(map: MapTree): Generator<Lookup> {
  const properties = field(map, 'Properties');
  if (properties?.kind !== 'map' || field(properties, 'Filters') === undefined) return;
  yield fromAmiFilter({ ...properties, line: map.line }, textOf(map, 'Type') ?? '');
}

/** GCP's short form `project/family` is written like a container image: it counts only where GCP's images stand. */
function* fromImage({ map, key, above }: Place): Generator<Lookup> {
  const image = textOf(map, 'sourceImage', 'source_image', 'image') ?? '';
  const isGoogle =
    /^(?:initializeParams|initialize_params)$/.test(key) ||
    textOf(map, 'sourceImage') !== undefined ||
    isUnderGoogle(above);
  const family = isGoogle ? parseFamily(image) : parseLongFamily(image);
  if (family !== undefined)
    yield { cloud: 'gcp', line: map.line, text: key === '' ? 'image' : key, ...family };
}

function isUnderGoogle(above: Above | undefined): boolean {
  for (let at = above; at !== undefined; at = at.above) if (at.key.startsWith('google_compute_')) return true;
  return false;
}

function* fromFamily(map: MapTree, text: string, project: string, family: string): Generator<Lookup> {
  const wanted = textOf(map, family);
  if (wanted === undefined) return;
  const [of] = strings(field(map, project));
  yield { cloud: 'gcp', line: map.line, text, project: of, family: wanted };
}

/** Filters are a map (Packer), or a list of name and values (Terraform, Pulumi, custom resources of CloudFormation). */
function fromAmiFilter(map: MapTree, text: string): Lookup {
  const filters = new Map<string, string[]>();
  const given = field(map, 'filters', 'Filters', 'filter');
  const isOne = given?.kind === 'map' && field(given, 'values', 'Values') !== undefined;
  if (given?.kind === 'map' && !isOne)
    for (const [name, value] of given.entries) filters.set(name, strings(value));
  for (const item of isOne ? [given] : given?.kind === 'list' ? given.items : []) {
    if (item.kind !== 'map') continue;
    const name = textOf(item, 'name', 'Name') ?? COMPUTED;
    filters.set(isComputed(name) ? COMPUTED : name, strings(field(item, 'values', 'Values')));
  }
  // A filter that nobody knows, and a map that is merged in, may say the owner.
  const isOpen = filters.has(COMPUTED) || given?.kind === 'computed' || field(map, '<<') !== undefined;
  const owners = [
    ...strings(field(map, 'owners', 'Owners')),
    ...(filters.get('owner-id') ?? []),
    ...(filters.get('owner-alias') ?? []),
    ...(['image-id', 'product-code'].some((name) => filters.has(name)) || field(map, 'ImageIds') || isOpen
      ? [COMPUTED]
      : []),
  ];
  const newest = field(map, 'most_recent', 'mostRecent', 'MostRecent');
  return {
    cloud: 'aws',
    line: map.line,
    text,
    names: [...(filters.get('name') ?? []), ...strings(field(map, 'nameRegex', 'name_regex'))],
    owners: owners.length === 0 ? undefined : owners,
    mostRecent: newest?.kind === 'true' || (newest?.kind === 'text' && newest.text === 'true'),
  };
}

/** CDK's `LookupMachineImage` leaves what it asked for as a key of cdk.context.json. It always takes the newest. */
function* fromContextKey(key: string, line: number): Generator<Lookup> {
  if (!key.startsWith('ami:account=')) return;
  // A colon within a value is written `$:`.
  const fields = key.split(/(?<!\$):/).map((part) => part.replaceAll('$:', ':').split('=', 2));
  const valuesOf = (pattern: RegExp): string[] =>
    fields.filter(([name = '']) => pattern.test(name)).map(([, value = '']) => value);
  const pinned = valuesOf(/^filters\.(?:image-id|product-code)\.\d+$/).map(() => COMPUTED);
  const owners = [...valuesOf(/^owners\.\d+$/), ...valuesOf(/^filters\.owner-(?:id|alias)\.\d+$/), ...pinned];
  yield {
    cloud: 'aws',
    line,
    text: 'CDK look-up',
    names: valuesOf(/^filters\.name\.\d+$/),
    owners: owners.length === 0 ? undefined : owners,
    mostRecent: true,
  };
}

function* fromImageReference(map: MapTree, key: string): Generator<Lookup> {
  const publisher = textOf(map, 'publisher', 'image_publisher', 'publisherName');
  const offer = field(map, 'offer', 'image_offer');
  const version = field(map, 'version', 'image_version');
  if (publisher === undefined || offer === undefined || isComputed(publisher)) return;
  const text = key === '' ? 'image reference' : key;
  const [said = 'latest'] = strings(version);
  yield { cloud: 'azure', line: map.line, text, publisher, version: said };
}

/** A value that is computed (`!Ref`, `${…}`, `{"Ref": …}`) is one that nobody knows. */
function strings(value: Tree | undefined): string[] {
  if (value === undefined || value.kind === 'empty') return [];
  const items = value.kind === 'list' ? value.items : [value];
  return items.map((item) => (item.kind === 'text' && !isComputed(item.text) ? item.text : COMPUTED));
}

/** Terraform's and Pulumi's, Packer's and Helm's, ARM's ways to write an expression in a string. */
function isComputed(text: string): boolean {
  return text === COMPUTED || /\$\{|\{\{|^\[.*\]$/.test(text);
}
