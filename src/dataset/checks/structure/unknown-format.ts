import { formats } from '../../formats/index.ts';
import type { Check } from '../check.ts';

const told = formats.flatMap(({ name, doc }) => (doc.toldBy ? [`${doc.toldBy} is ${name}`] : [])).join(', ');

export const unknownFormat: Check = {
  code: 'D015',
  name: 'unknown-format',
  severity: 'error',
  raisedBy: [
    'dataset/duplicates/hash-lines.ts',
    'dataset/formats/decide-format.ts',
    'dataset/scan/judged-row.ts',
  ],
  title: 'The file looks like none of the known formats.',
  prose: `The format is decided by the keys of the first rows: ${told}. If the rows have none of these, lorch looks for the same things under other names, in other letters and inside other objects, and for texts whose turns a template has written out. If nothing is in doubt, it reads the rows in that way. Otherwise this finding says what was found, what is in doubt, and which mapping to copy. lorch does not guess, not even if two formats match equally well. Rows with a text and no conversation get this finding too. lorch trains on whole texts only if you write \`format: text\`, because they may be conversations that a template has rendered.`,
  hint: 'name the format with --format or dataset.format, or map the fields: lorch data mapping FILE',
  fatal: true,
  bad: [
    { text: '{"headline":"Open today","body":"The shop is open."}' },
    { text: '{"text":"The Danube rises in the Black Forest and flows east."}' },
    { text: '{"text":"### Human: Name a colour.### Human: Or two.### Assistant: Blue."}' },
    { text: '{"question":"Name a colour.","attempt":"Blue.","solution":"Green."}' },
    {
      text: '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}],"instruction":"Name a colour.","output":"Blue."}',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
    '{"instruction":"Name a colour.","input":"","output":"Blue."}',
    '{"Question":"Name a colour.","Answer":"Blue."}',
    '{"text":"[INST] Name a colour. [/INST] Blue."}',
  ],
};
