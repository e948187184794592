// preference: a prompt with a `chosen` and a `rejected` answer, as texts, as messages or as whole conversations.
import type { Message } from '../example.ts';
import { renderMessage } from './chatml-message.ts';
import { anyOf, firstKey, isRow } from './fields.ts';
import type { Row, WritableFormat } from './format.ts';
import type { Layout } from './layout.ts';
import { chatFeatures, missingFeatures, splitMeta } from './leftovers.ts';
import { createMapping } from './mapping.ts';
import { locatePair, parsePair } from './pair.ts';
import { spokenTurns } from './roles.ts';
import { historyKeys, inputKeys, promptKeys, systemKeys, toolsKeys } from './text-keys.ts';

const listKeys = ['messages', 'conversations', 'conversation'];
const rowKeys = new Set([
  'chosen',
  'rejected',
  ...listKeys,
  ...promptKeys,
  ...inputKeys,
  ...historyKeys,
  ...systemKeys,
  ...toolsKeys,
]);

/** What the fine-tuning services have: the prompt under `input`, the answers under names of their own. */
const outputs = createMapping({
  messages: 'input.messages',
  tools: 'input.tools',
  chosen: 'preferred_output',
  rejected: 'non_preferred_output',
});

export const preference: WritableFormat = {
  name: 'preference',
  shape: '"chosen" and "rejected"',
  shapeOf(row) {
    if (isOutputs(row)) return '"preferred_output" and "non_preferred_output"';
    return `${Array.isArray(row.chosen) || isRow(row.chosen) ? 'messages' : 'texts'} under "chosen" and "rejected"`;
  },
  matches: (row) => (row.chosen !== undefined && row.rejected !== undefined) || isOutputs(row),
  parse: (row, raise) =>
    isOutputs(row) ? outputs.parse(row, raise) : parsePair(row, findLayout(row), raise),
  locate: (row, spot) =>
    isOutputs(row) ? outputs.locate(row, spot) : locatePair(row, findLayout(row), spot),
  holds: new Set([...chatFeatures, 'rejected answers' as const]),
  doc: {
    row: '{"prompt":[{"role":"user","content":"Open today?"}],"chosen":[{"role":"assistant","content":"Until six."}],"rejected":[{"role":"assistant","content":"Who knows."}]}',
    prose: [
      '- `chosen` and `rejected` are each a text, one message, or a list of messages; messages are written as in sharegpt or chatml.',
      `- The prompt is a text (with input, system and history, named as in alpaca), a list under \`prompt\` or ${anyOf(listKeys)}, or what two whole conversations share: their first messages, until they differ. Two texts without a prompt are D017: cutting a prompt off them would be a guess.`,
      '- `{"input": {"messages": […]}, "preferred_output": […], "non_preferred_output": […]}`, as fine-tuning services have it, is read as well.',
      '- Both answers are checked. Equal answers are D060, answers to different prompts D061. Scores and the like are kept beside the row.',
      '- Training on pairs is refused (D045). `lorch data convert … --to chatml --allow-loss` writes the chosen answers as conversations.',
    ].join('\n'),
  },
  render(example) {
    const { kept, lost } = splitMeta(example.meta, rowKeys);
    const { messages, chosen, rejected, tools } = example;
    if (!chosen || !rejected) return { row: null, lost: ['rows that have one answer only'] };
    const turns = (list: readonly Message[]): Row[] => list.map(renderMessage);
    const row: Row = { ...kept, prompt: turns(messages), chosen: turns(chosen), rejected: turns(rejected) };
    if (tools) row.tools = tools;
    return { row, lost: [...missingFeatures(example, preference.holds), ...lost] };
  },
};

function isOutputs(row: Row): boolean {
  return row.preferred_output !== undefined || row.non_preferred_output !== undefined;
}

function findLayout(row: Row): Layout {
  return {
    prompt: Array.isArray(row.prompt) ? undefined : firstKey(row, promptKeys),
    input: firstKey(row, inputKeys),
    system: firstKey(row, systemKeys),
    history: 'history',
    messages: Array.isArray(row.prompt) ? 'prompt' : listKeys.find((key) => Array.isArray(row[key])),
    tools: firstKey(row, toolsKeys),
    chosen: 'chosen',
    rejected: 'rejected',
    style: spokenTurns,
    wanted: { prompt: 'prompt (or instruction, question, messages)', answer: 'answer' },
  };
}
