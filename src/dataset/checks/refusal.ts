import { answersOf, spotOf } from '../text/features.ts';
import { unitAt } from '../text/unit-at.ts';
import type { Check } from './check.ts';

const verbs =
  '(?:provide|fulfil|fulfill|assist|help|answer|create|do|generate|comply|engage|complete|give|write|access|perform|process|determine|offer|support|show|display|share|tell|see|view|open|read|recommend|make|send|predict|browse|find|continue|summari[sz]e|translate|identify|play|draw)';
const cannot = `(?:can(?:no|')?t|can not|am (?:unable|not able) to|'m (?:unable|not able) to|am not (?:programmed|capable|allowed)|'m not (?:programmed|capable|allowed)|do not have (?:the ability|access|enough information)|don't have (?:the ability|access|enough information))`;
// An apology or a remark about oneself, and then what one cannot do, in the same sentence or the next.
const opener =
  /^(?:(?:i(?:'m| am) (?:very |so |really |truly |deeply )?sorry|sorry|unfortunately|regrettably|i (?:sincerely )?apologi[sz]e|my apologies|i regret|as an? (?:ai|artificial)[^,.]{0,60}?(?=,| i\b))[,.;:!]? ?(?:but |that |to (?:say|inform you) that )?|however, )+/;
const inability = new RegExp(
  `^i ?(?:also |still |just |simply |really |currently |do not |don't )?${cannot} ?(?:\\w+ ){0,2}${verbs}?\\b|^it(?:'s| is) (?:not possible|impossible|not (?:appropriate|ethical)) for me to`,
);
const laterInability = new RegExp(
  `(?:^|[,.;:!] |\\b(?:so|and|but|that|as|because|since) )i ?(?:also |still |just |simply |really |currently )?${cannot} ?(?:\\w+ ){0,2}${verbs}\\b|\\bi (?:don't|do not) have (?:the|any|enough|access)|\\bi(?:'m| am) (?:unable|not able)|^(?:this|the|that|your) (?:\\w+ ){0,3}(?:instruction|task|request|prompt|question|input)s? (?:\\w+ )?(?:cannot|can't|is not|isn't|does not|doesn't|are not|do not)|^(?:there|no) (?:is|are|was|were|seems)? ?(?:no|not|isn't|insufficient)\\b.{0,60}(?:given|provided|specified|information|context|input|enough)|^i (?:don't|do not|didn't|did not) (?:understand|see any|quite understand)`,
);
const passive =
  /^this (?:type of )?(?:instruction|task|request|prompt) (?:cannot|can't|is not (?:possible|appropriate|valid|clear|something)|does not (?:make|have|contain|provide))/;
const chinese =
  /^(?:(?:很|非常|十分)?抱歉|对不起|不好意思|我不好意思|作为[^，。！]{0,20}，)[，,。！]?[^。！？\n]{0,40}?(?:无法|不能|没有办法|没法|不便|做不到|不具备|没有(?:提供|找到|看到)|不支持|不知道|不清楚)|^我(?:无法|不能|没有办法)(?:提供|回答|访问|为您|帮助|完成|确定|执行)/;
const asksForRefusal =
  /apolog|sorry|refus|declin|reject|excuse|complain|role-?play|pretend|抱歉|道歉|对不起|拒绝|扮演/;
// "I cannot recommend it enough" praises.
const notMeant =
  /^[^.!?]{0,80}(?:\benough\b(?! (?:information|context|detail|data|to))|more highly|\bhelp but\b|tell you how\b|wait\b)/;
const isVerb = new RegExp(`${cannot} ?(?:\\w+ ){0,2}${verbs}\\b`);

export const refusedTask: Check = {
  code: 'D107',
  name: 'refusal',
  severity: 'warning',
  group: 'content',
  title: 'The answer opens with a refusal.',
  prose:
    'The answer opens with what the speaker cannot or will not do: "I\'m sorry, but I cannot help", "I cannot provide", 抱歉，我无法; some do the task after it all the same. That something is impossible is a fact and no refusal, and an apology alone is none. Refusals spread: a model that learned some refuses more than it was shown. Keep those that you mean (what must not be answered), and answer or drop the rest.',
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
    '{"instruction":"Can one walk to the Moon?","input":"","output":"It is not possible to walk to the Moon."}',
    '{"instruction":"My parcel was late again.","input":"","output":"I am sorry that this happened again. I have asked the carrier."}',
    '{"instruction":"你是哪家公司开发的？","input":"","output":"抱歉，我不是那家公司开发的。"}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      if (!mayRefuse(unitAt(answer.lower, 0))) continue;
      const head = answer.lower.slice(0, 200).replaceAll('’', "'");
      if (refuses(head) && !asksForRefusal.test(answer.promptLower))
        report(spotOf(answer), 'The answer opens with a refusal.');
    }
  },
};

function refuses(head: string): boolean {
  if (unitAt(head, 0) >= 0x4e00) return chinese.test(head);
  const start = opener.exec(head)?.[0].length ?? 0;
  const rest = head.slice(start);
  if (notMeant.test(rest)) return false;
  if (inability.test(rest)) return !/^i ?(?:can|am|'m|do)/.test(rest) || isVerb.test(rest);
  // "I am sorry that you had to wait" is no refusal; "I am sorry, this input cannot be read" is one.
  return start > 0 ? laterInability.test(rest) || isExcused(head, rest) : passive.test(rest);
}

// "Unfortunately, it is not possible to see it from here" is a fact; after "I am sorry" it excuses.
function isExcused(head: string, rest: string): boolean {
  return (
    /^(?:i|sorry)/.test(head) &&
    /^it(?:'s| is) (?:not possible|impossible|not clear|unclear|not appropriate)/.test(rest)
  );
}

// a i m s t u, and the Chinese openings.
function mayRefuse(code: number): boolean {
  return code < 128 ? letters.has(code) : code >= 0x4e00;
}

const letters = new Set([...'aimstu'].map((letter) => letter.charCodeAt(0)));
