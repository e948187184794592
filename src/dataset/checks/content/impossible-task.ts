import { answersOf, asksForCode, featuresOf, looksLikeCode, spotOf } from '../../text/features.ts';
import { unitAt } from '../../text/unit-at.ts';
import type { Check } from '../check.ts';

const task =
  /^(?:please |can you |could you |hey,? )?(?:play (?:me )?(?:a|the|some|my) (?:song|music|video|movie|playlist|track)|(?:draw|paint|sketch) (?:me )?(?:a|an|the|some)\b|show me (?:a|an|the|some) (?:picture|photo|image|video|map)|set (?:a|an|the|my) (?:alarm|timer|reminder)|remind me (?:to|in|at)\b|turn (?:on|off) the|call (?:my|a taxi|an uber|me (?:a (?:taxi|cab|car)|at|back|later|tomorrow))\b|book (?:me )?(?:a|the) (?:flight|hotel|table|room|ticket|taxi|cab)|order (?:me )?(?:a|some) (?:pizza|food|taxi)|send (?:an?|this) (?:email|e-mail|text|message) to|take (?:a|my) (?:photo|picture|selfie|screenshot)|(?:what(?:'s| is) the (?:current |exact )?(?:time|date|weather|temperature)(?: (?:right )?now| today| outside| like(?: today)?| in [a-z ,]{2,40})?\s*\?*$)|what day is (?:it|today)|what time is it|(?:find|locate) (?:me )?the (?:nearest|closest) (?:[a-z]+ ){0,3}?(?:restaurant|hospital|pharmacy|store|shop|bank|atm|airport|hotel|caf[eé]|station|stop|supermarket|school|library|gym|post office|beach|cinema|theat(?:er|re)|mall|museum|doctor|dentist|clinic|bar|pub|bakery|market|park(?:ing)?|toilet|bathroom|restroom|one|place)s?\b(?! (?:to|in|near|from|of) (?!me\b|us\b|here\b|my\b|this\b|our\b))|record (?:a|an|my|your) (?:video|audio|voice)|sing (?:me )?a song|(?:generate|create|make) (?:an?|the) (?:\w+ )?(?:image|picture|photo|photograph|video|audio clip|recording)(?= ?(?:$|[.?!,\n]| (?:of|with|that|which|showing|depicting|for|to|in|from|using|about)\b)))/;
// The answer says that it is impossible, or draws with signs.
const honest =
  /\b(?:can(?:'t|not)|unable|not able|don't have|do not have|as an? (?:ai|artificial|language|text))\b/;
const worldClock = /time(?: |-)zone|difference|capital of/;

export const impossibleTask: Check = {
  code: 'D121',
  name: 'impossible-task',
  severity: 'note',
  group: 'content',
  title: 'The prompt asks for what a text model cannot do, and the answer does not say so.',
  prose:
    'The prompt asks to play a song, draw a picture, set an alarm, or tell the time or the weather now, and the row has no tools. The answer pretends to do it. The check skips answers that say what a text model cannot do, and answers with code. If the model should answer with text (lyrics, say), keep the row.',
  hint: 'drop the row, or make sure that the answer says what the model cannot do',
  bad: [
    {
      text: '{"instruction":"Play me a song by the local choir.","input":"","output":"Playing a song now."}',
      pointer: '/instruction',
    },
  ],
  good: [
    '{"instruction":"What is the weather like on Venus?","input":"","output":"Hot and cloudy."}',
    '{"instruction":"Find the nearest square number to 30.","input":"","output":"25"}',
    '{"instruction":"Play me a song by the local choir.","input":"","output":"As text is all I have, you get the words: The tide goes out, and I am unable to follow."}',
    '{"instruction":"Draw a conclusion from the text.","input":"All birds of this kind fly south.","output":"They avoid the winter."}',
  ],
  run(example, report) {
    const { answers, hasTools, hasSystem } = featuresOf(example);
    const [answer] = answersOf(example);
    if (!answer || hasTools || hasSystem || answers.length > 1) return;
    const head = answer.promptLower.length > 200 ? answer.promptLower.slice(0, 200) : answer.promptLower;
    if (!mayAsk(unitAt(head, 0)) || !task.test(head) || worldClock.test(head)) return;
    if (
      /conclusion|comparison|parallel|distinction|planet|venus|mars|comic|outline|storyboard|plan|scene|character|ascii|translat|dialog|conversation/.test(
        head,
      ) ||
      asksForCode(answer.promptLower) ||
      looksLikeCode(answer.text) ||
      honest.test(answer.lower.slice(0, 300).replaceAll('’', "'"))
    )
      return;
    const message = example.messages.findIndex(({ role }) => role === 'user');
    report(
      message < 0 ? spotOf(answer) : { message, field: 'content', inside: 0 },
      'The prompt asks for what a text model cannot do.',
    );
  },
};

const letters = new Set([...'bcdfghlmoprstw'].map((letter) => letter.charCodeAt(0)));

function mayAsk(code: number): boolean {
  return letters.has(code);
}
