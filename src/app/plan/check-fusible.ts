// Checks before launch whether an adapter can be fused into its base's weights.
import { UserError } from '../../diagnostics/user-error.ts';
import type { ResolvedModel } from '../../hub/resolve-model.ts';
import type { TrainedModule } from '../../model/count-lora.ts';
import { readStoredQuantization } from '../../model/stored-quantization.ts';
import { tiedModules } from '../../model/weight-tying.ts';
import type { FoundAdapter } from './find-init-adapter.ts';
import type { ReadAdapter } from './read-init-adapter.ts';

/** Throws UserError P056 if fusing is impossible. If only the weights show it, the trainer refuses (R038). */
export function checkFusible(
  { name, run }: FoundAdapter,
  { settings }: ReadAdapter,
  base: ResolvedModel,
  expected: readonly TrainedModule[],
): void {
  const refuse = (reason: string, hint: string): never => {
    throw new UserError('P056', `init_adapter: ${name} cannot be fused into the base: ${reason}`, { hint });
  };
  const merged = `merge it first (\`lorch merge ${run ?? 'RUN'} -o merged\`), then write \`base_model: merged\` and leave init_adapter out`;
  const stored = readStoredQuantization(base.config);
  // Weights in mxfp4 are unpacked when they are loaded.
  if (stored && stored.method !== 'mxfp4')
    refuse(`its weights are stored quantized (${stored.method})`, 'name the model that they were made from');
  if (!base.reading.known) return;
  const { facts } = base.reading;
  const touched = new Set(expected.map((module) => module.name));
  const tied = tiedModules(facts);
  if (tied.length > 0 && [facts.inputEmbeddings, ...tied].some((module) => touched.has(module)))
    refuse(
      'it changes the embedding, which is also the output head of this base; fusing would make two of it',
      merged,
    );
  const bare = settings.lora_bias
    ? facts.modules.find((module) => touched.has(module.name) && module.kind === 'linear' && !module.bias)
    : undefined;
  if (bare)
    refuse(`it has a bias for ${bare.name} (lora_bias), and the base has none`, 'use `mode: continue`');
}
