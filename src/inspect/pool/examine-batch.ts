import { hash } from 'node:crypto';
import { classify } from '../content/classify.ts';
import type { toExamination } from '../examine.ts';
import {
  type BatchFile,
  type ExaminedFile,
  type FileDigests,
  isProgramPath,
  type Scope,
} from './messages.ts';

/** Classifies, hashes and examines every file of a batch. Pure but for the work it does. */
export function examineBatch(
  buffer: ArrayBuffer,
  files: readonly BatchFile[],
  examination: ReturnType<typeof toExamination>,
  scope: Scope,
): ExaminedFile[] {
  return files.map((file) => {
    const bytes = new Uint8Array(buffer, file.start, file.length);
    const content = file.content ?? classify(bytes);
    const { observations, failures } = examination({
      record: { ...file.record, content },
      bytes,
      base: file.base,
      whole: file.whole,
    });
    return {
      content,
      observations,
      failures: failures.map(({ examiner, message }) => ({
        code: 'DETECTOR_FAILED' as const,
        message: `${examiner} failed: ${message}`,
      })),
      ...(file.whole && scope === 'all' && { digests: digestsOf(bytes, file) }),
    };
  });
}

function digestsOf(bytes: Uint8Array, { record }: BatchFile): FileDigests {
  const sha256 = hash('sha256', bytes, 'hex');
  if (!isProgramPath(record.path)) return { sha256 };
  return { sha256, md5: hash('md5', bytes, 'hex'), sha1: hash('sha1', bytes, 'hex') };
}
