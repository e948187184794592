// The disk space of a run: checkpoints, the adapter, and the model that `lorch merge` would make from it.
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenderedConfig } from '../../config/render/index.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { gib } from '../../diagnostics/gib.ts';
import {
  countCheckpoints,
  estimateAdapterBytes,
  estimateCheckpointBytes,
  estimateStartBytes,
} from '../../model/checkpoint-size.ts';
import type { LoraCount } from '../../model/count-lora.ts';
import { bytesOf } from '../../model/memory.ts';
import { countParameters } from '../../model/modules.ts';
import type { ModelReading } from '../../model/read-config.ts';
import type { Plan, PlannedDisk, PlannedInitAdapter } from '../../run/plan.ts';

export interface DiskRequest {
  model: ModelReading;
  count: LoraCount;
  rendered: RenderedConfig;
  steps: Plan['forecast']['steps'];
  /** The folder with the tokenizer, which each checkpoint includes. */
  preparedDir: string;
  initAdapter: PlannedInitAdapter | null;
  /** The folder of the run. */
  runsDir: string;
}

/** Bytes on disk, and an error (P007) if the run's files do not fit. */
export async function forecastDisk(
  request: DiskRequest,
): Promise<{ disk: PlannedDisk; findings: Finding[] }> {
  const { model, count, rendered, steps, preparedDir, runsDir } = request;
  const { training, quantization } = rendered;
  const settings = {
    quantization,
    training,
    tokenizerBytes: await folderBytes(join(preparedDir, 'tokenizer')),
  };
  const checkpointBytes = estimateCheckpointBytes(count, settings);
  const checkpoints = countCheckpoints(training, { perEpoch: steps.per_epoch, total: steps.total });
  const files = Object.values(request.initAdapter?.files ?? {});
  const initBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  // An adapter on a fused base is saved with the adapter that was fused.
  const kept = request.initAdapter?.mode === 'fuse' ? initBytes : 0;
  const startBytes = estimateStartBytes(count, rendered.lora);
  const adapterBytes = estimateAdapterBytes(count, settings) + kept + startBytes;
  const { bavail, bsize } = await statfs(runsDir);
  const disk: PlannedDisk = {
    checkpoint_bytes: checkpointBytes,
    checkpoints,
    adapter_bytes: adapterBytes,
    // Counts the copy in the run folder; `adapter/` has hard links to it.
    total_bytes: checkpointBytes * checkpoints + adapterBytes - kept + initBytes + startBytes,
    merged_bytes: model.known
      ? countParameters(model.facts.modules) * bytesOf(rendered.model.dtype) + settings.tokenizerBytes
      : null,
    free_bytes: bavail * bsize,
  };
  return { disk, findings: findShortage(disk) };
}

function findShortage({
  checkpoints,
  checkpoint_bytes,
  total_bytes = 0,
  free_bytes,
}: PlannedDisk): Finding[] {
  if (total_bytes <= free_bytes) return [];
  return [
    {
      code: 'P007',
      name: 'disk-too-small',
      severity: 'error',
      message: `the run needs ${gib(total_bytes)} (${checkpoints} checkpoints of ${gib(checkpoint_bytes)}, and the adapter), and ${gib(free_bytes)} are free`,
      hint: 'lower training.save_total_limit, set training.save_only_model: true, or free space',
      data: { total_bytes, free_bytes },
    },
  ];
}

/** Bytes of the files directly inside; 0 if there is no folder. */
async function folderBytes(dir: string): Promise<number> {
  const names = await readdir(dir).catch(() => []);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(dir, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
