import { COMPUTED, type Lookup, parseFamily, parseUrn } from './lookup.ts';

/** Look-ups in shell scripts: the clouds' own command lines. */
export function* lookupsInShell(text: string): Generator<Lookup> {
  for (const { line, words } of commandsIn(text)) {
    const command = words.join(' ');
    if (/\bec2 describe-images\b/.test(command)) yield fromDescribeImages(words, line, command);
    else if (/\bgcloud\b/.test(command) && /\binstances create|instance-templates create\b/.test(command))
      yield* fromGcloud(words, line);
    else if (/\baz (?:vm|vmss) create\b/.test(command)) yield* fromAzure(words, line);
  }
}

const MAX_WORDS = 500;

function* commandsIn(text: string): Generator<{ line: number; words: string[] }> {
  let line = 1;
  for (const raw of text.replaceAll('\\\n', ' \u0001').split('\n')) {
    const start = line;
    line += 1 + raw.split('\u0001').length - 1;
    const joined = raw.replaceAll('\u0001', ' ');
    if (joined.trimStart().startsWith('#')) continue;
    yield { line: start, words: wordsOf(joined) };
  }
}

function wordsOf(line: string): string[] {
  const words = line.match(/(?:[^\s"']+|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return words.slice(0, MAX_WORDS).map((word) => word.replace(/["']/g, ''));
}

/** The words after an option, up to the next; `--x=y` too. Undefined when the option is not there. */
function valuesOf(words: readonly string[], option: string): string[] | undefined {
  const joined = words.find((word) => word.startsWith(`${option}=`));
  if (joined !== undefined) return [joined.slice(option.length + 1)];
  const at = words.indexOf(option);
  if (at < 0) return undefined;
  const rest = words.slice(at + 1);
  const end = rest.findIndex((word) => word.startsWith('--') || /^[|;&)]/.test(word));
  return end < 0 ? rest : rest.slice(0, end);
}

function known(value: string): string {
  return value.includes('$') ? COMPUTED : value;
}

function fromDescribeImages(words: readonly string[], line: number, command: string): Lookup {
  const filters = valuesOf(words, '--filters') ?? [];
  const filtered = (name: string): string[] =>
    filters
      .filter((filter) => filter.startsWith(`Name=${name},`))
      .flatMap((filter) => (/Values=(.*)$/.exec(filter)?.[1] ?? '').split(','))
      .map(known);
  const owners = [
    ...(valuesOf(words, '--owners') ?? []).map(known),
    ...filtered('owner-id'),
    ...filtered('owner-alias'),
    ...(valuesOf(words, '--image-ids') === undefined ? [] : [COMPUTED]),
  ];
  return {
    cloud: 'aws',
    line,
    text: 'aws ec2 describe-images',
    names: filtered('name'),
    owners: owners.length === 0 ? undefined : owners,
    mostRecent: /sort_by\(|reverse\(|\bsort\b|CreationDate/.test(command),
  };
}

function* fromGcloud(words: readonly string[], line: number): Generator<Lookup> {
  const [family] = valuesOf(words, '--image-family') ?? [];
  const [image] = valuesOf(words, '--image') ?? [];
  const [project] = valuesOf(words, '--image-project') ?? [];
  const text = 'gcloud compute';
  if (family !== undefined)
    yield {
      cloud: 'gcp',
      line,
      text,
      project: project === undefined ? undefined : known(project),
      family: known(family),
    };
  const long = parseFamily(image ?? '');
  if (long !== undefined) yield { cloud: 'gcp', line, text, ...long };
}

function* fromAzure(words: readonly string[], line: number): Generator<Lookup> {
  const [image] = valuesOf(words, '--image') ?? [];
  const urn = parseUrn(image ?? '');
  if (urn !== undefined) yield { cloud: 'azure', line, text: 'az vm create', ...urn };
}
