import { has } from '../../text/char-flags.ts';
import { answersOf, asksForCode, looksLikeCode, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

// The placeholder must stand instead of a word: a label directly after a word is a tag, and `[site](…)` is a link.
const placeholder =
  /(?<![\w)\]}"'”’])\[(?:(?:insert|enter|add) [^\][\n]{1,40}|(?:your|name|company|customer|recipient|sender|date|time|address|phone|email|e-mail|city|state|job|position|title|product|website|link|url|amount|number|location|first|last|full|school|university|hiring|manager|employer|organization|signature|xx+)\b[^\][\n=]{0,40})\](?!\()|<(?:YOUR|INSERT|NAME|COMPANY|DATE|ADDRESS|EMAIL|PHONE|CITY|your|insert|name|company name|date|link)\b[^<>\n]{0,40}>/i;
const asksForBlanks =
  /\[|template|placeholder|<[a-z]|fill[- ]in|blank|mad ?lib|boilerplate|sample|form\b|skeleton|anonymi[sz]|redact|mask|entit(?:y|ies)|\bner\b|\btag|annotat|label|token/;

export const bracketPlaceholder: Check = {
  code: 'D104',
  name: 'bracket-placeholder',
  severity: 'note',
  group: 'content',
  title: 'The answer leaves something to be filled in.',
  prose:
    'The answer holds `[Your Name]`, `[insert date]` or the like, although the prompt does not ask for a template. In a letter that may be the best a model can do; if the prompt gives the facts, it is a lazy answer. Read some before you decide. Labels right after a word, keys such as `[Enter]`, links, and `[...]` for an omission in a quotation are not placeholders.',
  hint: 'fill it in from the prompt, or write the answer without it',
  bad: [
    {
      text: '{"instruction":"Write a thank-you note to Ana from Ben.","input":"","output":"Dear Ana, thank you for the book. Yours, [Your Name]"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Write a template for a thank-you note.","input":"","output":"Dear [Name], thank you. Yours, [Your Name]"}',
    '{"instruction":"Mark what is a place or a firm.","input":"Acme is in Rome.","output":"Acme[COMPANY] is in Rome[CITY]."}',
    '{"instruction":"How do I confirm? See https://tides.noaa.gov/keys for a start.","input":"","output":"Press [Enter], or read the [website](https://tides.noaa.gov/keys)."}',
    '{"instruction":"Quote the study.","input":"","output":"Sleep matters [1], as others found [Smith 2004]."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      if ((answer.flags & (has.bracket | has.less)) === 0) continue;
      const found = placeholder.exec(answer.text);
      // An answer that is only the placeholder is D100.
      if (found?.[0].length === answer.text.length) continue;
      if (
        found &&
        !asksForBlanks.test(answer.promptLower) &&
        !(found[0].startsWith('<') && asksForCode(answer.promptLower)) &&
        !looksLikeCode(answer.text)
      )
        report(spotOf(answer, found.index), `The answer leaves ${JSON.stringify(found[0])} to be filled in.`);
    }
  },
};
