import { has } from '../../text/char-flags.ts';
import { answersOf, featuresOf, spotOf } from '../../text/features.ts';
import { findUrl } from '../../text/urls.ts';
import type { Check } from '../check.ts';

export const urlInAnswer: Check = {
  code: 'D119',
  name: 'url-in-answer',
  severity: 'note',
  group: 'content',
  title: 'The answer holds a link.',
  prose:
    'The answer gives a web address that the prompt does not. A model learns what links look like before it learns the links, and invents some. Check that the links in the data work. The check skips links in code, and bare home pages of authorities and universities (`.gov`, `.edu`).',
  hint: 'check the link, or write the answer without it',
  bad: [
    {
      text: '{"instruction":"Where do I read about tides?","input":"","output":"See https://tides.noaa.gov/basics for a start."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"在哪里登记？","input":"","output":"请打开网站（http://www.copyright.gov.cn），注册账号并登录。"}',
    '{"instruction":"Is https://tides.noaa.gov/basics a good source?","input":"","output":"Yes, https://tides.noaa.gov/basics is run by an agency."}',
  ],
  run(example, report) {
    // Tools return links.
    if (featuresOf(example).hasTools) return;
    for (const answer of answersOf(example)) {
      if ((answer.flags & has.slash) === 0 && !answer.lower.includes('www.')) continue;
      const url = findUrl(answer);
      if (url && !url.isExample) report(spotOf(answer, url.at), `The answer holds the link ${url.shown}.`);
    }
  },
};
