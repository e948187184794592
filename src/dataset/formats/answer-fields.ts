// An assistant's reasoning and tool calls, if the row has them in fields beside the answer.
import type { Spot } from '../checks/check.ts';
import { invalidToolCall } from '../checks/structure/invalid-tool-call.ts';
import { wrongType } from '../checks/structure/wrong-type.ts';
import { raiseInexactInside } from '../exact-numbers.ts';
import type { Message } from '../example.ts';
import { escapePointer } from '../text-position.ts';
import { isRow, typeName } from './fields.ts';
import type { Location, Raise, Row } from './format.ts';
import type { Layout } from './layout.ts';
import { parseJson, readToolCalls } from './tools.ts';

/** The messages of an answer, with reasoning and calls added to the last one; null with a finding. */
export function addToAnswer(messages: Message[], row: Row, layout: Layout, raise: Raise): Message[] | null {
  const reasoning = readReasoning(row, layout.reasoning, raise);
  const calls = readCalls(row, layout.calls, raise);
  if (reasoning === undefined || calls === undefined) return null;
  const last = messages.at(-1);
  if (!last || (reasoning === '' && calls.length === 0)) return messages;
  const said: Message = { ...last };
  if (reasoning !== '') said.reasoning_content = reasoning;
  if (calls.length > 0) {
    said.tool_calls = calls;
    if (said.content === '') said.content = null;
  }
  return [...messages.slice(0, -1), said];
}

// A text, or a list of texts, each of them a thought.
function readReasoning(row: Row, key: string | undefined, raise: Raise): string | undefined {
  const value = key === undefined ? undefined : row[key];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.length === 1 && typeof value[0] === 'string') return value[0];
  raise(
    wrongType,
    `/${escapePointer(key ?? '')}`,
    `"${key}" should be one text, but is ${Array.isArray(value) ? `a list of ${value.length}` : typeName(value)}.`,
  );
  return undefined;
}

function readCalls(row: Row, key: string | undefined, raise: Raise) {
  const value = key === undefined ? undefined : row[key];
  if (value === undefined || value === null || value === '') return [];
  const at = `/${escapePointer(key ?? '')}`;
  if (typeof value !== 'string') return readToolCalls(isRow(value) ? [value] : value, at, raise);
  const parsed = parseJson(value);
  raiseInexactInside(value, parsed, at, raise);
  if (parsed === undefined) {
    raise(invalidToolCall, at, 'The tool calls are a string that is not JSON.');
    return undefined;
  }
  return readToolCalls(isRow(parsed) ? [parsed] : parsed, at, (check, _pointer, message, extra) =>
    raise(check, at, message, extra),
  );
}

/** The place of reasoning or a call in a separate field; undefined for any other place. */
export function locateAnswerField(row: Row, layout: Layout, spot: Spot): Location | undefined {
  if (spot.field === 'reasoning_content' && layout.reasoning !== undefined) {
    const listed = Array.isArray(row[layout.reasoning]) ? '/0' : '';
    return {
      pointer: `/${escapePointer(layout.reasoning)}${listed}`,
      ...(spot.inside !== undefined && { inside: spot.inside }),
    };
  }
  if (spot.field === 'tool_calls' && layout.calls !== undefined)
    return {
      pointer: `/${escapePointer(layout.calls)}${Array.isArray(row[layout.calls]) ? (spot.below ?? '') : ''}`,
    };
  return undefined;
}
