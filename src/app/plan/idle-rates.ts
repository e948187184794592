// Learning rates for embeddings that this base and adapter do not train. Only the model's modules show this.

import { finding } from '../../config/finding.ts';
import type { RenderedConfig } from '../../config/render/index.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import type { ModelReading } from '../../model/read-config.ts';

/** C018 for each rate that no parameter would use. Empty if lorch could not count what trains; then the trainer reports it (R023). */
export function findIdleRates(
  { lora, training }: Pick<RenderedConfig, 'lora' | 'training'>,
  model: ModelReading,
  trained: readonly { name: string }[] | undefined,
  config: string,
): Finding[] {
  if (!model.known || !trained) return [];
  const { modules, outputEmbeddings } = model.facts;
  const saved = listOf(lora.modules_to_save);
  const inFull = (name: string) => saved.some((each) => name === each || name.endsWith(`.${each}`));
  const embeddings = new Set(modules.filter(({ kind }) => kind === 'embedding').map(({ name }) => name));
  const names = trained.map(({ name }) => name);
  const idle = (setting: string, why: string): Finding =>
    finding('C018', { file: config, pointer: `/training/${setting}` }, `${setting} has no effect: ${why}`);
  const findings: Finding[] = [];
  const full = names.some((name) => inFull(name) && (embeddings.has(name) || name === outputEmbeddings));
  if (typeof training.embedding_learning_rate === 'number' && !full && lora.trainable_token_indices == null)
    findings.push(
      idle(
        'embedding_learning_rate',
        `modules_to_save names neither ${model.facts.inputEmbeddings} nor ${outputEmbeddings}`,
      ),
    );
  const adapted = names.some((name) => embeddings.has(name) && !inFull(name));
  if (typeof training.loraplus_lr_embedding === 'number' && !adapted)
    findings.push(idle('loraplus_lr_embedding', 'no embedding layer has an adapter'));
  return findings;
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
