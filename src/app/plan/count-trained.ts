// What would train with given LoRA settings on a base, module by module.
import type { RunConfig } from '../../config/schema/run.ts';
import type { ResolvedModel } from '../../hub/resolve-model.ts';
import { countLora, type TrainedModule } from '../../model/count-lora.ts';
import { uncountable } from '../../model/lora-settings.ts';
import type { PythonEnv } from '../../python/environment.ts';
import { askPeft, trainedModules } from '../forecast/peft-count.ts';
import { modelSpec } from './resolve-base.ts';

/** From shapes if lorch knows the architecture, else as PEFT counts. Throws UserError M0xx, R026, R035. */
export async function countTrained(
  request: { python(): Promise<PythonEnv>; signal?: AbortSignal },
  config: RunConfig,
  base: ResolvedModel,
  lora: Readonly<Record<string, unknown>>,
): Promise<TrainedModule[]> {
  const { reading } = base;
  if (reading.known && uncountable(lora) === null) return countLora(reading.facts, lora).modules;
  return trainedModules(await askPeft(await request.python(), modelSpec(config, base), lora, request.signal));
}
