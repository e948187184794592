// The parameters in a plan: counted from shapes if lorch knows the architecture, otherwise by PEFT itself.
import type { RenderedConfig } from '../../config/render/index.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { countLora, type LoraCount } from '../../model/count-lora.ts';
import { uncountable } from '../../model/lora-settings.ts';
import { refuseLargeRank } from '../../model/lora-start.ts';
import type { ModelFacts } from '../../model/modules.ts';
import type { ModelReading } from '../../model/read-config.ts';
import type { PythonEnv } from '../../python/environment.ts';
import type { PlannedTokenizer } from '../../run/plan.ts';
import { askPeft, trainedModules } from './peft-count.ts';

export interface ParameterRequest {
  model: ModelReading;
  rendered: RenderedConfig;
  /** As the trainer's `count` takes it. */
  base: { id: string; path: string | null; revision: string | null; trust_remote_code: boolean };
  /** Null, or absent, without new tokens; `model` and `rendered.lora` already have them if the model is known. */
  newTokens?: PlannedTokenizer | null;
  python(): Promise<PythonEnv>;
  signal?: AbortSignal;
}

/** The trainer's codes for settings that PEFT refuses and for targets that match nothing. */
const refusals = new Set(['R026', 'R035']);

/** The count, or null with a finding that says why. Throws UserError M0xx (M021: the head, M023: attention), R026, R035 for settings that PEFT refuses. */
export async function forecastParameters(
  request: ParameterRequest,
): Promise<{ count: LoraCount | null; findings: Finding[] }> {
  const { model, rendered } = request;
  if (model.known) refuseAttention(model.facts, rendered.model.attn_implementation);
  const reason = model.known ? uncountable(rendered.lora) : model.reason;
  if (model.known && reason === null) {
    const count = countLora(model.facts, rendered.lora);
    if (count.head !== null) throw headRefusal(count.head, model.facts.outputEmbeddings);
    refuseLargeRank(count, rendered.lora);
    return { count, findings: count.findings };
  }
  // Packed weights load as other modules than the config alone would build.
  const why = !model.known && model.packed ? model.reason : await countWithPeft(request);
  if (typeof why !== 'string') return { count: why, findings: [] };
  const architecture = model.known ? model.facts.architecture : model.architecture;
  const finding: Finding = {
    code: 'P006',
    name: 'parameters-unknown',
    severity: 'note',
    message: `the parameters of ${architecture} are counted by the trainer: ${[reason, why].filter((part, i, all) => part && all.indexOf(part) === i).join('; ')}`,
  };
  return { count: null, findings: [finding] };
}

/** Throws UserError M023 for an attention implementation that the model's class does not have. */
function refuseAttention({ architecture, refusedAttention }: ModelFacts, asked: string): void {
  if (!refusedAttention.includes(asked)) return;
  throw new UserError('M023', `${architecture} has no ${asked} attention`, {
    hint: 'model.attn_implementation: eager',
  });
}

/** TRL reads the head's weight directly: an adapter around it gets no gradient, and the trainer would refuse (R027). */
function headRefusal(what: 'adapter' | 'rows', head: string): UserError {
  const saved = `modules_to_save: [${head}] trains all of it`;
  return what === 'adapter'
    ? new UserError('M021', `lora: an adapter on ${head} would not be trained`, {
        hint: `leave ${head} out of the targets; ${saved}`,
      })
    : new UserError(
        'M021',
        `lora: single rows of ${head} would train, but PEFT leaves out the bias of ${head}`,
        { hint: saved },
      );
}

/** PEFT's count on the meta device, without weights; otherwise a text that says why there is no count. */
async function countWithPeft({
  rendered,
  base,
  newTokens = null,
  python,
  signal,
}: ParameterRequest): Promise<LoraCount | string> {
  try {
    const counted = await askPeft(await python(), base, rendered.lora, signal, newTokens);
    const { trainable, total } = counted;
    return { trainable, total, modules: trainedModules(counted), head: null, findings: [] };
  } catch (error) {
    if (!(error instanceof UserError) || refusals.has(error.code)) throw error;
    return `${error.code} ${error.message}`;
  }
}
