// text: whole texts for continued pre-training, `{"text": "…"}`. lorch uses it only if the user names it.
import { missingField } from '../checks/structure/missing-field.ts';
import { wrongType } from '../checks/structure/wrong-type.ts';
import { documentOf } from '../example.ts';
import { readMeta, typeName } from './fields.ts';
import type { Row, WritableFormat } from './format.ts';
import { type Feature, splitMeta } from './leftovers.ts';
import { renderedTemplate } from './rendered-template.ts';

const rowKeys = new Set(['text']);

export const text: WritableFormat = {
  name: 'text',
  shape: 'a whole text under "text"',
  matches: (row) => typeof row.text === 'string',
  namedOnly(rows) {
    const template = commonTemplate(rows);
    if (template)
      return {
        why: `the texts were rendered with ${template} and contain no ChatML`,
        hint: 'write the turns as rows with "messages", and lorch renders them with the model’s own template; to train on the texts unchanged, write format: text (--format text)',
      };
    return {
      why: 'the rows contain a text and no conversation',
      hint: 'to train on whole texts, write format: text (--format text); to train on conversations, write rows with "messages", or use format: chatml-text for texts with <|im_start|> markers',
    };
  },
  parse(row, raise) {
    const meta = readMeta(row, rowKeys, raise);
    if (typeof row.text === 'string') return { messages: [{ role: 'document', content: row.text }], meta };
    if (row.text === undefined) raise(missingField, '', 'The row has no "text".');
    else raise(wrongType, '/text', `"text" should be text, but is ${typeName(row.text)}.`);
    return null;
  },
  locate(_row, { message, inside }) {
    if (message < 0) return { pointer: '' };
    return { pointer: '/text', ...(inside !== undefined && { inside }) };
  },
  holds: new Set<Feature>(['whole texts']),
  inConfig: 'dataset',
  doc: {
    row: '{"text":"The Danube rises in the Black Forest and flows east to the Black Sea."}',
    prose: [
      '- Whole texts for continued pre-training. Every token is trained on. There is no chat template: a document becomes BOS (if the tokenizer adds one), the text and EOS.',
      '- A .txt file is one document. In JSON lines, JSON, CSV and Parquet each row is one; lorch keeps its other fields.',
      '- A text longer than `training.max_length` becomes several sequences, with every token once. `dataset.truncate` changes that.',
      '- `auto` never chooses this format: a text may be a conversation that was rendered with a template, and training on it would be a mistake. `auto` stops with D015 and names both choices.',
    ].join('\n'),
    writing: 'only takes documents. A document has no turns, so no other format can store it.',
  },
  render(example) {
    const { kept, lost } = splitMeta(example.meta, rowKeys);
    const whole = documentOf(example);
    if (whole === null) return { row: null, lost: ['conversations'] };
    return { row: { ...kept, text: whole }, lost };
  },
};

/** The template that at least half of the texts were rendered with. */
function commonTemplate(rows: readonly Row[]): string | null {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const found = typeof row.text === 'string' ? renderedTemplate(row.text) : null;
    if (found) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most && most[1] * 2 >= rows.length ? most[0] : null;
}
