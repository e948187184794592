// LoRA settings that a question about a model is asked with, outside of any config.
import { loraSection } from '../../config/schema/lora.ts';
import { loraRefused } from '../../config/schema/lora-refused.ts';
import { nearest } from '../../config/suggest.ts';
import { UserError } from '../../diagnostics/user-error.ts';

// Those that a config may not set count here all the same.
const fields = [loraSection.shape, ...Object.values(loraRefused)].flatMap((each) => Object.keys(each));

/**
 * The settings in full: r 16 on every linear layer if nothing else is said. Throws UserError M017 for what is not a field
 * of LoraConfig; `said` is where the settings were given, and `example` how they are given there.
 */
export function completeLora(
  given: Record<string, unknown>,
  { said, example }: { said: string; example: string },
): Record<string, unknown> {
  const unknown = Object.keys(given).find((key) => !fields.includes(key));
  if (unknown === undefined) return { r: 16, target_modules: 'all-linear', ...given };
  const near = nearest(unknown, fields);
  throw new UserError('M017', `${said}: LoraConfig has no field ${JSON.stringify(unknown)}`, {
    hint: near === undefined ? example : `did you mean ${near}?`,
  });
}
