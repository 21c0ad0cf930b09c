import { isCollection, LineCounter, type Node, parseDocument } from 'yaml';
import { Failure, messageOf } from '../core/failure.ts';
import { toOneLine } from '../core/one-line.ts';

/** What is wrong with one place of a document. */
export interface Flaw {
  /** Field names and places in lists, from the top. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A YAML file as data, and where in it things stand. */
export interface YamlDocument {
  readonly value: unknown;
  /** One line that names each flaw by file, line and field. */
  refusal(flaws: readonly Flaw[]): Failure;
}

/** Flaws told at once. */
const MAX_FLAWS = 5;

/**
 * Parses YAML that can be read in one way only: no field twice, no aliases, no tags of its own, one document.
 * @param file for messages
 * @throws Failure MALFORMED naming file and line
 */
export function parseYamlDocument(text: string, file: string): YamlDocument {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      strict: true,
      uniqueKeys: true,
      prettyErrors: false,
      lineCounter: lines,
    });
    const [wrong] = [...document.errors, ...document.warnings];
    if (wrong !== undefined) {
      throw malformed(`${file}:${lines.linePos(wrong.pos[0]).line}: ${toOneLine(wrong.message)}`);
    }
    const lineOf = (path: readonly PropertyKey[]): number => {
      const node = nodeAt(document.contents, path);
      return node?.range ? lines.linePos(node.range[0]).line : 1;
    };
    return {
      value: document.toJS({ maxAliasCount: 0 }),
      refusal: (flaws) => malformed(describe(file, flaws, lineOf)),
    };
  } catch (error) {
    if (error instanceof Failure) throw error;
    // Aliases, and nesting beyond what the stack takes.
    throw malformed(`${file} cannot be read as YAML without aliases: ${messageOf(error)}`);
  }
}

/** The node that a path leads to, or the last one on the way that there is. */
function nodeAt(top: Node | null, path: readonly PropertyKey[]): Node | undefined {
  let node: unknown = top;
  for (const step of path) {
    const next: unknown = isCollection(node) ? node.get(step, true) : undefined;
    if (next === undefined || next === null) break;
    node = next;
  }
  return (node as Node | null) ?? undefined;
}

function describe(file: string, flaws: readonly Flaw[], lineOf: (path: Flaw['path']) => number): string {
  const told = flaws.slice(0, MAX_FLAWS).map(({ path, message }) => {
    const field = path.map(String).join('.');
    return `${file}:${lineOf(path)}: ${field === '' ? '' : `${toOneLine(field, 120)}: `}${message}`;
  });
  const more = flaws.length > MAX_FLAWS ? `; and ${flaws.length - MAX_FLAWS} more` : '';
  return `${told.join('; ')}${more}`;
}

function malformed(message: string): Failure {
  return new Failure('MALFORMED', message);
}

/** What a schema says is wrong: an unknown field is shown where it stands, not where the object that has it begins. */
export function toFlaws(
  issues: readonly {
    readonly code: string;
    readonly path: readonly PropertyKey[];
    readonly message: string;
  }[],
): Flaw[] {
  return issues.map((issue) => ({ path: pathOf(issue), message: issue.message }));
}

function pathOf(issue: {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: unknown;
}): Flaw['path'] {
  const [unknown] = issue.code === 'unrecognized_keys' && Array.isArray(issue.keys) ? issue.keys : [];
  return typeof unknown === 'string' ? [...issue.path, unknown] : issue.path;
}
