import { type HclBlock, parseHcl } from './hcl.ts';
import { COMPUTED, type Lookup, parseFamily } from './lookup.ts';

/** Look-ups in Terraform and in Packer's own HCL. @throws SyntaxError */
export function* lookupsInHcl(text: string): Generator<Lookup> {
  for (const block of parseHcl(text)) yield* inBlock(block);
}

function* inBlock(block: HclBlock): Generator<Lookup> {
  const [kind = '', name = ''] = block.labels;
  const what = [block.type, kind, name].filter((part) => part !== '').join(' ');
  if (block.type === 'data' && (kind === 'aws_ami' || kind === 'aws_ami_ids')) yield toAmi(block, what);
  else if (block.type === 'data' && kind === 'google_compute_image')
    yield* toFamily(block, what, 'project', 'family');
  else if (/_(?:source_ami_filter|ami_filter)$|^source_ami_filter$/.test(block.type))
    yield toAmi(block, what);
  if (block.type === 'source' && kind === 'googlecompute')
    yield* toFamily(block, what, 'source_image_project_id', 'source_image_family');
  if (block.type === 'source' && kind === 'azure-arm')
    yield* toAzure(block, what, 'image_publisher', 'image_version');
  if (block.type === 'source_image_reference') yield* toAzure(block, what, 'publisher', 'version');
  for (const [attribute, { text, line }] of block.attributes) {
    const family =
      attribute === 'image' || attribute === 'source_image' ? parseFamily(literal(text)) : undefined;
    if (family !== undefined) yield { cloud: 'gcp', line, text: `${what} ${attribute}`, ...family };
  }
  for (const inner of block.blocks) yield* inBlock(inner);
}

function toAmi(block: HclBlock, text: string): Lookup {
  const { attributes, blocks, line } = block;
  const filters = blocks.filter(({ type }) => type === 'filter');
  const valuesOf = (filter: string): string[] => [
    ...filters
      .filter(({ attributes: fields }) => literal(fields.get('name')?.text ?? '') === filter)
      .flatMap(({ attributes: fields }) => listOf(fields.get('values')?.text)),
    // Packer writes them as a map.
    ...mapValue(attributes.get('filters')?.text, filter),
  ];
  const names = [...valuesOf('name'), ...listOf(attributes.get('name_regex')?.text)];
  const owners = [
    ...listOf(attributes.get('owners')?.text),
    ...valuesOf('owner-id'),
    ...valuesOf('owner-alias'),
  ];
  const ids = valuesOf('image-id');
  return {
    cloud: 'aws',
    line,
    text,
    names,
    owners: owners.length > 0 ? owners : ids.length > 0 ? [COMPUTED] : undefined,
    mostRecent: /^true$/.test(attributes.get('most_recent')?.text.trim() ?? ''),
  };
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
  if (text === undefined) return [];
  const inside = text.trim().replace(/^\[|\]$/g, '');
  return inside
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (isLiteral(part) ? literal(part) : COMPUTED));
}

function mapValue(text: string | undefined, key: string): string[] {
  const escaped = key.replace('-', '\\-');
  const match = new RegExp(
    `(?:^|[{,\\s])"?${escaped}"?\\s*[=:]\\s*("[^"]{0,500}"|[A-Za-z_][^,}\\s]{0,200})`,
  ).exec(text ?? '');
  return listOf(match?.[1]);
}

function isLiteral(text: string): boolean {
  return /^\s*"[^"$]*"\s*$/.test(text);
}

function literal(text: string): string {
  const match = /^\s*"([^"]*)"\s*$/.exec(text);
  return match === null ? COMPUTED : (match[1] ?? '');
}
