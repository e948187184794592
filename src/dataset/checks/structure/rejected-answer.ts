import { lastAnswer } from '../../across/last-answer.ts';
import { isClassAnswer, mayBeClass, readVerdict } from '../../meaning/verdict.ts';
import type { Check } from '../check.ts';

export const rejectedAnswer: Check = {
  code: 'D064',
  name: 'rejected-answer',
  severity: 'error',
  title: 'The row says that its answer is bad.',
  prose:
    'A `label`, `kto_tag`, `accepted`, `is_good`, `thumbs` or `feedback` that says false, no or thumbs down (in CSV as text) is how unpaired preference data (KTO) marks the answers that people rejected. Training on such rows teaches what should be avoided. `label` is read so beside a conversation or a prompt, but not beside an `instruction`, and not if the answer itself is the name of a class, such as "negative" or "no". Numbers that only mean something beside those of other rows are D066.',
  hint: 'drop these rows and train on the good ones with dataset.on_error: drop; if the field means something else, switch the check off: D064: off',
  notPairs: true,
  bad: [
    {
      text: '{"prompt":"Name a colour.","completion":"Seven.","label":false}',
      pointer: '/label',
    },
    {
      text: '{"messages":[{"role":"user","content":"Name a colour."},{"role":"assistant","content":"Seven."}],"kto_tag":0}',
      pointer: '/kto_tag',
    },
    {
      text: 'question,answer,feedback\nName a colour.,Seven.,thumbs_down\n',
      pointer: '/feedback',
      file: 'rows.csv',
    },
  ],
  good: [
    '{"prompt":"Name a colour.","completion":"Blue.","label":true}',
    '{"instruction":"Is this review good? The soup was cold.","output":"negative","label":0}',
    '{"prompt":"Is the sky green?","completion":"No, it is blue.","label":false}',
  ],
  run(example, report, _thresholds, row) {
    for (const key in example.meta) {
      if (readVerdict(key, example.meta[key]) !== false) continue;
      if (mayBeClass(key) && (isOfClasses(key, row) || isClassAnswer(lastAnswer(example)?.text ?? '')))
        continue;
      report(
        { message: -1, meta: key },
        `${JSON.stringify(key)} is ${show(example.meta[key])}: the answer was marked as bad.`,
      );
    }
  },
};

// Classification datasets have a label beside an instruction; datasets of rated answers use `kto_tag` there.
function isOfClasses(key: string, row: Readonly<Record<string, unknown>>): boolean {
  return key.toLowerCase() === 'label' && row.instruction !== undefined;
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
