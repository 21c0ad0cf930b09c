import { COMPUTED, known, type Lookup, parseFamily, parseUrn } from './lookup.ts';
import type { Pipeline } from './pipeline.ts';
import { readPipelines } from './shell-words.ts';

/** What has none of them is not parsed: shells have more syntax than is known here. */
const TELLTALE = /describe-images|\bgcloud\b|\baz\b/;

/** Look-ups in shell scripts: the clouds' own command lines. @throws SyntaxError */
export function* lookupsInShell(text: string): Generator<Lookup> {
  if (!TELLTALE.test(text)) return;
  for (const pipeline of readPipelines(text, (words) => readerFor(words) !== undefined)) {
    for (const words of pipeline.commands) yield* readerFor(words)?.(words, pipeline) ?? [];
  }
}

type Reader = (words: readonly string[], pipeline: Pipeline) => Iterable<Lookup>;

function readerFor(words: readonly string[]): Reader | undefined {
  if (isCommand(words, 'ec2', 'describe-images')) return fromDescribeImages;
  if (isCommand(words, 'gcloud', 'compute')) return fromGcloud;
  return isCommand(words, 'az', 'create') ? fromAzure : undefined;
}

/** One word, and another somewhere behind it: options of the program itself may stand between. */
function isCommand(words: readonly string[], program: string, command: string): boolean {
  const at = words.findIndex((word) => word === program || word.endsWith(`/${program}`));
  return at >= 0 && words.indexOf(command, at) > at;
}

/** The words after an option, up to the next; `--x=y` too. Undefined when the option is not there. */
function valuesOf(words: readonly string[], ...options: readonly string[]): string[] | undefined {
  const joined = words.find((word) => options.some((option) => word.startsWith(`${option}=`)));
  if (joined !== undefined) return [joined.slice(joined.indexOf('=') + 1)];
  const at = words.findIndex((word) => options.includes(word));
  if (at < 0) return undefined;
  const rest = words.slice(at + 1);
  const end = rest.findIndex((word) => word.startsWith('--') || /^\d?[<>]/.test(word));
  return end < 0 ? rest : rest.slice(0, end);
}

/** What takes one of what was found, or puts it in order to do so. */
const TAKES_ONE = /(?:sort_by|max_by|reverse|last)\(|\bsort\b|\[-1\]|\|\s?(?:tail|head)\b/;
/** Options that nobody sees, which may say the owner. */
const UNSEEN = /^\$(?:\{?\w+\[[@*]\]\}?|@|\*)$|^--cli-input-/;

function* fromDescribeImages(words: readonly string[], { line, commands }: Pipeline): Generator<Lookup> {
  const filters = (valuesOf(words, '--filters', '--filter') ?? []).flatMap(toFilters);
  const filtered = (...names: string[]): string[] =>
    filters.filter(({ name }) => names.includes(name)).flatMap(({ values }) => values);
  const isPinned =
    valuesOf(words, '--image-ids') !== undefined || filtered('image-id', 'product-code').length > 0;
  const isOpen = words.some((word) => UNSEEN.test(word)) || filters.some(({ name }) => name === COMPUTED);
  const owners = [
    ...(valuesOf(words, '--owners', '--owner') ?? []).flatMap((owner) => owner.split(',')).map(known),
    ...filtered('owner-id', 'owner-alias'),
    ...(isPinned || isOpen ? [COMPUTED] : []),
  ];
  yield {
    cloud: 'aws',
    line,
    text: 'aws ec2 describe-images',
    names: filtered('name'),
    owners: owners.length === 0 ? undefined : owners,
    mostRecent: TAKES_ONE.test(commands.map((command) => command.join(' ')).join(' | ')),
  };
}

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** `Name=name,Values=a,b`, or JSON. */
function toFilters(text: string): Filter[] {
  const [, name] = /(?:^|,)Name=([^,]{0,100})/i.exec(text) ?? [];
  if (name !== undefined) {
    const [, values = ''] = /(?:^|,)Values=(.*)$/is.exec(text) ?? [];
    const list = values.replace(/^\[|\]$/g, '').split(',');
    return [{ name: known(name), values: list.map((value) => known(value.trim())) }];
  }
  const given = toJson(text);
  return given === undefined ? [{ name: COMPUTED, values: [] }] : given.flatMap(toFilter);
}

function toJson(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [value];
  } catch {
    // A variable, or `file://…`.
    return undefined;
  }
}

function toFilter(value: unknown): Filter[] {
  if (typeof value !== 'object' || value === null || !('Name' in value)) return [];
  const values = 'Values' in value && Array.isArray(value.Values) ? value.Values : [];
  return [{ name: known(String(value.Name)), values: values.map((one) => known(String(one))) }];
}

function* fromGcloud(words: readonly string[], { line }: Pipeline): Generator<Lookup> {
  if (!words.some((word) => /^create(?:-with-container)?$/.test(word))) return;
  const [image = ''] = valuesOf(words, '--image') ?? [];
  const [family] = valuesOf(words, '--image-family') ?? [];
  const [project] = valuesOf(words, '--image-project') ?? [];
  const disks = words.map((word, at) =>
    word === '--create-disk' ? (words[at + 1] ?? '') : /^--create-disk=(.*)$/s.exec(word)?.[1],
  );
  yield* fromImage({ image, family, project }, line);
  for (const disk of disks) {
    if (disk === undefined) continue;
    const fields = new Map(disk.split(',').map((pair) => splitAt(pair, '=')));
    const of = { family: fields.get('image-family'), project: fields.get('image-project') };
    yield* fromImage({ image: fields.get('image') ?? '', ...of }, line);
  }
}

interface GcloudImage {
  readonly image: string;
  readonly family: string | undefined;
  readonly project: string | undefined;
}

function* fromImage({ image, family, project }: GcloudImage, line: number): Generator<Lookup> {
  const shared = { cloud: 'gcp', line, text: 'gcloud compute' } as const;
  const of = project === undefined ? undefined : known(project.replace(/^projects\//, ''));
  if (family !== undefined) yield { ...shared, project: of, family: known(family) };
  const long = parseFamily(image);
  if (long !== undefined) yield { ...shared, ...long };
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function* fromAzure(words: readonly string[], { line }: Pipeline): Generator<Lookup> {
  const kind = words.find((word) => /^(?:vm|vmss|disk)$/.test(word));
  if (kind === undefined) return;
  const [image] = valuesOf(words, '--image', '--image-reference') ?? [];
  const urn = parseUrn(image ?? '');
  if (urn !== undefined) yield { cloud: 'azure', line, text: `az ${kind} create`, ...urn };
}
