import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { COMPUTES, EMPTY, MAX_DEPTH, TRUE, type Tree } from './tree.ts';

/*
 * YAML, by the parser of others. It takes seconds for a megabyte, and longer for what is malformed on purpose: how large a document is, and how
 * deep its brackets, is bounded before. Aliases are not followed.
 */

const MAX_LENGTH = 512 * 1024;
/** Brackets that are open, strings and comments counted too. */
const MAX_OPEN = 400;

/** One tree for each document in the text. @throws SyntaxError with the line */
export function parseYaml(text: string): Tree[] {
  if (text.length > MAX_LENGTH)
    throw new SyntaxError(`it has more than ${MAX_LENGTH} characters, which is too much YAML to be parsed`);
  requireShallow(text);
  const lines = new LineCounter();
  const documents = parse(text, lines);
  return documents.map(({ contents, errors: [wrong] }) => {
    if (wrong === undefined) return toTree(contents, lines, 0);
    const why = wrong.message.split('\n', 1)[0] ?? '';
    throw new SyntaxError(`line ${lines.linePos(wrong.pos[0]).line}: ${why.slice(0, 200)}`);
  });
}

function parse(text: string, lineCounter: LineCounter) {
  const { stackTraceLimit } = Error;
  // It makes an error for each character that is wrong, and a trace for each takes most of the time.
  Error.stackTraceLimit = 0;
  try {
    const options = { lineCounter, strict: false, uniqueKeys: false, prettyErrors: false } as const;
    const documents = parseAllDocuments(text, { ...options, logLevel: 'silent' });
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    // Its own recursion has no bound.
    if (error instanceof RangeError) throw new SyntaxError('it nests too deeply');
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function requireShallow(text: string): void {
  let open = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = Math.max(0, open + (bracket === '[' || bracket === '{' ? 1 : -1));
    if (open > MAX_OPEN) throw new SyntaxError('it nests too deeply');
  }
}

function toTree(node: unknown, lines: LineCounter, depth: number): Tree {
  if (depth > MAX_DEPTH) throw new SyntaxError('it nests too deeply');
  if (isMap(node)) {
    const line = node.range ? lines.linePos(node.range[0]).line : 1;
    const entries = node.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : '';
      return [name, toTree(value, lines, depth + 1)] as const;
    });
    return { kind: 'map', line, entries };
  }
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => toTree(item, lines, depth + 1)) };
  if (isAlias(node)) return COMPUTES;
  if (!isScalar(node)) return EMPTY;
  // `!Ref owner` and its kin; a tag of YAML itself (`!!str`) says a type only.
  if (node.tag?.startsWith('!') === true && node.value !== '') return COMPUTES;
  const { value } = node;
  if (value === true) return TRUE;
  if (typeof value === 'string' || typeof value === 'number')
    return { kind: 'text', text: toText(node, value) };
  return EMPTY;
}

/** As it was written: an account id is a number to YAML, and one that begins with a zero another. */
function toText({ source }: { readonly source?: string | undefined }, value: string | number): string {
  return typeof value === 'number' ? (source ?? String(value)) : value;
}
