// Whether a text opens with a refusal: what the speaker cannot or will not do, not what is impossible, nor an apology alone.
import { unitAt } from './unit-at.ts';

const verbs =
  '(?:provide|fulfil|fulfill|assist|help|answer|create|do|generate|comply|engage|complete|give|write|access|perform|process|determine|offer|support|show|display|share|tell|see|view|open|read|recommend|make|send|predict|browse|find|continue|summari[sz]e|translate|identify|play|draw)';
const cannot = `(?:can(?:no|')?t|can not|am (?:unable|not able) to|'m (?:unable|not able) to|am not (?:programmed|capable|allowed)|'m not (?:programmed|capable|allowed)|do not have (?:the (?:ability|capabilit)|access|enough information)|don't have (?:the (?:ability|capabilit)|access|enough information))`;
const adverb = '(?:also |still |just |simply |really |currently )?';

// An apology, or what the speaker is.
const opener =
  /^(?:(?:i(?:'m| am) (?:very |so |really |truly |deeply )?sorry|sorry|unfortunately|regrettably|i (?:sincerely )?apologi[sz]e|my apologies|i regret|as an? (?:ai|artificial)[^,.]{0,60}?(?=,| i\b))[,.;:!]? ?(?:but |that |to (?:say|inform you) that )?|however, )+/;
const inability = new RegExp(`^i ?${adverb}${cannot} ?(?:\\w+ ){0,2}${verbs}\\b`);
const forMe = /^it(?:'s| is) (?:not possible|impossible|not (?:appropriate|ethical)) for me to/;
const passive =
  /^this (?:type of )?(?:instruction|task|request|prompt) (?:cannot|can't|is not (?:possible|appropriate|valid|clear|something)|does not (?:make|have|contain|provide))/;
/** What makes a refusal of an opener, in the same sentence or the next. */
const afterOpener = [
  new RegExp(
    `^i ?${adverb}${cannot}(?! (?:imagine|believe|thank|stress|emphasi|stop|argue|agree|disagree|blame))`,
  ),
  new RegExp(
    `(?:[,.;:!] |\\b(?:so|and|but|that|as|because|since) )i ?${adverb}${cannot} ?(?:\\w+ ){0,2}${verbs}\\b`,
  ),
  /\bi (?:don't|do not) have (?:the|any|enough|access)|\bi(?:'m| am) (?:unable|not able)/,
  /^i (?:don't|do not|didn't|did not) (?:quite |fully )?(?:understand|see any|feel comfortable)|^i(?:'m| am) not comfortable|^i (?:won't|will not)\b/,
  /^(?:this|the|that|your) (?:\w+ ){0,3}(?:instruction|task|request|prompt|question|input)s? (?:\w+ )?(?:cannot|can't|is not|isn't|does not|doesn't|are not|do not)/,
  /^(?:there|no) (?:is|are|was|were|seems)? ?(?:no|not|isn't|insufficient)\b.{0,60}(?:given|provided|specified|information|context|input|enough)/,
];
// "Unfortunately, it is not possible to see it from here" is a fact; after "I am sorry" it excuses.
const excuse = /^it(?:'s| is) (?:not possible|impossible|not clear|unclear|not appropriate)/;
// "I cannot recommend it enough" praises.
const notMeant =
  /^[^.!?]{0,80}(?:\benough\b(?! (?:information|context|detail|data|to))|more highly|\bhelp but\b|tell you how\b|wait\b)/;

const chineseVerbs =
  '(?:提供|回答|访问|為您|为您|帮|幫|完成|确定|執行|执行|生成|创建|设计|编写|撰写|写|给出|浏览|打开|查看|搜索|看|评价|评论|判断|评估|告诉|预测|推荐|处理|获取|直接|实时|满足|对)';
const chinese = [
  /^(?:(?:很|非常|十分)?抱歉|[对對]不起|不好意思|我不好意思)[，,。！]?(?!.{0,4}[您你]不能)[^。！？\n]{0,40}?(?:[无無]法|不能|[没沒]有?[办辦]?法|不便|做不到|不具备|[没沒]有(?:提供|找到|看到|完全理解)|[没沒]有[^。，]{0,30}能力|[没沒]有[^。，]{0,20}[信資]|超出|不支持|不知道|不清楚|不(?:太|是很)?(?:明白|确定|理解)|不合适)/,
  // "As an AI I have no feelings" is not a refusal.
  new RegExp(`^(?:我?作为[^，。！]{0,20}，)?我?(?:也|并)?(?:[无無]法|不能|没有办法)${chineseVerbs}`),
];

// Other languages: an apology and what one cannot do, or "I cannot" with a verb of helping or answering.
const otherLanguages = [
  // German
  /^(?:(?:es )?tut mir (?:sehr )?leid|entschuldigung|leider)[,.;]? ?(?:aber )?[^.!?\n]{0,60}\bkann ich\b[^.!?\n]{0,60}\bnicht\b|^(?:(?:es )?tut mir (?:sehr )?leid|entschuldigung)[,.;]? ?(?:aber )?ich (?:kann|darf)\b[^.!?\n]{0,80}\b(?:nicht|keine?n?)\b|^(?:dabei|damit|das|diese(?:r|s|n)? (?:frage|anfrage|bitte)) kann ich (?:ihnen |dir )?(?:leider )?nicht|^als (?:ki|künstliche intelligenz|sprachmodell)\b[^.!?\n]{0,60}\bkann ich\b[^.!?\n]{0,60}\b(?:nicht|keine)\b/,
  // French
  /^(?:je suis (?:vraiment )?désolée?|désolée?|malheureusement)[,.;]? ?(?:mais )?je ne (?:peux|suis|puis)\b|^je ne (?:peux|puis) (?:malheureusement )?pas (?:répondre|vous aider|fournir|aider|faire|donner|accéder|créer|satisfaire)|^en tant qu(?:'|e )[^.!?\n]{0,60}je ne (?:peux|puis)/,
  // Spanish
  /^(?:lo siento(?: mucho)?|lamentablemente|desafortunadamente|disculpa)[,.;]? ?(?:pero )?no (?:puedo|me es posible|tengo (?:la capacidad|acceso))\b|^no puedo (?:ayudarte|ayudarle|responder|proporcionar|cumplir|ofrecer|acceder|generar)|^como (?:modelo|una? (?:ia|inteligencia))\b[^.!?\n]{0,60}no puedo/,
  // Portuguese
  /^(?:desculpe|sinto muito|lamento|infelizmente)[,.;]? ?(?:mas )?(?:eu )?não (?:posso|consigo|tenho (?:acesso|a capacidade))\b|^(?:eu )?não posso (?:ajudar|responder|fornecer|cumprir|atender|gerar)|^como (?:um )?modelo\b[^.!?\n]{0,60}não posso/,
  // Italian
  /^(?:mi dispiace|purtroppo|spiacente)[,.;]? ?(?:ma )?non (?:posso|sono in grado)\b/,
  // Russian
  /^(?:к сожалению|извините|простите|мне (?:очень )?жаль|прошу прощения)[,.;]? ?(?:но )?(?:я )?(?:не (?:могу|смогу|имею (?:возможности|доступа))|это невозможно для меня)|^я не (?:могу|смогу) (?:помочь|ответить|предоставить|выполнить|создать)/,
  // Japanese
  /^(?:申し訳(?:ありません|ございません)|すみません|ごめんなさい|恐れ入りますが|残念ながら)[^。！？\n]{0,60}(?:できません|出来ません|いたしかねます|お答えできません|わかりません|お手伝いできません)/,
];

/** `lower` is the start of an answer in lower case. */
export function opensWithRefusal(lower: string): boolean {
  const first = unitAt(lower, 0);
  if (first >= 0x3040 && chinese.some((each) => each.test(lower))) return true;
  if (otherLanguages.some((each) => each.test(lower))) return true;
  if (first > 127) return false;
  const start = opener.exec(lower)?.[0].length ?? 0;
  const rest = lower.slice(start);
  const plain = inability.test(rest) || forMe.test(rest) || passive.test(rest);
  // "I am sorry that you had to wait" is not a refusal; "I am sorry, this input cannot be read" is one.
  if (!plain && start === 0) return false;
  if (notMeant.test(rest)) return false;
  return (
    plain || afterOpener.some((each) => each.test(rest)) || (/^(?:i|sorry)/.test(lower) && excuse.test(rest))
  );
}
