// A mapping that names only a few fields, such as tools; the other parts are where the known formats have them.

import { findSide } from '../meaning/two-sides.ts';
import type { FieldMapping } from './field-mapping.ts';
import { firstFilled, firstKey } from './fields.ts';
import type { Format, Row } from './format.ts';
import { createMapping, type MappedFormat } from './mapping.ts';
import {
  answerKeys,
  historyKeys,
  inputKeys,
  listKeys,
  promptKeys,
  systemKeys,
  toolsKeys,
} from './text-keys.ts';

/** Whether a mapping names neither the conversation nor a prompt and an answer. */
export function isPartial({
  prompt,
  input,
  answer,
  calls,
  messages,
  chosen,
  rejected,
}: FieldMapping): boolean {
  return [prompt, input, answer, calls, messages, chosen, rejected].every((key) => key === undefined);
}

/** The format of rows of known formats, of which `mapping` names some fields. */
export function createPartialMapping(mapping: FieldMapping): MappedFormat {
  const made = new Map<string, MappedFormat>();
  const formatOf = (row: Row): MappedFormat | null => {
    const whole = completeMapping(mapping, row);
    if (!whole) return null;
    const name = JSON.stringify(whole);
    const format = made.get(name) ?? createMapping(whole);
    made.set(name, format);
    return format;
  };
  const named = createMapping(mapping);
  // Reports what a conversation would need.
  const bare = createMapping({ ...mapping, messages: 'messages' });
  const format = (row: Row): Format => formatOf(row) ?? bare;
  return {
    name: mapping.as ?? 'custom',
    mapping,
    shape: `a known format with the mapped ${namedFields(mapping)}`,
    matches: (row) => formatOf(row)?.matches(row) ?? false,
    parse: (row, raise) => format(row).parse(row, raise),
    locate: (row, spot) => format(row).locate(row, spot),
    unmet: (rows) => named.unmet(rows),
  };
}

/** The fields that a mapping names, for people. */
export function namedFields({ role, content, weight, roles, as: _, ...fields }: FieldMapping): string {
  const inTurns = { role, content, weight, roles };
  const keys = [...Object.entries(fields), ...Object.entries(inTurns)].filter(
    ([, value]) => value !== undefined,
  );
  return keys.map(([key]) => `\`${key}\``).join(', ');
}

// The mapping completed with the usual names in this row; null if they give no conversation.
function completeMapping(mapping: FieldMapping, row: Row): FieldMapping | null {
  const beside = { system: firstFilled(row, systemKeys), tools: firstFilled(row, toolsKeys), ...mapping };
  const messages = listKeys.find((key) => Array.isArray(row[key]));
  const [chosen, rejected] = [findSide(row, 'chosen'), findSide(row, 'rejected')];
  if (chosen !== undefined && rejected !== undefined) {
    const asked = messages === undefined ? { prompt: firstKey(row, promptKeys) } : { messages };
    return { ...beside, ...asked, chosen, rejected };
  }
  if (messages !== undefined) return { ...beside, messages };
  const prompt = firstKey(row, promptKeys);
  const input = firstFilled(row, inputKeys);
  const answer = answerKeys.find((key) => key in row);
  if ((prompt ?? input) === undefined || answer === undefined) return null;
  return { history: firstKey(row, historyKeys), ...beside, prompt, input, answer };
}
