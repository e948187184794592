import { answersOf, spotOf } from '../text/features.ts';
import { unitAt } from '../text/unit-at.ts';
import type { Check } from './check.ts';

const verbs =
  '(?:provide|fulfil|fulfill|assist|help|answer|create|do|generate|comply|engage|complete|give|write|access|perform|process|determine|offer|support|show|display|share|tell|see|view|open|read|recommend|make|send|predict|browse|find|continue|summari[sz]e|translate|identify|play|draw)';
const cannot = `(?:can(?:no|')?t|can not|am (?:unable|not able) to|'m (?:unable|not able) to|am not (?:programmed|capable|allowed)|'m not (?:programmed|capable|allowed)|do not have (?:the ability|access|enough information)|don't have (?:the ability|access|enough information))`;
const refusal = new RegExp(
  `^(?:i(?:'m| am) (?:very |so |really )?sorry,? (?:but |that )?(?:i |as an |this |there |it |we )|sorry,? (?:but )?(?:i |this |we )|(?:unfortunately,? |i apologi[sz]e,? but |my apologies,? but )?(?:as an? (?:ai|artificial)[^,]{0,60}, )?i ?${cannot} ?(?:\\w+ ){0,2}${verbs}?\\b|i apologi[sz]e,? but|it(?:'s| is) (?:not possible|impossible) (?:for me )?to|this (?:type of )?(?:instruction|task|request|prompt) (?:cannot|can't|is not|does not)|(?:很?抱歉|对不起|不好意思|我不好意思)[，,。！]|(?:作为[^，]{0,20}，)?我(?:无法|不能|没有办法)(?:提供|回答|访问|为您|帮助|完成|确定|执行))`,
);
const asksForRefusal = /apolog|sorry|refus|declin|reject|excuse|complain|抱歉|道歉|对不起|拒绝/;
const isVerb = new RegExp(`${cannot} ?(?:\\w+ ){0,2}${verbs}\\b`);

export const refusedTask: Check = {
  code: 'D107',
  name: 'refusal',
  severity: 'warning',
  group: 'content',
  title: 'The answer opens with a refusal.',
  prose:
    'The answer opens with "I\'m sorry, but", "I cannot provide" or the like; some do the task after it all the same. Refusals spread: a model that learned some refuses more than it was shown. Keep those that you mean (what must not be answered), and answer or drop the rest.',
  hint: 'answer the prompt, or drop the row; silence the check where refusals are meant',
  bad: [
    {
      text: '{"instruction":"Describe the weather in spring.","input":"","output":"I\'m sorry, but I cannot help with that."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Describe your feelings before a trip.","input":"","output":"I can\'t wait to go, and I cannot sleep."}',
    '{"instruction":"Apologise for a late parcel.","input":"","output":"I\'m sorry, but your parcel is late."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      if (!mayRefuse(unitAt(answer.lower, 0))) continue;
      const head = answer.lower.slice(0, 200).replaceAll('’', "'");
      const found = refusal.exec(head);
      if (!found || asksForRefusal.test(answer.promptLower)) continue;
      if (/^i ?(?:can|am|'m|do)/.test(found[0]) && !isVerb.test(head)) continue;
      report(spotOf(answer), 'The answer opens with a refusal.');
    }
  },
};

// a i m s t u, and the Chinese openings.
function mayRefuse(code: number): boolean {
  return code < 128 ? letters.has(code) : code >= 0x4e00;
}

const letters = new Set([...'aimstu'].map((letter) => letter.charCodeAt(0)));
