import { completeLora } from '../app/model/lora-settings.ts';
import { UserError } from '../diagnostics/user-error.ts';

const example =
  'e.g. --lora r=16,target_modules=q_proj+v_proj, or a JSON object with the fields of LoraConfig';

/** Fields whose value is a list of names; `+` joins several. */
const lists = new Set(['target_modules', 'exclude_modules', 'modules_to_save', 'layers_to_transform']);

/**
 * `r=16,target_modules=q_proj+v_proj`, or a JSON object; r 16 on every linear layer if nothing is said. Throws
 * UserError M017 for what cannot be read and for what is not a field of LoraConfig.
 */
export function parseLoraFlag(text: string | undefined): Record<string, unknown> {
  const given =
    text === undefined ? {} : text.trimStart().startsWith('{') ? parseObject(text) : parsePairs(text);
  return completeLora(given, { said: '--lora', example });
}

function parsePairs(text: string): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const pair of text.split(',').filter((each) => each.trim() !== '')) {
    const at = pair.indexOf('=');
    if (at < 1) throw invalid(`${JSON.stringify(pair)} is not key=value`);
    const key = pair.slice(0, at).trim();
    given[key] = parseValue(key, pair.slice(at + 1).trim());
  }
  return given;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function parseValue(key: string, text: string): unknown {
  if (lists.has(key) && text !== 'all-linear' && !/[*()|\\]/.test(text))
    return text.split('+').map(parseScalar);
  return parseScalar(text);
}

function parseScalar(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
}

function invalid(reason: string): UserError {
  return new UserError('M017', `--lora: ${reason}`, { hint: example });
}
