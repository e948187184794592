// One thread of judge-pool.ts: receives regions of lines and returns their judgement.
import { parentPort } from 'node:worker_threads';
import { openFormat } from '../../dataset/formats/decide-format.ts';
import { resolveSettings } from '../../dataset/scan/check-settings.ts';
import { createRegionJudge, type JudgedRegion } from '../../dataset/scan/judge-region.ts';
import type { PoolSetup } from '../../dataset/scan/scan-types.ts';

/** A setup, or a region to judge with the last setup. */
export type WorkerRequest = { setup: PoolSetup } | { id: number; bytes: Uint8Array };

export type WorkerAnswer = { id: number; judged: JudgedRegion };

let judge: ((region: Buffer) => JudgedRegion) | null = null;

parentPort?.on('message', (request: WorkerRequest) => {
  if ('setup' in request) {
    const { format, checks, ...setup } = request.setup;
    judge = createRegionJudge({ ...setup, format: openFormat(format), settings: resolveSettings(checks) });
    return;
  }
  if (!judge) throw new Error('a region came before its setup');
  const { id, bytes } = request;
  const judged = judge(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  const answer: WorkerAnswer = { id, judged };
  // The fingerprints may be in Node's pool of small buffers, which cannot be transferred.
  parentPort?.postMessage(answer, [judged.table.buffer as ArrayBuffer]);
});
