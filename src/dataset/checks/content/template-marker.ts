import type { Example } from '../../example.ts';
import { has } from '../../text/char-flags.ts';
import { featuresOf, type Piece, spotIn } from '../../text/features.ts';
import type { Check } from '../check.ts';

// Markers that templates of common model families put around turns, calls and reasoning.
const names = [
  'im_(?:start|end|sep|user|assistant|system|middle)',
  'endoftext|eot_id|eom_id|start_header_id|end_header_id|begin_of_text|end_of_text|python_tag',
  'header_start|header_end|eot|eom|python_start|python_end',
  'start_of_role|end_of_role|start_of_plugin|end_of_plugin',
  'system|user|assistant|observation|end|endofprompt|assistant_end|user_end|tool_call|tool_response',
  'message|channel|start|return|call|constrain',
  '(?:START|END)_OF_TURN_TOKEN|(?:USER|CHATBOT|SYSTEM)_TOKEN|(?:START|END)_(?:RESPONSE|THINKING|ACTION|TOOL_RESULT|TEXT)',
  'tool_calls?(?:_section)?_(?:begin|end|start)|tool_call_argument_begin|tool_list_(?:start|end)',
  'action_start|action_end|plugin|interpreter',
].join('|');
const piped = new RegExp(`<\\|(?:(?:${names})\\|>|(?:turn|tool|tool_call|tool_response|channel)>)`);
const tagged =
  /<(?:start_of_turn|end_of_turn|bos|eos|sop|seed:bos|seed:eos)>|<(?:turn|tool|tool_call|tool_response|channel)\|>|<<\/?SYS>>|\[\/?INST\]|\[\/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS)\]|\[TOOL_CALLS\]|\[gMASK\]|\[\|(?:user|assistant|system|tool|endofturn)\|\]|\]~!?b[[\]]|\[e~\[|<｜(?:hy_)?(?:User|Assistant|begin▁of▁sentence|end▁of▁sentence|tool▁[a-z▁]+)｜>/;
/** Parts of the markers in the second list; texts without any of these are not searched. */
const signs = ['INST]', 'SYS', 'TOOL', '｜>', 'os>', 'sop>', 'turn', '|>', 'MASK]', '[|', '~b', 'e~['];
const outer = /^\s*<s>(?!.*<\/s>.*\S)|<\/s>\s*$/s;

export const templateMarker: Check = {
  code: 'D116',
  name: 'template-marker',
  severity: 'error',
  group: 'content',
  title: "The text contains a chat template's marker.",
  prose: [
    '`<|im_end|>`, `[INST]`, `<|eot_id|>` and similar markers are inside a message. The text was rendered once already, and the template will add the markers again. Many tokenizers turn such text into the real control tokens, so that a turn ends or begins in the middle of a message.',
    'If a prompt asks about such markers (“What does the token … mean?”), the check skips the row. Any other row about them can switch the check off for itself: `"lorch": {"ignore": ["D116"]}`.',
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
    '{"instruction":"Which range does ~b have?","input":"","output":"From [0] to [9], |x| < 10."}',
    '{"instruction":"Strike out a word in HTML.","input":"","output":"Use the s element: <s>word</s>, or del."}',
    '{"instruction":"What does the token <|eot_id|> mean?","input":"","output":"The token <|eot_id|> closes a turn."}',
    '{"instruction":"Name an instruction in brackets.","input":"","output":"[STOP]"}',
  ],
  run(example, report) {
    let isAbout: boolean | undefined;
    for (const piece of featuresOf(example).pieces) {
      const found = find(piece);
      if (!found) continue;
      isAbout ??= asksAboutMarkers(example);
      if (!isAbout) report(spotIn(piece, found.index), `The text contains the marker ${found[0].trim()}.`);
    }
  },
};

const topic =
  /\b(?:special|control|chat|prompt|end|start|stop|begin|eos|bos|separator|delimiter)[- ](?:of[- ]\w+ )?(?:tokens?|markers?|tags?|templates?)\b|\b(?:tokens?|markers?|delimiters?|chatml|tokeni[sz]ers?|chat templates?|vocabulary)\b|特殊(?:标记|符号|词元)|对话模板|分词器/i;

// The prompt is about markers, and no text is wrapped in them as in a rendered conversation.
function asksAboutMarkers(example: Example): boolean {
  const marked = featuresOf(example).pieces.filter((piece) => find(piece));
  return (
    featuresOf(example).pieces.some(({ role, text }) => role === 'user' && topic.test(text)) &&
    marked.every((piece) => (find(piece)?.index ?? 0) > 0 && !/[>\]｜]\s*$/.test(piece.text))
  );
}

function find({ text, flags }: Piece): RegExpExecArray | null {
  if ((flags & (has.less | has.bracket)) === 0 && !text.includes(']~')) return null;
  const marks = (flags & has.pipe) !== 0 && text.includes('<|') ? piped.exec(text) : null;
  if (marks) return marks;
  const may = signs.some((sign) => text.includes(sign));
  const found = may ? tagged.exec(text) : null;
  if (found) return found;
  return (text.includes('<s>') || text.includes('</s>')) && text.length < 100_000 ? outer.exec(text) : null;
}
