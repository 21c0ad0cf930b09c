import { messageOf } from '../core/failure.ts';
import type { ContentClass, FileRecord } from '../core/file.ts';
import type { Problem, ProblemCode } from '../core/problem.ts';
import { interpreterOf } from './content/classify.ts';
import { type NeedleHits, NeedleScanner } from './content/needles.ts';
import type { AnyExaminer, FileView, Wants } from './contract.ts';

/** One file's content, or one window of it. */
export interface Content {
  readonly record: FileRecord & { readonly content: ContentClass };
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly whole: boolean;
  /** Of a large file, whose it is: it is whole for who wants it so, and windows for the others. Absent: everybody's. */
  readonly share?: 'whole' | 'windows';
}

/** What one examiner saw in one file. */
export interface Observation {
  readonly examiner: string;
  readonly observation: unknown;
}

export interface Examination {
  readonly observations: readonly Observation[];
  /** Examiners that threw, a bug of ours, or that stopped at a bound of their own. With the path, without a layer. */
  readonly problems: readonly Problem[];
}

/** Builds the function that hands a file to every examiner that wants it, searching its bytes for all needles once. */
export function toExamination(examiners: readonly AnyExaminer[]): (content: Content) => Examination {
  const scanner = new NeedleScanner(
    examiners.flatMap((examiner) => examiner.wants.flatMap((wants) => wants.needles ?? [])),
  );
  return (content) => {
    const interested = examiners.filter(({ wants }) => wants.some((one) => admits(one, content)));
    const problems: Problem[] = oversized(examiners, interested, content);
    if (interested.length === 0) return { observations: [], problems };
    const needy = interested.some(({ wants }) => wants.some(({ needles }) => needles !== undefined));
    const hits = needy ? scanner.scan(content.bytes) : NO_HITS;
    const cuts = new Set<string>();
    const view = new ContentView(content, hits, cuts);
    const observations: Observation[] = [];
    for (const examiner of interested) {
      if (!examiner.wants.some((wants) => admits(wants, content) && contains(wants, hits))) continue;
      try {
        for (const observation of examiner.examine(view)) {
          observations.push({ examiner: examiner.id, observation });
        }
      } catch (error) {
        problems.push(toProblem('DETECTOR_FAILED', `${examiner.id} failed: ${messageOf(error)}`, content));
      }
    }
    for (const what of cuts) problems.push(toProblem('LIMIT_DETECTOR', `not looked at: ${what}`, content));
    return { observations, problems };
  };
}

const NO_HITS: NeedleHits = new Map<string, number[]>();

/** A file that is wanted by its path, but is larger than the examiner reads, would else be passed over in silence. */
function oversized(
  all: readonly AnyExaminer[],
  interested: readonly AnyExaminer[],
  content: Content,
): Problem[] {
  if (content.base > 0) return [];
  return all
    .filter((examiner) => !interested.includes(examiner))
    .filter(({ wants }) =>
      wants.some((one) => one.paths !== undefined && admits({ ...one, maxSize: undefined }, content)),
    )
    .map(({ id }) => toProblem('LIMIT_DETECTOR', `larger than ${id} reads such files`, content));
}

function toProblem(code: ProblemCode, message: string, { record }: Content): Problem {
  return { code, message, effect: 'incomplete', path: record.path };
}

/** Everything of the gate that needs no look at the whole content. */
function admits(wants: Gate, { record, share }: Content): boolean {
  if (share !== undefined && (share === 'whole') !== (wants.whole === true)) return false;
  if (wants.executable === true && (record.mode & 0o111) === 0) return false;
  if (wants.maxSize !== undefined && record.size > wants.maxSize) return false;
  if (wants.content !== undefined && !wants.content.includes(record.content)) return false;
  return wants.paths === undefined || wants.paths.test(record.path);
}

/** `Wants`, where a bound can also be lifted. */
type Gate = Omit<Wants, 'maxSize'> & { readonly maxSize?: number | undefined };

function contains(wants: Wants, hits: NeedleHits): boolean {
  return (
    wants.needles === undefined ||
    wants.needles.some((needle) => hits.get(needle.toLowerCase()) !== undefined)
  );
}

class ContentView implements FileView {
  readonly record: FileView['record'];
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly whole: boolean;
  readonly #hits: NeedleHits;
  readonly #cuts: Set<string>;
  #text: string | undefined;

  constructor(content: Content, hits: NeedleHits, cuts: Set<string>) {
    this.record = content.record;
    this.bytes = content.bytes;
    this.base = content.base;
    this.whole = content.whole;
    this.#hits = hits;
    this.#cuts = cuts;
  }

  get interpreter(): string | undefined {
    return this.base === 0 ? interpreterOf(this.bytes) : undefined;
  }

  text(): string {
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.#text ??= Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
    return this.#text;
  }

  cut(what: string): void {
    this.#cuts.add(what);
  }

  hits(needle: string): readonly number[] {
    return this.#hits.get(needle.toLowerCase()) ?? [];
  }
}
