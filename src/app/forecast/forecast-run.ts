// The forecasts in a plan: parameters, steps, memory, time, disk.
import { join } from 'node:path';
import type { Finding } from '../../diagnostics/finding.ts';
import { countEvaluations } from '../../model/evaluations.ts';
import type { Gpu } from '../../model/gpus.ts';
import { countPackedSequences, countSteps, type StepSettings } from '../../model/steps.ts';
import type { AdviceFacts } from '../../run/advice/rule.ts';
import type { Plan, PlannedInitAdapter } from '../../run/plan.ts';
import type { Store } from '../../store/open-store.ts';
import { fedOf, type Prepared } from '../tokens/prepare-sequences.ts';
import { readLengths } from '../tokens/read-lengths.ts';
import { forecastDisk } from './forecast-disk.ts';
import { forecastMemory, judgeUnquantized, type MemoryRequest } from './forecast-memory.ts';
import { forecastParameters, type ParameterRequest } from './forecast-parameters.ts';
import { forecastTime } from './forecast-time.ts';
import { calibrateMemory, pastRuns } from './past-runs.ts';

export interface ForecastRequest extends ParameterRequest {
  prepared: Prepared;
  preparedDir: string;
  /** The adapter that the run starts from; null for a new adapter. */
  initAdapter: PlannedInitAdapter | null;
  runsDir: string;
  /** The GPU whose memory the forecast is compared with; null without one. */
  gpu: Gpu | null;
  store: Store;
  /** Price of the device; null if not given. */
  pricePerHour: number | null;
}

/** The forecast and its findings. Throws UserError M0xx for LoRA settings that match nothing. */
export async function forecastRun(request: ForecastRequest): Promise<{
  forecast: Plan['forecast'];
  findings: Finding[];
  /** Whether the run without quantization would fit the GPU, for advice. */
  unquantized: AdviceFacts['unquantized'];
}> {
  const { model, rendered, prepared } = request;
  const { count, findings: countFindings } = await forecastParameters(request);
  const findings: Finding[] = [...countFindings];
  const steps = await forecastSteps(request);
  const disk = count
    ? await forecastDisk({
        model,
        count,
        rendered,
        steps,
        preparedDir: request.preparedDir,
        initAdapter: request.initAdapter,
        runsDir: request.runsDir,
      })
    : null;
  if (disk) findings.push(...disk.findings);
  const gpu = rendered.resources.gpus > 0 ? (request.gpu?.name ?? null) : null;
  const modelType = model.known ? model.facts.modelType : model.modelType;
  const batch = Number(rendered.training.per_device_train_batch_size);
  const packed = rendered.training.packing ? Number(rendered.training.max_length) : null;
  const past = await pastRuns(request.store, request.runsDir, { device: gpu ?? 'cpu', modelType });
  const train = prepared.splits.train && fedOf(prepared.splits.train);
  const memory: MemoryRequest | null =
    model.known && count
      ? {
          facts: model.facts,
          count,
          rendered,
          longestTokens: prepared.lengths.max,
          validates: (prepared.splits.validation?.rows ?? 0) > 0,
          gpu: request.gpu,
          calibration: calibrateMemory(past, batch * (packed ?? prepared.lengths.max)),
        }
      : null;
  const fit = memory && forecastMemory(memory);
  if (fit) findings.push(...fit.findings);
  const forecast: Plan['forecast'] = {
    parameters: count && { trainable: count.trainable, total: count.total, modules: count.modules },
    steps,
    evaluations:
      (prepared.splits.validation?.rows ?? 0) > 0
        ? countEvaluations(rendered.training, steps) + (rendered.training.eval_on_start ? 1 : 0)
        : 0,
    memory: fit?.memory ?? null,
    disk: disk?.disk ?? null,
    time: forecastTime({
      model,
      baseId: request.base.id,
      rendered,
      train: { sequences: train?.sequences ?? 0, tokens: train?.tokens ?? 0 },
      steps,
      gpu,
      past,
      tokensAtOnce: batch * (packed ?? (train ? train.tokens / Math.max(1, train.sequences) : 0)),
      pricePerHour: request.pricePerHour,
    }),
  };
  return { forecast, findings, unquantized: memory && judgeUnquantized(memory) };
}

async function forecastSteps({
  rendered,
  prepared,
  preparedDir,
}: ForecastRequest): Promise<Plan['forecast']['steps']> {
  const { training } = rendered;
  const train = prepared.splits.train;
  let sequences = train ? fedOf(train).sequences : 0;
  if (training.packing && train)
    sequences = countPackedSequences(
      await readLengths(join(preparedDir, train.file)),
      Number(training.max_length),
    );
  const { perEpoch, total } = countSteps(sequences, training as unknown as StepSettings);
  return { per_epoch: perEpoch, total };
}
