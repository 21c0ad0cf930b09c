import { parentPort, workerData } from 'node:worker_threads';
import { isFailure, messageOf } from '../../core/failure.ts';
import { toExamination } from '../examine.ts';
import { examinersFor } from '../examiners.ts';
import { openYara } from '../yara/yara-examiner.ts';
import { examineBatch, type Instruments } from './examine-batch.ts';
import type { BatchRequest, Reply, WorkerSetup } from './messages.ts';

/* The entry of a worker thread: batches in, observations out, nothing kept between them. */

function reply(message: Reply, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function prepare({ scope, rules }: WorkerSetup): Promise<Instruments> {
  const batchExaminers = scope === 'all' ? [await openYara(rules)] : [];
  return { scope, examination: toExamination(examinersFor(scope)), batchExaminers };
}

try {
  const instruments = await prepare(workerData as WorkerSetup);
  parentPort?.on('message', ({ id, buffer, files }: BatchRequest) => {
    reply({ kind: 'examined', id, buffer, files: examineBatch(buffer, files, instruments) }, [buffer]);
  });
} catch (error) {
  reply({ kind: 'refused', code: isFailure(error) ? error.code : 'INTERNAL', message: messageOf(error) });
}
