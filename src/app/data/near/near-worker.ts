// One thread of near-pool.ts: hashes one part of a file.
import { parentPort, workerData } from 'node:worker_threads';
import type { CountTable } from '../../../dataset/duplicates/peel.ts';
import type { Ratio } from '../../../dataset/duplicates/ratio.ts';
import { type LinesTask, openLines } from './hash-part.ts';

export type PartRequest =
  | { step: 'scan' }
  | { step: 'merge'; all: CountTable }
  | { step: 'keep'; all: CountTable; ratio: Ratio };

const part = openLines(workerData as LinesTask);

parentPort?.on('message', async (request: PartRequest) => {
  if (request.step === 'scan') {
    const summary = await part.scan();
    parentPort?.postMessage(summary, [summary.fields.buffer as ArrayBuffer]);
  } else if (request.step === 'merge') {
    await part.merge(request.all);
    parentPort?.postMessage(null);
  } else {
    const kept = await part.keep(request.all, request.ratio);
    parentPort?.postMessage(kept, [kept.table.buffer as ArrayBuffer, kept.shingles.buffer as ArrayBuffer]);
  }
});
