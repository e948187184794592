// Describes rows that no format reads with certainty: what was looked for, what was found, and a mapping to copy.
import { quoteSource } from '../scan/source-label.ts';
import type { FieldMapping } from './field-mapping.ts';
import type { Format, Row } from './format.ts';
import { rankFields } from './infer/find-fields.ts';
import type { Inferred } from './infer/infer-mapping.ts';
import { surveyFields } from './infer/survey.ts';
import { doubtfulText } from './known-shapes.ts';
import { answerKeys, promptKeys } from './text-keys.ts';
import { flowYaml } from './write-mapping.ts';

interface Unknown {
  why: string;
  hint: string | undefined;
  /** The format whose shape the rows have, although none of them can be read. */
  looksLike: Format | null;
  inferred: Inferred | null;
  file: string;
}

/** The message and hint of D015. */
export function describeUnknown(rows: readonly Row[], unknown: Unknown): { message: string; hint: string } {
  const { why, hint, looksLike, inferred, file } = unknown;
  const command = `lorch data mapping ${quoteSource(file)} -o mapping.yaml`;
  if (inferred) {
    const start = looksLike
      ? `The rows look like ${looksLike.name}, but none of them can be read as it`
      : `The format is not certain: ${why}`;
    const doubts = inferred.doubts.length > 0 ? ` But ${inferred.doubts.join(', and ')}.` : '';
    return {
      message: `${start}. Probably they have ${describeFields(inferred.mapping)}.${doubts}`,
      hint: `if that is right, set dataset.format: ${flowYaml(inferred.mapping)} in a config, or write it to a file: ${command}, then --format mapping.yaml`,
    };
  }
  const doubtful = doubtfulText(rows);
  if (doubtful) return { message: `The format is not clear: ${doubtful.why}.`, hint: doubtful.hint };
  if (hint !== undefined) return { message: `The format is not clear: ${why}.`, hint };
  return {
    message: `The format is not clear: ${why}. lorch looked for a list of messages, a prompt (${promptKeys.join(', ')}) with an answer (${answerKeys.join(', ')}), and chosen with rejected.`,
    hint: `${missing(rows)}; to name the fields yourself, see docs/formats.md: dataset.format: { prompt: FIELD, answer: FIELD }`,
  };
}

/** A mapping in words. */
export function describeFields(mapping: FieldMapping): string {
  const { messages, prompt, answer, calls, chosen, rejected, input, system, tools, reasoning, history } =
    mapping;
  const named: [string, string | undefined][] = [
    ['the conversation', messages],
    ['the prompt', prompt],
    ['more of the prompt', input],
    ['the answer', answer],
    ['tool calls', calls],
    ['the chosen answer', chosen],
    ['the rejected answer', rejected],
    ['the reasoning', reasoning],
    ['the system text', system],
    ['earlier turns', history],
    ['tools', tools],
  ];
  const said = named.flatMap(([what, key]) =>
    key === undefined ? [] : [`${what} under ${JSON.stringify(key)}`],
  );
  const last = said.pop() ?? 'nothing';
  return said.length === 0 ? last : `${said.join(', ')} and ${last}`;
}

function missing(rows: readonly Row[]): string {
  const fields = surveyFields(rows);
  const [prompt] = rankFields(fields, rows.length, 'prompt');
  const [answer] = rankFields(fields, rows.length, 'answer');
  if (prompt) return `"${prompt.field.name}" looks like a prompt, but no field looks like its answer`;
  if (answer) return `"${answer.field.name}" looks like an answer, but no field looks like its prompt`;
  return 'no field looks like a prompt or an answer';
}
