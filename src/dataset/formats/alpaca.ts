// alpaca: `{"instruction", "input"?, "output", "system"?, "history"?}` and its common aliases.
import { missingField } from '../checks/missing-field.ts';
import { severalInstances } from '../checks/several-instances.ts';
import { wrongType } from '../checks/wrong-type.ts';
import { textOf } from '../content.ts';
import { type Example, inputPart, type Message } from '../example.ts';
import { firstKey, isRow, readMeta, readText, typeName } from './fields.ts';
import type { Format, Raise, Row } from './format.ts';
import { missingFeatures, splitMeta } from './leftovers.ts';
import { preference } from './preference.ts';

const promptKeys = ['instruction', 'prompt', 'question', 'query'];
const inputKeys = ['input', 'context'];
const answerKeys = ['output', 'response', 'completion', 'answer'];
const systemKeys = ['system', 'system_prompt'];

export const alpaca: Format = {
  name: 'alpaca',
  shape: 'an instruction and an output (or prompt, question; response, completion, answer)',
  shapeOf(row) {
    const { prompt, input, answer } = findKeys(row);
    return [prompt ?? input, answer ?? 'instances'].map((key) => JSON.stringify(key)).join(' and ');
  },
  matches(row) {
    if (preference.matches(row)) return false;
    const asks = promptKeys.some((key) => key in row) || 'input' in row;
    return asks && (answerKeys.some((key) => key in row) || Array.isArray(row.instances));
  },
  parse(row, raise): Example | null {
    const keys = findKeys(row);
    const messages: Message[] = [];
    const system = keys.system === undefined ? '' : readText(row, keys.system, '', raise);
    if (system) messages.push({ role: 'system', content: system });
    const history = readHistory(row.history, raise);
    if (history) messages.push(...history);
    const prompt = readPrompt(row, keys, raise);
    const answer = readAnswer(row, keys, raise);
    const meta = readMeta(row, keys.known, raise);
    if (system === undefined || !history || !prompt || answer === undefined) return null;
    messages.push({ role: 'user', content: prompt.text }, { role: 'assistant', content: answer });
    if (prompt.input !== '') (meta as Record<symbol, unknown>)[inputPart] = prompt.input;
    return { messages, meta };
  },
  locate(row, spot) {
    const keys = findKeys(row);
    const inside = spot.inside === undefined ? {} : { inside: spot.inside };
    let index = spot.message;
    if (index < 0) return { pointer: '' };
    if (keys.system !== undefined && row[keys.system] !== '') {
      if (index === 0) return { pointer: `/${keys.system}`, ...inside };
      index -= 1;
    }
    const pairs = Array.isArray(row.history) ? row.history.length : 0;
    if (index < pairs * 2) return { pointer: `/history/${index >> 1}/${index & 1}`, ...inside };
    if (index === pairs * 2 + 1)
      return { pointer: keys.inInstance ? '/instances/0/output' : `/${keys.answer}`, ...inside };
    return locatePrompt(row, keys, spot.inside);
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
    if (system && row.system === '') lost.push('an empty system message');
    return { row: { ...row, ...kept }, lost: [...missingFeatures(example, new Set()), ...lost] };
  },
};

interface Keys {
  prompt: string | undefined;
  input: string | undefined;
  answer: string | undefined;
  system: string | undefined;
  /** Input and answer stand under `/instances/0` (Self-Instruct). */
  inInstance: boolean;
  known: ReadonlySet<string>;
}

const rowKeys = new Set([...promptKeys, ...inputKeys, ...answerKeys, ...systemKeys, 'history', 'instances']);
const plainKeys = new Set(['instruction', 'input', 'output', 'system', 'history']);

function findKeys(row: Row): Keys {
  // The everyday shape first: most rows are exactly this.
  if (row.instruction !== undefined && row.output !== undefined && row.input !== undefined)
    return {
      prompt: 'instruction',
      input: 'input',
      answer: 'output',
      system: row.system == null ? undefined : 'system',
      inInstance: false,
      known: plainKeys,
    };
  const prompt = firstKey(row, promptKeys) ?? promptKeys.find((key) => key in row);
  const input = firstKey(row, inputKeys);
  const answer = firstKey(row, answerKeys) ?? answerKeys.find((key) => key in row);
  const system = firstKey(row, systemKeys);
  const inInstance = answer === undefined && Array.isArray(row.instances);
  const used = [prompt, input, answer, system, 'input', 'history', inInstance ? 'instances' : undefined];
  return {
    prompt,
    input,
    answer,
    system,
    inInstance,
    known: new Set(used.filter((key) => key !== undefined)),
  };
}

function readPrompt(row: Row, keys: Keys, raise: Raise): { text: string; input: string } | undefined {
  const asked =
    keys.prompt === undefined || row[keys.prompt] === null ? '' : readText(row, keys.prompt, '', raise);
  const instance = instanceOf(row, keys);
  const inputRow = instance ?? row;
  const inputKey = instance ? 'input' : keys.input;
  const empty = inputKey === undefined || inputRow[inputKey] == null;
  const input = empty ? '' : readText(inputRow, inputKey, instance ? '/instances/0' : '', raise);
  if (asked === undefined || input === undefined) return undefined;
  if (keys.prompt === undefined && empty) {
    raise(missingField, '', 'The row has no instruction (or prompt, question, query).');
    return undefined;
  }
  if (asked === '' || input === '') return { text: asked || input, input: asked === '' ? '' : input };
  return { text: `${asked}\n\n${input}`, input };
}

function locatePrompt(
  row: Row,
  keys: Keys,
  inside: number | undefined,
): { pointer: string; inside?: number } {
  const asked = keys.prompt === undefined ? '' : row[keys.prompt];
  const input = keys.inInstance ? '/instances/0/input' : `/${keys.input}`;
  const length = typeof asked === 'string' ? asked.length : 0;
  const blank = inside === undefined;
  if (length === 0 && keys.input !== undefined && !blank) return { pointer: input, inside };
  if (blank || inside < length)
    return { pointer: `/${keys.prompt ?? keys.input}`, ...(!blank && { inside }) };
  return { pointer: input, inside: Math.max(0, inside - length - 2) };
}

function readAnswer(row: Row, keys: Keys, raise: Raise): string | null | undefined {
  if (keys.inInstance) {
    const instances = row.instances as unknown[];
    if (instances.length > 1) {
      raise(severalInstances, '/instances', `The instruction carries ${instances.length} instances.`);
      return undefined;
    }
    const instance = instanceOf(row, keys);
    if (!instance || instance.output === undefined) {
      raise(missingField, '/instances', 'The instance has no "output".');
      return undefined;
    }
    return instance.output === null ? null : readText(instance, 'output', '/instances/0', raise);
  }
  if (keys.answer === undefined) {
    raise(missingField, '', 'The row has no output (or response, completion, answer).');
    return undefined;
  }
  return row[keys.answer] === null ? null : readText(row, keys.answer, '', raise);
}

function instanceOf(row: Row, keys: Keys): Row | undefined {
  const first: unknown = keys.inInstance ? (row.instances as unknown[])[0] : undefined;
  return isRow(first) ? first : undefined;
}

function readHistory(value: unknown, raise: Raise): Message[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    raise(wrongType, '/history', `"history" should be a list of pairs, but is ${typeName(value)}.`);
    return undefined;
  }
  const messages: Message[] = [];
  for (const [i, pair] of value.entries()) {
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((each) => typeof each !== 'string')) {
      raise(wrongType, `/history/${i}`, 'A pair of history should be a list of two texts.');
      return undefined;
    }
    messages.push(
      { role: 'user', content: pair[0] as string },
      { role: 'assistant', content: pair[1] as string },
    );
  }
  return messages;
}

function splitPrompt(text: string, meta: Example['meta']): { instruction: string; input: string } {
  const input = (meta as Record<symbol, unknown>)[inputPart];
  const tail = typeof input === 'string' ? `\n\n${input}` : undefined;
  return tail && text.endsWith(tail)
    ? { instruction: text.slice(0, -tail.length), input: input as string }
    : { instruction: text, input: '' };
}
