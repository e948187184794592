// preference: a prompt with a `chosen` and a `rejected` answer, as texts, as messages or as whole conversations.
import { missingField } from '../checks/structure/missing-field.ts';
import type { Message } from '../example.ts';
import { findSide, isAnswer } from '../meaning/two-sides.ts';
import { escapePointer } from '../text-position.ts';
import { renderMessage } from './chatml-message.ts';
import { anyOf, firstFilled, firstKey } from './fields.ts';
import type { Row, WritableFormat } from './format.ts';
import type { Layout } from './layout.ts';
import { chatFeatures, missingFeatures, splitMeta } from './leftovers.ts';
import { createMapping, type MappedFormat } from './mapping.ts';
import { locatePair, parsePair } from './pair.ts';
import { certainTurns } from './read-transcript.ts';
import { spokenTurns } from './roles.ts';
import {
  answerKeys,
  historyKeys,
  inputKeys,
  listKeys,
  promptKeys,
  systemKeys,
  toolsKeys,
} from './text-keys.ts';
import { findComparison } from './two-answers.ts';

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

/** The form of fine-tuning services: the prompt under `input`, the answers under other names. */
const outputs = createMapping({
  messages: 'input.messages',
  tools: 'input.tools',
  chosen: 'preferred_output',
  rejected: 'non_preferred_output',
});

/** Two whole conversations as transcripts, with their prompt in both. */
const transcripts = createMapping({
  chosen: 'chosen',
  rejected: 'rejected',
  system: 'system',
  tools: 'tools',
});

export const preference: WritableFormat = {
  name: 'preference',
  shape: '"chosen" and "rejected"',
  shapeOf(row) {
    if (isOutputs(row)) return '"preferred_output" and "non_preferred_output"';
    const { chosen, messages, rejected } = findLayout(row);
    const better = chosen ?? messages ?? 'chosen';
    return `${typeof row[rejected ?? ''] === 'string' ? 'texts' : 'messages'} under ${JSON.stringify(better)} and ${JSON.stringify(rejected ?? 'rejected')}`;
  },
  matches: (row) => isOutputs(row) || findPair(row) !== null || findComparison(row) !== null,
  parse(row, raise) {
    const mapped = mappingOf(row);
    if (mapped) return mapped.parse(row, raise);
    const compared = findComparison(row);
    if (compared && !compared.sides) {
      const { verdict } = compared;
      raise(
        missingField,
        `/${escapePointer(verdict)}`,
        `The row does not say which answer is better: "${verdict}" is ${JSON.stringify(row[verdict])}.`,
      );
      return null;
    }
    return parsePair(row, findLayout(row), raise);
  },
  locate: (row, spot) => mappingOf(row)?.locate(row, spot) ?? locatePair(row, findLayout(row), spot),
  holds: new Set([...chatFeatures, 'rejected answers' as const]),
  inConfig: 'never',
  doc: {
    row: '{"prompt":[{"role":"user","content":"Open today?"}],"chosen":[{"role":"assistant","content":"Until six."}],"rejected":[{"role":"assistant","content":"Who knows."}]}',
    prose: [
      '- `chosen` and `rejected` are each a text, one message, or a list of messages; messages are written as in sharegpt or chatml.',
      `- The prompt is a text (with input, system and history, named as in alpaca), a list under \`prompt\` or ${anyOf(listKeys)}, or what two whole conversations share: their first messages, until they differ. Two texts without a prompt are read if both are whole conversations with \`Human:\` and \`Assistant:\` in front of the turns, or written with a template (see below). Otherwise they are D017: cutting a prompt off them would be a guess.`,
      '- Other names for the two: `preferred`, `better_response` and the like, `rejected_response`, `worse_answer` and the like, `response_j` and `response_k`. If a row has only a rejected answer beside `messages`, `output`, `response`, `completion` or `answer`, the answer there is the chosen one.',
      '- Two answers such as `response_a` and `response_b` with a field that says which is better (`winner`, `preference`, `better_response_id`; `labels` beside `human_ref_A` and `human_ref_B`) are a pair. If that field says tie, the row is D017.',
      '- `{"input": {"messages": […]}, "preferred_output": […], "non_preferred_output": […]}`, as fine-tuning services write it, is read as well.',
      '- Both answers are checked. Equal answers are D060, answers to different prompts D061. Scores and the like are kept beside the row.',
      '- Training on pairs is refused (D045). `lorch data convert … --to chatml --allow-loss` writes the chosen answers as conversations.',
    ].join('\n'),
    toldBy: '`chosen` with `rejected`',
    writing:
      'takes pairs only, because rows with one answer have no second one. In the other formats, a pair becomes its prompt with the chosen answer.',
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

function mappingOf(row: Row): MappedFormat | null {
  if (isOutputs(row)) return outputs;
  return isTranscripts(row) ? transcripts : null;
}

function isTranscripts(row: Row): boolean {
  if (typeof row.chosen !== 'string' || typeof row.rejected !== 'string') return false;
  if ([...listKeys, ...promptKeys, ...inputKeys].some((key) => row[key] !== undefined && row[key] !== null))
    return false;
  return certainTurns(row.chosen) !== null && certainTurns(row.rejected) !== null;
}

function isOutputs(row: Row): boolean {
  return row.preferred_output !== undefined || row.non_preferred_output !== undefined;
}

// The fields of both answers; `chosen` is undefined if it is the last message of the conversation. Null if the row is not a pair.
function findPair(row: Row): { chosen: string | undefined; rejected: string } | null {
  const rejected = findSide(row, 'rejected');
  if (rejected === undefined) return null;
  const chosen = findSide(row, 'chosen');
  if (chosen !== undefined) return { chosen, rejected };
  if (!isAnswer(row[rejected])) return null;
  if (listKeys.some((key) => Array.isArray(row[key]))) return { chosen: undefined, rejected };
  const answer = firstKey(row, answerKeys);
  return answer !== undefined && isAnswer(row[answer]) ? { chosen: answer, rejected } : null;
}

function findLayout(row: Row): Layout {
  const compared = findComparison(row);
  const sides = compared?.sides ?? findPair(row) ?? { chosen: 'chosen', rejected: 'rejected' };
  // The conversation before the answer, as one text.
  const told =
    typeof row.history === 'string' && row.history !== '' && firstKey(row, promptKeys) === undefined;
  return {
    prompt: Array.isArray(row.prompt) ? undefined : told ? 'history' : firstKey(row, promptKeys),
    input: firstFilled(row, inputKeys),
    system: firstFilled(row, systemKeys),
    history: told ? undefined : 'history',
    messages: Array.isArray(row.prompt) ? 'prompt' : listKeys.find((key) => Array.isArray(row[key])),
    tools: firstFilled(row, toolsKeys),
    ...sides,
    ...(compared && { verdict: compared.verdict }),
    style: spokenTurns,
    wanted: { prompt: 'prompt (or instruction, question, messages)', answer: 'answer' },
  };
}
