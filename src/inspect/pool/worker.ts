import { parentPort, workerData } from 'node:worker_threads';
import { toExamination } from '../examine.ts';
import { examinersFor } from '../examiners.ts';
import { examineBatch } from './examine-batch.ts';
import type { BatchReply, BatchRequest, WorkerSetup } from './messages.ts';

/* The entry of a worker thread: batches in, observations out, nothing kept between them. */

const { scope } = workerData as WorkerSetup;
const examination = toExamination(examinersFor(scope));

parentPort?.on('message', ({ id, buffer, files }: BatchRequest) => {
  const reply: BatchReply = { id, buffer, files: examineBatch(buffer, files, examination, scope) };
  parentPort?.postMessage(reply, [buffer]);
});
