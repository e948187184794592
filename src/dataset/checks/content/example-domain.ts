import { has } from '../../text/char-flags.ts';
import { answersOf, spotOf } from '../../text/features.ts';
import { findUrl } from '../../text/urls.ts';
import type { Check } from '../check.ts';

export const exampleDomain: Check = {
  code: 'D120',
  name: 'example-domain',
  severity: 'warning',
  group: 'content',
  title: 'The answer links to a made-up place.',
  prose:
    'The link in the answer leads to example.com, yourwebsite.com or another name that stands for a real one. The writer of the answer left it to be filled in. The check skips links in code, and links that the prompt gives.',
  hint: 'give the real link, or write the answer without it',
  bad: [
    {
      text: '{"instruction":"Where do I read about tides?","input":"","output":"See https://www.example.com/tides for a start."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Show an HTML link.","input":"","output":"<a href=\\"https://www.example.com\\">here</a>"}',
    '{"instruction":"Who owns https://example.com?","input":"","output":"IANA keeps https://example.com for documents."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      if ((answer.flags & has.slash) === 0 && !answer.lower.includes('www.')) continue;
      const url = findUrl(answer);
      if (url?.isExample) report(spotOf(answer, url.at), `The answer links to ${url.shown}.`);
    }
  },
};
