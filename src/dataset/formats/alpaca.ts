// alpaca: `{"instruction", "input"?, "output", "system"?, "history"?}` and its common aliases.
import { missingField } from '../checks/structure/missing-field.ts';
import { severalInstances } from '../checks/structure/several-instances.ts';
import { textOf } from '../content.ts';
import { exactJson } from '../exact-json.ts';
import { anyOf, firstFilled, firstKey, isRow } from './fields.ts';
import { locateFlat, parseFlat, splitPrompt } from './flat.ts';
import type { Row, WritableFormat } from './format.ts';
import { type Layout, layoutKeys } from './layout.ts';
import { type Feature, missingFeatures, splitMeta } from './leftovers.ts';
import { createMapping, isTurnList } from './mapping.ts';
import { preference } from './preference.ts';
import { spokenTurns } from './roles.ts';
import { answerKeys, historyKeys, inputKeys, promptKeys, systemKeys, toolsKeys } from './text-keys.ts';

const rowKeys = new Set([
  ...promptKeys,
  ...inputKeys,
  ...answerKeys,
  ...systemKeys,
  ...historyKeys,
  ...toolsKeys,
  'instances',
]);
const wanted = {
  prompt: 'instruction (or prompt, question, query)',
  answer: 'output (or response, completion, answer)',
};

/** Self-Instruct: input and answer are one level deeper. */
const selfInstruct = createMapping({
  prompt: 'instruction',
  input: 'instances.0.input',
  answer: 'instances.0.output',
});

export const alpaca: WritableFormat = {
  name: 'alpaca',
  shape: 'an instruction and an output (or prompt, question; response, completion, answer)',
  shapeOf(row) {
    const { prompt, input, answer } = findLayout(row);
    return [prompt ?? input, answer ?? 'instances'].map((key) => JSON.stringify(key)).join(' and ');
  },
  matches(row) {
    if (preference.matches(row)) return false;
    if (isSelfInstruct(row)) return true;
    const prompt = promptKeys.find((key) => key in row) ?? ('input' in row ? 'input' : undefined);
    const answer = answerKeys.find((key) => key in row);
    if (prompt === undefined || answer === undefined) return false;
    // Two lists, or one list of turns, are messages: that is chatml.
    if (prompt === 'prompt' && isTurnList(row[prompt], spokenTurns)) return false;
    return !Array.isArray(row[prompt]) || !Array.isArray(row[answer]);
  },
  parse(row, raise) {
    if (isSelfInstruct(row)) {
      const instances = row.instances as unknown[];
      if (instances.length > 1) {
        raise(severalInstances, '/instances', `The instruction has ${instances.length} instances.`);
        return null;
      }
      const [instance] = instances;
      if (!isRow(instance) || instance.output === undefined) {
        raise(missingField, '/instances', 'The instance has no "output".');
        return null;
      }
      return selfInstruct.parse(row, raise);
    }
    if (isPlain(row)) return parseFlat(row, plain, plainKeys, raise);
    const layout = findLayout(row);
    const known = layoutKeys(layout);
    // Ignore null and empty values.
    for (const key of systemKeys) if (row[key] === '') known.add(key);
    return parseFlat(row, layout, known.add('input').add('history'), raise);
  },
  locate: (row, spot) =>
    isSelfInstruct(row) ? selfInstruct.locate(row, spot) : locateFlat(row, findLayout(row), spot),
  holds: new Set<Feature>(['tools']),
  inConfig: 'source',
  doc: {
    row: '{"instruction":"Translate into German.","input":"house","output":"Haus","system":"Be brief.","history":[["Hi","Hello."]]}',
    prose: [
      `- The prompt is under ${anyOf(promptKeys)}, more of it under ${anyOf(inputKeys)}: the two are joined by a blank line (\`template: alpaca\` writes the second under its own heading). One of them may be missing or empty, but not both.`,
      `- The answer is under ${anyOf(answerKeys)}, a system text under ${anyOf(systemKeys)}, tools (a list, or one as JSON text) under ${anyOf(toolsKeys)}.`,
      '- `history` is a list of pairs of earlier texts, user and assistant. Both are part of the conversation, and the answers in it are trained on.',
      '- Texts may be lists of parts, as in chatml. Self-Instruct rows (`instances` with one input and output) are read as well; a row with several instances is D044.',
    ].join('\n'),
    toldBy: '`instruction` with `output` (and their aliases)',
    writing:
      'stores pairs of user and assistant texts after at most one system text; other conversations are dropped. If alpaca rows are written as another format, instruction and input become one text with a blank line between; from alpaca to alpaca they stay separate.',
  },
  render(example) {
    const { kept, lost } = splitMeta(example.meta, rowKeys);
    const system = example.messages[0]?.role === 'system' ? example.messages[0] : undefined;
    const turns = example.messages.slice(system ? 1 : 0);
    const texts = turns.map((message) => textOf(message.content));
    const inTurn = turns.every((message, i) => message.role === (i % 2 ? 'assistant' : 'user'));
    if (!inTurn || turns.length === 0 || turns.length % 2 || texts.includes(null))
      return { row: null, lost: ['conversations that are not pairs of user and assistant texts'] };
    const row: Row = { ...splitPrompt(texts.at(-2) ?? '', example.meta), output: texts.at(-1) };
    if (system) row.system = textOf(system.content);
    if (texts.length > 2)
      row.history = texts.slice(0, -2).flatMap((text, i) => (i % 2 ? [] : [[text, texts[i + 1]]]));
    if (example.tools) row.tools = exactJson(example.tools);
    if (system && row.system === '') lost.push('an empty system message');
    return { row: { ...row, ...kept }, lost: [...missingFeatures(example, alpaca.holds), ...lost] };
  },
};

const plain: Layout = {
  prompt: 'instruction',
  input: 'input',
  answer: 'output',
  system: 'system',
  history: 'history',
  tools: 'tools',
  style: spokenTurns,
  wanted,
};
const plainKeys = layoutKeys(plain);

// Most rows are exactly this and need no search for aliases.
function isPlain(row: Row): boolean {
  return (
    row.instruction !== undefined &&
    row.output !== undefined &&
    row.input !== undefined &&
    row.context === undefined &&
    row.system_prompt === undefined
  );
}

function isSelfInstruct(row: Row): boolean {
  return row.instances !== undefined && Array.isArray(row.instances) && typeof row.instruction === 'string';
}

function findLayout(row: Row): Layout {
  if (isPlain(row)) return plain;
  return {
    prompt: firstKey(row, promptKeys) ?? promptKeys.find((key) => key in row),
    input: firstFilled(row, inputKeys),
    answer: firstKey(row, answerKeys) ?? answerKeys.find((key) => key in row),
    system: firstFilled(row, systemKeys),
    history: 'history',
    tools: firstFilled(row, toolsKeys),
    style: spokenTurns,
    wanted,
  };
}
