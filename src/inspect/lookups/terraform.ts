import { type HclBlock, parseHcl } from './hcl.ts';
import { COMPUTED, type Lookup, parseFamily, parseLongFamily } from './lookup.ts';

/** Look-ups in Terraform and in Packer's own HCL. @throws SyntaxError */
export function* lookupsInHcl(text: string): Generator<Lookup> {
  for (const block of parseHcl(text)) yield* inBlock(block, false);
}

const AMI_DATA = /^(?:aws_ami|aws_ami_ids|amazon-ami)$/;
const IMAGE_REFERENCE = /^(?:source|storage|storage_profile)_image_reference$/;

/** @param isGoogle whether it stands in a resource of Google's: a container image is written like `project/family` */
function* inBlock(block: HclBlock, isGoogle: boolean): Generator<Lookup> {
  const [kind = '', name = ''] = block.labels;
  const what = [block.type, kind, name].filter((part) => part !== '').join(' ');
  yield* byType(block, kind, what);
  const isInGoogle = isGoogle || /^google_compute_|^googlecompute$/.test(kind);
  for (const [attribute, { text, line }] of block.attributes) {
    if (attribute !== 'image' && attribute !== 'source_image') continue;
    const family = (isInGoogle ? parseFamily : parseLongFamily)(literal(text));
    if (family !== undefined) yield { cloud: 'gcp', line, text: `${what} ${attribute}`, ...family };
  }
  for (const inner of block.blocks) yield* inBlock(inner, isInGoogle);
}

function* byType(block: HclBlock, kind: string, what: string): Generator<Lookup> {
  const { type } = block;
  if ((type === 'data' && AMI_DATA.test(kind)) || type === 'source_ami_filter') yield toAmi(block, what);
  if (type === 'data' && kind === 'google_compute_image') yield* toFamily(block, what, 'project', 'family');
  if (type === 'source' && kind === 'googlecompute')
    yield* toFamily(block, what, 'source_image_project_id', 'source_image_family');
  if (type === 'source' && kind === 'azure-arm')
    yield* toAzure(block, what, 'image_publisher', 'image_version');
  if (IMAGE_REFERENCE.test(type) || (type === 'data' && kind === 'azurerm_platform_image'))
    yield* toAzure(block, what, 'publisher', 'version');
}

/** Filters that leave one owner only: one image, or one product of the Marketplace. */
const PINNING = ['image-id', 'product-code'];

function toAmi({ attributes, blocks, line }: HclBlock, text: string): Lookup {
  const filters = blocks.flatMap(toFilter);
  const map = attributes.get('filters')?.text;
  const valuesOf = (wanted: string): string[] => [
    ...filters.filter(({ name }) => name === wanted).flatMap(({ values }) => values),
    // Packer writes them as a map.
    ...mapValue(map, wanted),
  ];
  // A filter that is computed may say the owner.
  const isOpen = filters.some(({ name }) => name === COMPUTED) || (map !== undefined && !/^\s*\{/.test(map));
  const owners = [
    ...listOf(attributes.get('owners')?.text),
    ...valuesOf('owner-id'),
    ...valuesOf('owner-alias'),
    ...(isOpen || PINNING.some((name) => valuesOf(name).length > 0) ? [COMPUTED] : []),
  ];
  return {
    cloud: 'aws',
    line,
    text,
    names: [...valuesOf('name'), ...listOf(attributes.get('name_regex')?.text)],
    owners: owners.length > 0 ? owners : undefined,
    mostRecent: /^\s*"?true"?\s*$/.test(attributes.get('most_recent')?.text ?? ''),
  };
}

/** `filter { … }`, or what `dynamic "filter"` makes of a list. */
function toFilter({ type, labels, attributes, blocks }: HclBlock): { name: string; values: string[] }[] {
  if (type === 'dynamic' && labels[0] === 'filter')
    return blocks
      .filter((inner) => inner.type === 'content')
      .flatMap((inner) => toFilter({ ...inner, type: 'filter' }));
  if (type !== 'filter') return [];
  const name = attributes.get('name')?.text ?? '';
  return [
    { name: isLiteral(name) ? literal(name) : COMPUTED, values: listOf(attributes.get('values')?.text) },
  ];
}

function* toFamily(
  { attributes, line }: HclBlock,
  text: string,
  project: string,
  family: string,
): Generator<Lookup> {
  const wanted = attributes.get(family);
  if (wanted === undefined) return;
  const [of] = listOf(attributes.get(project)?.text);
  yield { cloud: 'gcp', line, text, project: of, family: literal(wanted.text) };
}

function* toAzure(
  { attributes, line }: HclBlock,
  text: string,
  publisher: string,
  version: string,
): Generator<Lookup> {
  const of = attributes.get(publisher);
  if (of === undefined || !isLiteral(of.text)) return;
  // Packer takes the latest where none is said.
  const wanted = attributes.get(version)?.text ?? '"latest"';
  yield { cloud: 'azure', line, text, publisher: literal(of.text), version: literal(wanted) };
}

/** The strings of `"a"` or `["a", "b"]`; an expression is one value that nobody knows. */
function listOf(text: string | undefined): string[] {
  if (text === undefined || text.trim() === 'null') return [];
  const inside = text.trim().replace(/^\[|\]$/g, '');
  return inside
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (isLiteral(part) ? literal(part) : COMPUTED));
}

function mapValue(text: string | undefined, key: string): string[] {
  const escaped = key.replaceAll('-', '\\-');
  const match = new RegExp(
    `(?:^|[{,\\s])"?${escaped}"?\\s*[=:]\\s*("[^"]{0,500}"|[A-Za-z_][^,}\\s]{0,200})`,
  ).exec(text ?? '');
  return listOf(match?.[1]);
}

function isLiteral(text: string): boolean {
  return /^\s*"[^"$%]*"\s*$/.test(text);
}

function literal(text: string): string {
  const match = /^\s*"([^"]*)"\s*$/.exec(text);
  return match === null ? COMPUTED : (match[1] ?? '');
}
