// What a model is made of, before LoRA: from config.json, tensor shapes, chat template and card.
import type { Finding } from '../../diagnostics/finding.ts';
import type { ChatTemplate } from '../../hub/chat-template.ts';
import type { ResolvedModel } from '../../hub/resolve-model.ts';
import { type ContextLength, readContextLength } from '../../model/context-length.ts';
import type { Licence } from '../../model/model-card.ts';
import { countParameters, type ModelFacts, type ModelSizes, moduleCount } from '../../model/modules.ts';
import { readModelConfig } from '../../model/read-config.ts';
import {
  readStoredQuantization,
  type StoredQuantization,
  withoutQuantization,
} from '../../model/stored-quantization.ts';
import { groupTensors, type TensorGroup } from '../../model/tensor-groups.ts';
import { countElements, summarizeTensors } from '../../model/tensors.ts';
import { modelFindings } from './model-findings.ts';

export interface ModelDescription {
  kind: 'model';
  id: string;
  source: ResolvedModel['source'];
  path: string | null;
  revision: string | null;
  architecture: string;
  model_type: string;
  /** Null if the family is not in lorch's tables. */
  sizes: ModelSizes | null;
  context: ContextLength;
  chat_template: ChatTemplate | null;
  licence: Licence | null;
  /** How the weights are stored if they are quantized; the counts are those of the unpacked model. */
  quantization: StoredQuantization | null;
  parameters: { total: number | null; counted_by: 'config' | 'tensors' | 'trainer' | null };
  /** Parameters by part of the model; from the tensors if the family is not in lorch's tables. */
  groups: TensorGroup[];
  /** What the safetensors files contain; null if there are none. */
  tensors: { count: number; parameters: number; bytes: number; dtypes: Record<string, number> } | null;
  /** The different layers, without their layer numbers. */
  layers: { name: string; out: number; in: number; count: number }[];
  findings: Finding[];
}

export interface Described {
  known: ModelDescription;
  /** Of the unpacked model, if the weights are quantized. */
  reading: ResolvedModel['reading'];
}

/** The model without what LoRA adds. */
export function describeModel(resolved: ResolvedModel): Described {
  const { id, source, path, revision, config, tensors, chatTemplate, card } = resolved;
  const quantization = readStoredQuantization(config);
  const reading = quantization ? readModelConfig(withoutQuantization(config)) : resolved.reading;
  const stored = tensors && { count: Object.keys(tensors).length, ...summarizeTensors(tensors) };
  const facts = reading.known ? reading.facts : null;
  const named = facts ?? (reading.known ? null : reading);
  const known: ModelDescription = {
    kind: 'model',
    id,
    source,
    path,
    revision,
    architecture: named?.architecture ?? '',
    model_type: named?.modelType ?? '',
    sizes: facts?.sizes ?? null,
    context: readContextLength(config),
    chat_template: chatTemplate,
    licence: card.licence,
    quantization,
    parameters: facts
      ? { total: countParameters(facts.modules), counted_by: 'config' }
      : // Packed weights are fewer elements than parameters.
        stored && !quantization
        ? { total: stored.parameters, counted_by: 'tensors' }
        : { total: null, counted_by: null },
    groups: facts
      ? groupTensors(facts.modules.map((module) => ({ name: module.name, parameters: ownCount(module) })))
      : groupTensors(
          Object.entries(tensors ?? {}).map(([name, tensor]) => ({
            name,
            parameters: countElements(tensor),
          })),
        ),
    tensors: stored,
    layers: facts ? distinctLayers(facts) : [],
    findings: modelFindings(resolved, quantization),
  };
  return { known, reading };
}

/** A tied weight counts for the module that it is shared with. */
function ownCount(module: ModelFacts['modules'][number]): number {
  return module.tiedTo === null ? moduleCount(module) : module.bias ? module.out : 0;
}

function distinctLayers(facts: ModelFacts): ModelDescription['layers'] {
  const layers = new Map<string, ModelDescription['layers'][number]>();
  for (const { name, out, in: into, kind, shape } of facts.modules) {
    // Stacked experts count as that many layers.
    const many = kind === 'experts' ? (shape[0] ?? 1) : 1;
    const general = name.replace(/\.\d+\./g, '.*.');
    const entry = layers.get(general);
    if (entry) entry.count += many;
    else layers.set(general, { name: general, out, in: kind === 'norm' ? 0 : into, count: many });
  }
  return [...layers.values()];
}
