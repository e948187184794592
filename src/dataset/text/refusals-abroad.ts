// Refusals in further languages: an apology and what the speaker cannot do, or "I cannot" with a verb of helping.
import { unitAt } from './unit-at.ts';

const dutch =
  /^(?:het spijt (?:me|mij)|sorry|helaas|excuses)[,.;:]? ?(?:maar )?(?:(?:ik kan|ik mag)\b[^.!?\n]{0,80}\b(?:niet|geen)\b|(?:kan|mag) ik\b[^.!?\n]{0,80}\b(?:niet|geen)\b|[^.!?\n]{0,60}\bkan ik\b[^.!?\n]{0,40}\bniet\b)|^ik kan (?:u|je|jou|hier|daar|deze|dit|dat)\b[^.!?\n]{0,60}\bniet (?:helpen|beantwoorden|geven|uitvoeren|mee helpen|bij helpen)|^als (?:ai|taalmodel|een (?:ai|taalmodel))\b[^.!?\n]{0,60}\bkan ik\b[^.!?\n]{0,60}\b(?:niet|geen)\b/;
const polish =
  /^(?:(?:bardzo )?przepraszam|niestety|przykro mi)[,.;:]? ?(?:ale |że )?(?:nie (?:mogę|jestem w stanie|potrafię|mam (?:możliwości|dostępu))(?=[ .,;!]|$))|^nie mogę (?:ci |panu |pani )?(?:pomóc|odpowiedzieć|udzielić|podać|wykonać|spełnić|zrealizować)|^jako (?:model|sztuczna)\b[^.!?\n]{0,60}\bnie (?:mogę|potrafię|jestem w stanie)/;
const italian =
  /^(?:mi dispiace|purtroppo|spiacente|mi scuso|scusa(?:mi)?|sono spiacente)[,.;:]? ?(?:ma )?non (?:posso|sono in grado|mi è possibile|ho (?:accesso|la capacità))(?=[ .,;!]|$)|^non (?:posso|sono in grado di) (?:aiutart|aiutarl|rispondere|fornire|soddisfare|generare|assistere)|^(?:come|in quanto) (?:modello|ia|intelligenza)\b[^.!?\n]{0,60}non (?:posso|sono in grado)/;
const turkish =
  /^(?:üzgünüm|maalesef|özür dilerim|ne yazık ki|kusura bakmayın)[,.;:]? ?[^.!?\n]{0,100}(?:[ae]m[ae]m|[ae]m(?:ıyor|iyor|uyor|üyor)um|[ae]mayacağım|[ae]meyeceğim)(?=[.,;! ]|$)|^(?:bu|size|sana)\b[^.!?\n]{0,60}(?:yardımcı olamam|yardımcı olamıyorum|yerine getiremem|yanıtlayamam|cevaplayamam)|^(?:bir )?yapay zeka\b[^.!?\n]{0,80}(?:[ae]m[ae]m|[ae]m(?:ıyor|iyor)um)(?=[.,;! ]|$)/;
const arabic =
  /^(?:عذر[اً]{1,2}|آسف|أنا آسف|المعذرة|أعتذر|للأسف|نأسف)[،,.]? ?(?:ولكن(?:ني|نا)?|لكن(?:ني|نا)?)? ?[^.!؟\n]{0,30}(?:لا أستطيع|لا يمكنني|لا أقدر|لن أتمكن|لا أتمكن|ليس بإمكاني|لا نستطيع|غير قادر)|^(?:لا أستطيع|لا يمكنني) (?:مساعدت|الإجابة|تقديم|تنفيذ|توفير)|^(?:كنموذج|بصفتي)[^.!؟\n]{0,60}(?:لا أستطيع|لا يمكنني)/;
const korean =
  /^(?:죄송(?:합니다|하지만|해요|하오나)|미안(?:합니다|하지만|해요)|유감(?:입니다|스럽게도)|안타깝게도|아쉽게도)[^.!?\n]{0,10}[.,]? ?[^.!?\n]{0,80}(?:수 (?:없습니다|없어요|없네요|없을 것)|드리기 어렵|도와드릴 수 없|못합니다|불가능합니다)/;
const scandinavian =
  /^(?:tyvärr|jag är ledsen|förlåt|beklager|jeg beklager|desværre|dessverre|undskyld|unnskyld|jeg er ked af det)[,.;:]? ?(?:men )?(?:jag kan|kan jag|jeg kan|kan jeg)\b[^.!?\n]{0,40}\b(?:inte|ikke)\b|^(?:jag kan inte hjälpa|jeg kan ikke hjælpe|jeg kan ikke hjelpe)/;
const vietnamese =
  /^(?:(?:tôi )?(?:rất )?xin lỗi|rất tiếc|tiếc là)[,.;:]? ?(?:nhưng )?(?:tôi |mình )?(?:không thể|không có khả năng)/;
const indonesian =
  /^(?:(?:mohon )?maaf|saya (?:minta|mohon) maaf|sayangnya|maafkan saya)[,.;:]? ?(?:tetapi |tapi |namun )?(?:saya )?(?:tidak (?:dapat|bisa|mampu)|tak (?:dapat|bisa))/;
const slavic =
  /^(?:на жаль|вибачте|перепрошую|мені шкода)[,.;:]? ?(?:але )?(?:я )?не (?:можу|зможу)|^(?:omlouvám se|bohužel|je mi líto|lituji)[,.;:]? ?(?:ale )?[^.!?\n]{0,30}\b(?:nemohu|nemůžu|nejsem schop)/;
const hindi =
  /^(?:क्षमा करें|माफ़? ?क(?:ीजिए|रें)|मुझे खेद है|मुझे अफ़?सोस है)[^।!?\n]{0,100}(?:नहीं (?:कर|दे|बता) (?:सकता|सकती)|असमर्थ|सक्षम नहीं)/;

// By the first letter of the answer.
const byLetter = new Map<string, readonly RegExp[]>(
  Object.entries({
    h: [dutch],
    s: [dutch, italian, indonesian],
    e: [dutch],
    i: [dutch, italian],
    a: [dutch],
    p: [polish, italian],
    b: [polish, turkish, scandinavian, slavic],
    n: [polish, italian, turkish],
    j: [polish, scandinavian, slavic],
    m: [italian, turkish, indonesian],
    c: [italian],
    ü: [turkish],
    ö: [turkish],
    k: [turkish],
    y: [turkish],
    t: [scandinavian, vietnamese],
    f: [scandinavian],
    d: [scandinavian],
    u: [scandinavian],
    x: [vietnamese],
    r: [vietnamese],
    o: [slavic],
    l: [slavic],
    н: [slavic],
    в: [slavic],
    п: [slavic],
    м: [slavic],
    क: [hindi],
    म: [hindi],
  }),
);
const byCode = new Map([...byLetter].map(([letter, patterns]) => [letter.charCodeAt(0), patterns]));

/** The cheap test before: whether a refusal may open with that unit. */
export function mayRefuseAbroad(first: number): boolean {
  return first < 0x600 ? byCode.has(first) : first < 0x700 || first >= 0xac00 || byCode.has(first);
}

/** `lower` is the start of an answer in lower case. */
export function refusesAbroad(lower: string): boolean {
  const first = unitAt(lower, 0);
  if (first >= 0x600 && first < 0x700) return arabic.test(lower);
  if (first >= 0xac00 && first < 0xd7a4) return korean.test(lower);
  return byCode.get(first)?.some((each) => each.test(lower)) ?? false;
}

// What asks to write a text in other words or another language, and how refusals and apologies sound in many.
const asksToRender =
  /translat|rewrite|rephras|paraphras|reword|correct|grammar|proofread|quot|repeat|transcri|summar|übersetz|umschreib|korrigier|tradui|traduc|traduz|traduci|vertaal|tłumacz|przetłumacz|çevir|перевед|перевод|翻译|翻譯|改写|译成|訳し|翻訳|번역|ترجم/;
const soundsLikeRefusal =
  /can(?:no|')t|can not|unable|unfortunately|tut mir|leider|kann (?:ich|das|dir|ihnen|es)?[^.]{0,40}nicht|désolé|malheureusement|ne (?:peux|puis)|lo siento|lamentablemente|no puedo|infelizmente|não posso|mi dispiace|purtroppo|non posso|сожален|не могу|できません|残念|无法|無法|不能|没法|죄송|수 없|spijt me|helaas|kan[^.]{0,40}niet|niestety|przykro|nie mogę|üzgünüm|maalesef|آسف|للأسف|لا أستطيع|لا يمكنني/;

/** Whether a prompt has a refusal or an apology rendered: the answer repeats what the prompt says. */
export function asksToRenderRefusal(promptLower: string): boolean {
  return asksToRender.test(promptLower) && soundsLikeRefusal.test(promptLower.replaceAll('’', "'"));
}
