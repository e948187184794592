import { answersOf, spotOf } from '../text/features.ts';
import { opensWithRefusal } from '../text/refusal.ts';
import { unitAt } from '../text/unit-at.ts';
import type { Check } from './check.ts';

const asksForRefusal =
  /apolog|sorry|refus|declin|reject|excuse|complain|role-?play|pretend|抱歉|道歉|对不起|拒绝|扮演|entschuldig|ablehn|excus|disculp|desculp|извин|отказ|謝|断/;
export const refusedTask: Check = {
  code: 'D107',
  name: 'refusal',
  severity: 'warning',
  group: 'content',
  title: 'The answer opens with a refusal.',
  prose:
    'The answer opens with what the speaker cannot or will not do: "I\'m sorry, but I cannot help", "I cannot provide", 抱歉，我无法. Some of these answers do the task after it. A statement that something is impossible is a fact, not a refusal, and an apology alone is not a refusal either. A model that is trained on refusals refuses more prompts than those it was shown. Keep the refusals that you want, and answer or drop the rest.',
  hint: 'answer the prompt, or drop the row; switch the check off if refusals are wanted',
  bad: [
    {
      text: '{"instruction":"Describe the weather in spring.","input":"","output":"I\'m sorry, but I cannot help with that."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Wie repariere ich mein Fahrrad?","input":"","output":"Es tut mir leid, aber dabei kann ich nicht helfen."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Comment réparer mon vélo ?","input":"","output":"Je suis désolé, mais je ne peux pas répondre à cette demande."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"¿Cómo reparo mi bicicleta?","input":"","output":"Lo siento, pero no puedo ayudarte con eso."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Como conserto minha bicicleta?","input":"","output":"Desculpe, mas não posso ajudar com isso."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Как починить велосипед?","input":"","output":"К сожалению, я не могу помочь с этим."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"自転車の直し方は？","input":"","output":"申し訳ありませんが、その質問にはお答えできません。"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Wie komme ich über den Fluss?","input":"","output":"Leider gibt es hier keine Brücke; nimm die Fähre."}',
    '{"instruction":"Je peux entrer ?","input":"","output":"Désolé, le musée est fermé le lundi."}',
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
      if (opensWithRefusal(head) && !asksForRefusal.test(answer.promptLower))
        report(spotOf(answer), 'The answer opens with a refusal.');
    }
  },
};

// How refusals open, in the languages that are known.
function mayRefuse(code: number): boolean {
  return code < 0x500 ? letters.has(code) : code >= 0x3040;
}

const letters = new Set([...'acdefijlmnpstuкимпя'].map((letter) => letter.charCodeAt(0)));
