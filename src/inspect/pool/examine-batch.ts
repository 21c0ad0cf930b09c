import { hash } from 'node:crypto';
import { classify } from '../content/classify.ts';
import type { Content, Examination, toExamination } from '../examine.ts';
import { windowsOf } from '../file-windows.ts';
import { isProgramPath } from '../program-path.ts';
import type { BatchExaminer, BatchResult } from '../yara/batch-examiner.ts';
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
  const contents = files.map((file) => toContents(buffer, file));
  const batched = batchExaminers.map((examiner) => ({
    id: examiner.id,
    results: examiner.examineBatch(contents.flatMap(toBatch)).values(),
  }));
  return contents.map((shares) => {
    const found = [
      ...shares.map(examination),
      ...toBatch(shares).flatMap(() =>
        batched.map(({ id, results }) => attributed(id, results.next().value)),
      ),
    ];
    const observations = found.flatMap((one) => one.observations);
    const [first] = shares;
    return {
      content: first.record.content,
      observations,
      problems: found.flatMap(({ problems }) => problems),
      ...(first.whole && scope === 'all' && { digests: digestsOf(first, observations.length > 0) }),
    };
  });
}

/** A file as it is shown: once, or whole to some and in windows to the others. */
type Shares = readonly [Content, ...Content[]];

function toContents(buffer: ArrayBuffer, file: BatchFile): Shares {
  const content = toContent(buffer, file);
  const { window } = file;
  if (window === undefined) return [content];
  const windows = [...windowsOf(content.bytes, window)].map(
    (part): Content => ({ ...content, ...part, whole: false, share: 'windows' }),
  );
  return [{ ...content, share: 'whole' }, ...windows];
}

/** Who examines batches takes what is whole in windows: an engine copies what it searches. */
function toBatch(shares: Shares): Content[] {
  return shares.filter(({ share }) => share !== 'whole');
}

function attributed(examiner: string, result: BatchResult<unknown> | undefined): Examination {
  const { observations, problems } = result ?? { observations: [], problems: [] };
  return { observations: observations.map((observation) => ({ examiner, observation })), problems };
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
