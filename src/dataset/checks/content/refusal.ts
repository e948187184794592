import { answersOf, spotOf } from '../../text/features.ts';
import { opensWithRefusal } from '../../text/refusal.ts';
import { asksToRenderRefusal, mayRefuseAbroad, refusesAbroad } from '../../text/refusals-abroad.ts';
import { unitAt } from '../../text/unit-at.ts';
import type { Check } from '../check.ts';

const asksForRefusal =
  /apolog|sorry|refus|declin|reject|excuse|complain|role-?play|pretend|抱歉|道歉|对不起|拒绝|扮演|entschuldig|ablehn|excus|disculp|desculp|извин|отказ|謝|断/;
export const refusedTask: Check = {
  code: 'D107',
  name: 'refusal',
  severity: 'warning',
  group: 'content',
  title: 'The answer opens with a refusal.',
  prose:
    'The answer opens with what the speaker cannot or will not do: "I\'m sorry, but I cannot help", "I cannot provide", 抱歉，我无法. Some of these answers do the task after it. A statement that something is impossible is a fact, not a refusal, and an apology alone, or the translation of a text that refuses, is not a refusal either. A model that is trained on refusals refuses more prompts than those it was shown. Keep the refusals that you want, and answer or drop the rest.',
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
    {
      text: '{"instruction":"Hoe repareer ik mijn fiets?","input":"","output":"Het spijt me, maar daar kan ik je niet bij helpen."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Jak naprawić rower?","input":"","output":"Przepraszam, ale nie mogę w tym pomóc."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Come riparo la bicicletta?","input":"","output":"Mi dispiace, ma non posso aiutarti con questa richiesta."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Bisikletimi nasıl onarırım?","input":"","output":"Üzgünüm, ancak bu konuda size yardımcı olamam."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"자전거를 어떻게 고치나요?","input":"","output":"죄송합니다, 그 요청은 도와드릴 수 없습니다."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"كيف أصلح دراجتي؟","input":"","output":"عذراً، لا أستطيع مساعدتك في ذلك."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Translate into English: Es tut mir leid, ich kann heute nicht kommen.","input":"","output":"I\'m sorry, but I cannot come today, and I cannot help you move."}',
    '{"instruction":"Mag ik naar binnen?","input":"","output":"Het spijt me, het museum is op maandag gesloten."}',
    '{"instruction":"박물관은 언제 여나요?","input":"","output":"죄송하지만 월요일은 휴관이고, 화요일에 오실 수 있습니다."}',
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
      const first = unitAt(answer.lower, 0);
      if (!mayRefuse(first) && !mayRefuseAbroad(first)) continue;
      const head = answer.lower.slice(0, 200).replaceAll('’', "'");
      const refuses = (mayRefuse(first) && opensWithRefusal(head)) || refusesAbroad(head);
      if (refuses && !asksForRefusal.test(answer.promptLower) && !asksToRenderRefusal(answer.promptLower))
        report(spotOf(answer), 'The answer opens with a refusal.');
    }
  },
};

// Beginnings of refusals in the known languages.
function mayRefuse(code: number): boolean {
  return code < 0x500 ? letters.has(code) : code >= 0x3040;
}

const letters = new Set([...'acdefijlmnpstuкимпя'].map((letter) => letter.charCodeAt(0)));
