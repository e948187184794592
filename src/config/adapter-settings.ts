// adapter_config.json as PEFT writes it → the `lora:` settings of a config, or why lorch cannot start from it.
import { loraSection } from './schema/lora.ts';
import { loraRefused } from './schema/lora-refused.ts';

/** PEFT's own defaults, which differ from those of a config: what old files leave out. */
const peftDefaults = { r: 8, lora_alpha: 8 };

/** Fields that do not change what trains: PEFT fills them in, or they have no effect without another field. */
const ignored = new Set([
  'task_type',
  'init_lora_weights',
  'runtime_config',
  'megatron_core',
  'qalora_group_size',
]);

/** Starts that change the weights of the base: the adapter only fits the changed base. */
const rewritesBase = /^(pissa|olora|loftq|corda|lora_ga|mica)/i;

/** The settings of an adapter as a config would write them; what is null or empty is left out. */
export function adapterSettings(adapter: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const name of Object.keys(loraSection.shape)) {
    const value = adapter[name] ?? peftDefaults[name as keyof typeof peftDefaults];
    if (!ignored.has(name) && !isEmpty(value)) settings[name] = value;
  }
  // A config says `[]` if PEFT says null: parameters are adapted, and no module.
  if (settings.target_modules === undefined) settings.target_modules = [];
  return settings;
}

/** Why lorch cannot start from this adapter, one sentence each; empty if it can. */
export function adapterRefusals(adapter: Readonly<Record<string, unknown>>): string[] {
  const { peft_type: type = 'LORA', task_type: task, init_lora_weights: init } = adapter;
  if (type !== 'LORA') return [`it is of the type ${shown(type)}, and lorch trains LORA adapters`];
  const reasons: string[] = [];
  if (task !== undefined && task !== null && task !== 'CAUSAL_LM')
    reasons.push(`its task_type is ${shown(task)}, and lorch trains causal language models (CAUSAL_LM)`);
  if (typeof init === 'string' && rewritesBase.test(init))
    reasons.push(`init_lora_weights: ${shown(init)} changed the weights of the base when it started`);
  for (const [name, value] of Object.entries(adapter)) {
    const why = Object.hasOwn(loraRefused.unsupported, name) ? loraRefused.unsupported[name] : undefined;
    if (why && !ignored.has(name) && !isEmpty(value)) reasons.push(`it uses ${name}: ${why}`);
  }
  return reasons;
}

/** Fields that neither lorch nor its PEFT knows, and that are set. */
export function unknownFields(adapter: Readonly<Record<string, unknown>>): string[] {
  const { owned, unsupported } = loraRefused;
  const known = (name: string) =>
    ignored.has(name) ||
    [loraSection.shape, owned, unsupported].some((fields) => Object.hasOwn(fields, name));
  return Object.entries(adapter)
    .filter(([name, value]) => !known(name) && !isEmpty(value))
    .map(([name]) => name);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 60);
}
