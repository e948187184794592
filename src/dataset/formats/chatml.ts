// chatml: `{"messages": [{"role", "content"}…], "tools"?}`, as in chat APIs and chat templates.
// Also `{"prompt": […], "completion": […]}`, two lists; only the second is trained on.
import type { Message } from '../example.ts';
import { leaveOutPadding } from '../meaning/null-padding.ts';
import { renderMessage } from './chatml-message.ts';
import { anyOf, firstFilled, firstKey, isRow } from './fields.ts';
import type { Raise, Row, WritableFormat } from './format.ts';
import type { Layout } from './layout.ts';
import { chatFeatures, missingFeatures, splitMeta } from './leftovers.ts';
import { createMapping, isTurnList, type MappedFormat } from './mapping.ts';
import { preference } from './preference.ts';
import { spokenRoles, spokenTurns } from './roles.ts';
import { answerKeys, systemKeys, toolsKeys, usedKeys } from './text-keys.ts';
import type { TurnStyle } from './turn-style.ts';
import { locateTurn, parseTurns, readTurns } from './turns.ts';

const style: TurnStyle = {
  roles: spokenRoles,
  roleKeys: ['role'],
  contentKeys: ['content'],
};

const rowKeys = new Set(['messages', ...systemKeys, ...toolsKeys]);
const splitKeys = new Set(['prompt', 'completion', ...systemKeys, ...toolsKeys]);

export const chatml: WritableFormat = {
  name: 'chatml',
  shape: '"messages" with "role" and "content"',
  shapeOf: (row) =>
    isAnswered(row)
      ? `"prompt" as a list of messages and ${JSON.stringify(firstKey(row, answerKeys))}`
      : isSplit(row)
        ? '"prompt" and "completion" as lists of messages'
        : '"messages" with "role" and "content"',
  matches(row) {
    if (preference.matches(row)) return false;
    if (isSplit(row) || isAnswered(row)) return true;
    if (!Array.isArray(row.messages)) return false;
    const first: unknown = row.messages.find(isRow);
    return row.messages.length === 0 || (isRow(first) && !('from' in first));
  },
  parse(row, raise) {
    if (isAnswered(row)) return answered(row).parse(row, raise);
    if (!isSplit(row)) return parseTurns(row, layoutOf(row, 'messages'), usedKeys(row, rowKeys), raise);
    const prompt = readTurns(row, splitLayout(row, 'prompt'), raise);
    const rest = parseTurns(
      row,
      { ...splitLayout(row, 'completion'), system: undefined },
      usedKeys(row, splitKeys),
      raise,
    );
    if (prompt && rest) leaveOutPadding(prompt, rest.tools ?? []);
    return prompt && rest && { ...rest, messages: [...prompt.map(untrained), ...rest.messages] };
  },
  locate(row, spot) {
    if (isAnswered(row)) return answered(row).locate(row, spot);
    if (!isSplit(row)) return locateTurn(row, layoutOf(row, 'messages'), spot);
    if (spot.message < 0) return { pointer: '' };
    const prompt = readTurns(row, splitLayout(row, 'prompt'), quiet)?.length ?? 0;
    if (spot.message < prompt) return locateTurn(row, splitLayout(row, 'prompt'), spot);
    const layout = { ...splitLayout(row, 'completion'), system: undefined };
    return locateTurn(row, layout, { ...spot, message: spot.message - prompt });
  },
  holds: chatFeatures,
  inConfig: 'source',
  doc: {
    row: '{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Open today?"},{"role":"assistant","content":"Until six."}]}',
    prose: [
      '- Roles: `system`, `developer`, `user`, `assistant`, `tool` or `function` (an older name of tool), in any case. The words that sharegpt has for them are read, too.',
      '- `content` is a text, a list of parts, or null beside tool calls. Parts of the types text, input_text, output_text and refusal (and plain texts in the list) are joined; any other part, such as an image, is D040.',
      '- `tool_calls` are `{id, function: {name, arguments}}` or just `{name, arguments}`; arguments are an object or JSON text. `tool_call_id` of a result names its call. The older `function_call` is one call. `tools` (or `functions`) is a list, or one as JSON text.',
      '- `weight`, `loss_weight`, `train` and `loss` say whether an assistant message is trained on: 1 or true, 0 or false. Without one of these keys it is. Any value between, and parts of a message (`train_detail`), are D037.',
      '- `reasoning_content`, `reasoning` or `thinking` contains the reasoning of a thinking model; `name` is kept.',
      `- A system text may be beside the list, under ${anyOf(systemKeys)}.`,
      '- `{"prompt": […], "completion": […]}` with two lists of messages is read as one conversation; only the completion is trained on.',
    ].join('\n'),
    toldBy: '`messages`',
  },
  render(example) {
    const { kept, lost } = splitMeta(example.meta, rowKeys);
    const row: Row = { ...kept, messages: example.messages.map(renderMessage) };
    if (example.tools) row.tools = example.tools;
    return { row, lost: [...missingFeatures(example, chatFeatures), ...lost] };
  },
};

const quiet: Raise = () => undefined;

function isSplit(row: Row): boolean {
  return row.messages === undefined && Array.isArray(row.prompt) && Array.isArray(row.completion);
}

function layoutOf(row: Row, messages: string): Layout {
  return { messages, system: firstFilled(row, systemKeys), tools: firstFilled(row, toolsKeys), style };
}

// A list of messages, with the answer to it as a text or a message.
function isAnswered(row: Row): boolean {
  if (row.messages !== undefined || !isTurnList(row.prompt, spokenTurns)) return false;
  const key = firstKey(row, answerKeys);
  return key !== undefined && (typeof row[key] === 'string' || isRow(row[key]));
}

const mappings = new Map<string, MappedFormat>();

function answered(row: Row): MappedFormat {
  const answer = firstKey(row, answerKeys);
  const system = firstFilled(row, systemKeys);
  const tools = firstFilled(row, toolsKeys);
  const name = [answer, system, tools].join(' ');
  let mapping = mappings.get(name);
  if (!mapping) {
    mapping = createMapping({ prompt: 'prompt', answer, system, tools, as: 'chatml' });
    mappings.set(name, mapping);
  }
  return mapping;
}

// Datasets of this shape have turns in either form.
function splitLayout(row: Row, messages: string): Layout {
  return { ...layoutOf(row, messages), style: spokenTurns };
}

function untrained(message: Message): Message {
  return message.role === 'assistant' ? { ...message, train: false } : message;
}
