import { messageOf } from '../core/failure.ts';
import type { ContentClass, FileRecord } from '../core/file.ts';
import { interpreterOf } from './content/classify.ts';
import { type NeedleHits, NeedleScanner } from './content/needles.ts';
import type { AnyExaminer, FileView, Wants } from './contract.ts';

/** One file's content, or one window of it. */
export interface Content {
  readonly record: FileRecord & { readonly content: ContentClass };
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly whole: boolean;
}

/** What one examiner saw in one file. */
export interface Observation {
  readonly examiner: string;
  readonly observation: unknown;
}

export interface Examination {
  readonly observations: readonly Observation[];
  /** Examiners that threw: a bug of ours, and a part of the image that was not inspected. */
  readonly failures: readonly { readonly examiner: string; readonly message: string }[];
}

/** Builds the function that hands a file to every examiner that wants it, searching its bytes for all needles once. */
export function toExamination(examiners: readonly AnyExaminer[]): (content: Content) => Examination {
  const scanner = new NeedleScanner(
    examiners.flatMap((examiner) => examiner.wants.flatMap((wants) => wants.needles ?? [])),
  );
  return (content) => {
    const interested = examiners.filter((examiner) => examiner.wants.some((wants) => admits(wants, content)));
    if (interested.length === 0) return { observations: [], failures: [] };
    const needy = interested.some((examiner) => examiner.wants.some((wants) => wants.needles !== undefined));
    const hits = needy ? scanner.scan(content.bytes) : NO_HITS;
    const view = new ContentView(content, hits);
    const observations: Observation[] = [];
    const failures: { examiner: string; message: string }[] = [];
    for (const examiner of interested) {
      if (!examiner.wants.some((wants) => admits(wants, content) && contains(wants, hits))) continue;
      try {
        for (const observation of examiner.examine(view))
          observations.push({ examiner: examiner.id, observation });
      } catch (error) {
        failures.push({ examiner: examiner.id, message: messageOf(error) });
      }
    }
    return { observations, failures };
  };
}

const NO_HITS: NeedleHits = new Map<string, number[]>();

/** Everything of the gate that needs no look at the whole content. */
function admits(wants: Wants, { record }: Content): boolean {
  if (wants.executable === true && (record.mode & 0o111) === 0) return false;
  if (wants.maxSize !== undefined && record.size > wants.maxSize) return false;
  if (wants.content !== undefined && !wants.content.includes(record.content)) return false;
  return wants.paths === undefined || wants.paths.test(record.path);
}

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
  #text: string | undefined;

  constructor(content: Content, hits: NeedleHits) {
    this.record = content.record;
    this.bytes = content.bytes;
    this.base = content.base;
    this.whole = content.whole;
    this.#hits = hits;
  }

  get interpreter(): string | undefined {
    return this.base === 0 ? interpreterOf(this.bytes) : undefined;
  }

  text(): string {
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.#text ??= Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
    return this.#text;
  }

  hits(needle: string): readonly number[] {
    return this.#hits.get(needle.toLowerCase()) ?? [];
  }
}
