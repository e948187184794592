// A mapping as YAML: on one line for a config, or with a comment on each line.
import type { FieldMapping } from './field-mapping.ts';

/** On one line, to copy after `dataset.format:`. */
export function flowYaml({ as: _, ...mapping }: FieldMapping): string {
  const entries = Object.entries(mapping).filter(([, value]) => value !== undefined);
  return `{ ${entries.map(([key, value]) => `${key}: ${flowValue(value)}`).join(', ')} }`;
}

/** One line per field, followed by the reason; `head` has comments to put above. */
export function blockYaml(
  { as: _, ...mapping }: FieldMapping,
  reasons: ReadonlyMap<string, string>,
  head: readonly string[],
): string {
  const lines = Object.entries(mapping)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const why = reasons.get(key);
      return `${key}: ${flowValue(value)}${why ? `  # ${oneLine(why)}` : ''}`;
    });
  return [...head.map((line) => `# ${oneLine(line)}`), ...lines].map((line) => `${line}\n`).join('');
}

function flowValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(scalar).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, each]) => `${scalar(key)}: ${scalar(each)}`)
      .join(', ')} }`;
  return scalar(value);
}

/** Words that YAML reads as something else. */
const special = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function scalar(value: unknown): string {
  const text = String(value);
  return /^[A-Za-z_][\w./-]*$/.test(text) && !special.test(text) ? text : JSON.stringify(text);
}

// A field name may contain anything, but a comment ends with its line.
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
