import { featuresOf, has, type Piece, spotIn } from '../text/features.ts';
import type { Check } from './check.ts';

// What the templates of common model families put around turns.
const piped =
  /<\|(?:im_start|im_end|im_sep|endoftext|eot_id|eom_id|start_header_id|end_header_id|begin_of_text|end_of_text|system|user|assistant|end|eot|endofprompt|assistant_end|user_end|START_OF_TURN_TOKEN|END_OF_TURN_TOKEN|message|channel|start|return)\|>/;
const tagged =
  /<(?:start_of_turn|end_of_turn|bos|eos)>|<<\/?SYS>>|\[\/?INST\]|\[\/?SYSTEM_PROMPT\]|<｜(?:User|Assistant|begin▁of▁sentence|end▁of▁sentence)｜>/;
const outer = /^\s*<s>(?!.*<\/s>.*\S)|<\/s>\s*$/s;

export const templateMarker: Check = {
  code: 'D116',
  name: 'template-marker',
  severity: 'error',
  group: 'content',
  title: "The text holds a chat template's marker.",
  prose: [
    '`<|im_end|>`, `[INST]`, `<|eot_id|>` and the like stand inside a message. The text was rendered once already, and the template will add the markers again; many tokenizers turn such text into the real control tokens, so that a turn ends or begins in the middle of a message.',
    'Rows about the markers themselves can silence this for themselves: `"lorch": {"ignore": ["D116"]}`.',
  ].join('\n\n'),
  hint: 'keep the bare text in each message; the model’s template adds the markers',
  bad: [
    {
      text: '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day.<|eot_id|>"}]}',
      pointer: '/messages/1/content',
    },
    {
      text: '{"instruction":"[INST] Name a colour. [/INST]","input":"","output":"Blue.</s>"}',
      pointer: '/instruction',
    },
  ],
  good: [
    '{"instruction":"Strike out a word in HTML.","input":"","output":"Use the s element: <s>word</s>, or del."}',
    '{"instruction":"Name an instruction in brackets.","input":"","output":"[STOP]"}',
  ],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & (has.less | has.bracket)) === 0) return;
    for (const piece of pieces) {
      const found = find(piece);
      if (found) report(spotIn(piece, found.index), `The text holds the marker ${found[0].trim()}.`);
    }
  },
};

function find({ text, flags }: Piece): RegExpExecArray | null {
  if ((flags & (has.less | has.bracket)) === 0) return null;
  const marks = (flags & has.pipe) !== 0 && text.includes('<|') ? piped.exec(text) : null;
  if (marks) return marks;
  if (text.includes('<s') || text.includes('</s>') || text.includes('turn>'))
    return tagged.exec(text) ?? (text.length < 100_000 ? outer.exec(text) : null);
  return text.includes('INST]') || text.includes('SYS') || text.includes('｜>') || text.includes('os>')
    ? tagged.exec(text)
    : null;
}
