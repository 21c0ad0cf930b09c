import { hash } from 'node:crypto';
import { classify } from '../content/classify.ts';
import type { Content, toExamination } from '../examine.ts';
import { isProgramPath } from '../program-path.ts';
import type { BatchExaminer } from '../yara/batch-examiner.ts';
import type { BatchFile, ExaminedFile, FileDigests, Scope } from './messages.ts';

/** What a worker examines with. */
export interface Instruments {
  readonly scope: Scope;
  readonly examination: ReturnType<typeof toExamination>;
  /** Examiners that take a whole batch at a time; none where only packages are read. */
  readonly batchExaminers: readonly BatchExaminer<unknown>[];
}

/** Classifies, hashes and examines every file of a batch. */
export function examineBatch(
  buffer: ArrayBuffer,
  files: readonly BatchFile[],
  { scope, examination, batchExaminers }: Instruments,
): ExaminedFile[] {
  const contents = files.map((file) => toContent(buffer, file));
  const batched = batchExaminers.map((examiner) => ({
    id: examiner.id,
    results: examiner.examineBatch(contents),
  }));
  return contents.map((content, index) => {
    const { observations, problems } = examination(content);
    const ofBatch = batched.map(({ id, results }) => ({ examiner: id, ...results[index] }));
    const all = [
      ...observations,
      ...ofBatch.flatMap(({ examiner, observations: seen = [] }) =>
        seen.map((observation) => ({ examiner, observation })),
      ),
    ];
    return {
      content: content.record.content,
      observations: all,
      problems: [...problems, ...ofBatch.flatMap(({ problems: found = [] }) => found)],
      ...(content.whole && scope === 'all' && { digests: digestsOf(content, all.length > 0) }),
    };
  });
}

function toContent(buffer: ArrayBuffer, { record, start, length, base, whole, content }: BatchFile): Content {
  const bytes = new Uint8Array(buffer, start, length);
  return { record: { ...record, content: content ?? classify(bytes) }, bytes, base, whole };
}

/** With what package databases record, where ownership will matter: in program folders, and where something was seen. */
function digestsOf({ bytes, record }: Content, observed: boolean): FileDigests {
  const sha256 = hash('sha256', bytes, 'hex');
  if (!observed && !isProgramPath(record.path)) return { sha256 };
  return { sha256, md5: hash('md5', bytes, 'hex'), sha1: hash('sha1', bytes, 'hex') };
}
