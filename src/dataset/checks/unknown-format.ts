import type { Check } from './check.ts';

export const unknownFormat: Check = {
  code: 'D015',
  name: 'unknown-format',
  severity: 'error',
  title: 'The file looks like none of the known formats.',
  prose:
    'The format is decided by the keys of the first rows: `messages` is chatml, `conversations` sharegpt, `instruction` with `output` (and their aliases) alpaca, `text` with `<|im_start|>` chatml-text. lorch does not guess if fewer than half of the rows match, or if two formats match equally well. Rows with a text and no conversation get this finding too. lorch trains on whole texts only if you write `format: text`, because they may be conversations that a template has rendered.',
  hint: 'name the format with --format or dataset.format, or rename the keys',
  fatal: true,
  bad: [
    { text: '{"headline":"Open today","body":"The shop is open."}' },
    { text: '{"text":"The Danube rises in the Black Forest and flows east."}' },
    { text: '{"text":"[INST] Name a colour. [/INST] Blue."}' },
    {
      text: '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}],"instruction":"Name a colour.","output":"Blue."}',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
    '{"instruction":"Name a colour.","input":"","output":"Blue."}',
  ],
};
