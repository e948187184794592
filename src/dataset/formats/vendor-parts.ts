// Tool calls, tool results and reasoning as parts of a content, as the APIs of Anthropic, Amazon Bedrock and Gemini
// write them. Such a turn becomes the messages that chat templates know.
import type { Spot } from '../checks/check.ts';
import { exactJson } from '../exact-json.ts';
import type { Message } from '../example.ts';
import { textLength } from './content-parts.ts';
import { firstKey, isRow } from './fields.ts';
import type { Location, Raise, Row } from './format.ts';
import { locateInTurn, readTurn } from './turn.ts';
import type { TurnStyle } from './turn-style.ts';

type Part =
  | { kind: 'call'; call: Row }
  | { kind: 'result'; id: unknown; name?: unknown; value: unknown; below: string }
  | { kind: 'thought'; text: string; below: string };

/** Whether a turn has parts that are more than text. */
export function hasVendorParts(turn: unknown, style: TurnStyle): turn is Row {
  if (!isRow(turn)) return false;
  const content = turn[firstKey(turn, style.contentKeys) ?? ''];
  return Array.isArray(content) && content.some((part) => readPart(part) !== null);
}

/** The messages of such a turn: one for each tool result, then the speaker's. Null with a finding. */
export function readVendorTurn(turn: Row, pointer: string, style: TurnStyle, raise: Raise): Message[] | null {
  const { results, rest, key, calls } = splitTurn(turn, style);
  const messages: Message[] = [];
  for (const { index, part } of results) {
    const at = `${pointer}/${key}/${index}${part.below}`;
    const id = typeof part.id === 'string' && part.id !== '' ? { tool_call_id: part.id } : {};
    const name = typeof part.name === 'string' && part.name !== '' ? { name: part.name } : {};
    const result = readTurn(
      { role: 'tool', content: resultContent(part.value), ...id, ...name },
      at,
      plainStyle(style),
      (check, place, message, extra) => raise(check, place.replace(`${at}/content`, at), message, extra),
    );
    if (!result) return null;
    messages.push(result);
  }
  if (rest) {
    const message = readTurn(rest, pointer, style, (check, place, text, extra) =>
      raise(check, realPlace(place, pointer, key, calls), text, extra),
    );
    if (!message) return null;
    messages.push(message);
  }
  return messages;
}

/** How many messages a turn is read as. */
export function messageCount(turn: unknown, style: TurnStyle): number {
  if (!hasVendorParts(turn, style)) return 1;
  const { results, rest } = splitTurn(turn, style);
  return results.length + (rest ? 1 : 0);
}

/** Maps a place in the `nth` message of such a turn. */
export function locateInVendorTurn(
  turn: Row,
  pointer: string,
  style: TurnStyle,
  spot: Spot,
  nth: number,
): Location {
  const { results, rest, key, calls, thought } = splitTurn(turn, style);
  const result = results[nth];
  if (result) {
    const { below, value } = result.part;
    const whole = typeof value === 'string' && spot.field === 'content' && spot.inside !== undefined;
    return {
      pointer: `${pointer}/${key}/${result.index}${below}`,
      ...(whole && { inside: spot.inside as number }),
    };
  }
  if (spot.field === 'reasoning_content' && thought)
    return { pointer: `${pointer}/${key}/${thought.index}${thought.below}` };
  const at = locateInTurn(rest ?? turn, pointer, style, spot);
  return { ...at, pointer: realPlace(at.pointer, pointer, key, calls) };
}

interface SplitTurn {
  key: string;
  results: { index: number; part: Part & { kind: 'result' } }[];
  /** The turn with calls and reasoning in the fields of chat APIs; null if there are only results. */
  rest: Row | null;
  /** Which part each call was. */
  calls: number[];
  thought: { index: number; below: string } | null;
}

// Parts keep their index: a part that is moved elsewhere is replaced by an empty text.
function splitTurn(turn: Row, style: TurnStyle): SplitTurn {
  const key = firstKey(turn, style.contentKeys) ?? '';
  const content = turn[key] as unknown[];
  const parts = content.map(readPart);
  const results: SplitTurn['results'] = [];
  const calls: number[] = [];
  const thoughts: string[] = [];
  let thought: SplitTurn['thought'] = null;
  for (const [index, part] of parts.entries()) {
    if (part?.kind === 'result') results.push({ index, part });
    else if (part?.kind === 'call') calls.push(index);
    else if (part) {
      thoughts.push(part.text);
      thought ??= { index, below: part.below };
    }
  }
  const left = content.map((part, i) => (parts[i] ? '' : part));
  const says =
    calls.length > 0 ||
    thoughts.length > 0 ||
    results.length === 0 ||
    textLength(left) > 0 ||
    left.some(isRow);
  const made = calls.map((index) => (parts[index] as Part & { kind: 'call' }).call);
  const rest: Row = { ...turn, [key]: left };
  if (made.length > 0)
    rest.tool_calls = [...(Array.isArray(turn.tool_calls) ? turn.tool_calls : []), ...made];
  if (thoughts.length > 0) rest.reasoning_content = thoughts.join('\n\n');
  return { key, results, rest: says ? rest : null, calls, thought };
}

function readPart(part: unknown): Part | null {
  if (!isRow(part)) return null;
  if (part.type === 'tool_use') return call(part.id, part.name, part.input);
  if (part.type === 'tool-call') return call(part.toolCallId, part.toolName, part.args ?? part.input);
  if (part.type === 'tool_result')
    return { kind: 'result', id: part.tool_use_id, value: part.content ?? '', below: '/content' };
  if (part.type === 'thinking' && typeof part.thinking === 'string')
    return { kind: 'thought', text: part.thinking, below: '/thinking' };
  if (part.type === 'reasoning' && typeof part.text === 'string')
    return { kind: 'thought', text: part.text, below: '/text' };
  if (part.type === undefined) return readUntyped(part);
  return null;
}

// In Bedrock and Gemini, the key gives the type of a part.
function readUntyped(part: Row): Part | null {
  const { toolUse, toolResult, functionCall, functionResponse, reasoningContent } = part;
  if (isRow(toolUse)) return call(toolUse.toolUseId, toolUse.name, toolUse.input);
  if (isRow(functionCall)) return call(functionCall.id, functionCall.name, functionCall.args);
  if (isRow(toolResult))
    return {
      kind: 'result',
      id: toolResult.toolUseId,
      value: toolResult.content ?? '',
      below: '/toolResult/content',
    };
  if (isRow(functionResponse))
    return {
      kind: 'result',
      id: functionResponse.id,
      name: functionResponse.name,
      value: functionResponse.response ?? '',
      below: '/functionResponse/response',
    };
  if (isRow(reasoningContent) && isRow(reasoningContent.reasoningText)) {
    const { text } = reasoningContent.reasoningText;
    if (typeof text === 'string')
      return { kind: 'thought', text, below: '/reasoningContent/reasoningText/text' };
  }
  if (part.thought === true && typeof part.text === 'string')
    return { kind: 'thought', text: part.text, below: '/text' };
  return null;
}

function call(id: unknown, name: unknown, input: unknown): Part {
  return {
    kind: 'call',
    call: { ...(id !== undefined && id !== null && { id }), function: { name, arguments: input ?? {} } },
  };
}

// A result is text, text parts, or data, which the model sees as JSON.
function resultContent(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((part: unknown) =>
      isRow(part) && part.json !== undefined ? exactJson(part.json) : part,
    );
  return isRow(value) ? exactJson(value) : value;
}

const styles = new WeakMap<TurnStyle, TurnStyle>();

function plainStyle(style: TurnStyle): TurnStyle {
  let plain = styles.get(style);
  if (!plain) {
    plain = { ...style, roles: new Map([['tool', 'tool']]), roleKeys: ['role'], contentKeys: ['content'] };
    styles.set(style, plain);
  }
  return plain;
}

function realPlace(place: string, pointer: string, key: string, calls: readonly number[]): string {
  const found = /^\/tool_calls\/(\d+)/.exec(place.slice(pointer.length));
  const index = found && calls[Number(found[1])];
  return index === null || index === undefined ? place : `${pointer}/${key}/${index}`;
}
