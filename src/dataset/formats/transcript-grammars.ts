// How templates write a conversation into one text: what begins and ends a turn, and what may be around turns.
import type { Role } from '../example.ts';

export interface TranscriptGrammar {
  /** A name for users: `the template of Llama 3`. */
  name: string;
  /** Begins a turn; the first matching group is the word for the role. Global. */
  marker: RegExp;
  /** `input`: more of the user text before it. */
  roles: Readonly<Record<string, Role | 'input'>>;
  /** Text that may precede the first turn and has no meaning. */
  begin?: RegExp;
  /** What ends a turn, up to the end of its text. */
  end?: RegExp;
  /** Whether every turn but the last must have that end. */
  closed?: true;
  /** Markers that must not occur inside a turn. */
  forbidden?: RegExp;
  /** Text of the template before the first turn. Any other text there is the system message. */
  preamble?: RegExp;
  /** Whether a text before the first turn may be a system message. */
  system?: true;
}

/** Grammars with markers that people never write come first. */
export const transcriptGrammars: readonly TranscriptGrammar[] = [
  {
    name: 'ChatML',
    marker: /<\|im_start\|>(\w+)\n/g,
    roles: { system: 'system', user: 'user', assistant: 'assistant', tool: 'tool', developer: 'developer' },
    begin: /^\s*(?:<s>|<\|endoftext\|>|<\|begin_of_text\|>)?\s*/,
    end: /<\|im_end\|>\s*(?:<\/s>|<\|endoftext\|>)?\s*$/,
    closed: true,
    forbidden: /<\|im_(?:start|end)\|>/,
  },
  {
    name: 'the template of Llama 3',
    marker: /<\|start_header_id\|>(\w+)<\|end_header_id\|>\n{0,2}/g,
    roles: { system: 'system', user: 'user', assistant: 'assistant', ipython: 'tool', tool: 'tool' },
    begin: /^\s*(?:<\|begin_of_text\|>)?\s*/,
    end: /<\|eo[tm]_id\|>\s*(?:<\|end_of_text\|>)?\s*$/,
    closed: true,
    forbidden: /<\|(?:start_header_id|end_header_id|eot_id|eom_id|python_tag|begin_of_text)\|>/,
  },
  {
    name: 'the template of Llama 4',
    marker: /<\|header_start\|>(\w+)<\|header_end\|>\n{0,2}/g,
    roles: { system: 'system', user: 'user', assistant: 'assistant', ipython: 'tool', tool: 'tool' },
    begin: /^\s*(?:<\|begin_of_text\|>)?\s*/,
    end: /<\|eo[tm]\|>\s*(?:<\|end_of_text\|>)?\s*$/,
    closed: true,
    forbidden: /<\|(?:header_start|header_end|eot|eom|python_start|begin_of_text)\|>/,
  },
  {
    name: 'the template of Gemma',
    marker: /<start_of_turn>(user|model)\n/g,
    roles: { user: 'user', model: 'assistant' },
    begin: /^\s*(?:<bos>)?\s*/,
    end: /<end_of_turn>\s*(?:<eos>)?\s*$/,
    closed: true,
    forbidden: /<(?:start_of_turn|end_of_turn|bos)>/,
  },
  {
    name: 'the template of Phi or Zephyr',
    marker: /<\|(system|user|assistant)\|>\n/g,
    roles: { system: 'system', user: 'user', assistant: 'assistant' },
    begin: /^\s*(?:<s>)?\s*/,
    end: /\s*(?:<\/s>|<\|end\|>)\s*(?:<\|endoftext\|>)?\s*$/,
    closed: true,
    forbidden: /<\|(?:system|user|assistant|end)\|>|<\/s>/,
  },
  {
    name: 'the template of Llama 2 or Mistral',
    marker: /(\[INST\]|\[\/INST\])/g,
    roles: { '[INST]': 'user', '[/INST]': 'assistant' },
    begin: /^\s*(?:<s>)?\s*/,
    end: /\s*<\/s>\s*(?:<s>)?\s*$/,
    forbidden: /<\/?s>|\[(?:AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]/,
  },
  {
    name: 'turns under [|Human|] and [|AI|]',
    marker: /\[\|(Human|AI)\|\]:?/g,
    roles: { Human: 'user', AI: 'assistant' },
    preamble:
      /^\s*The (?:following is a )?conversation between (?:a )?human and (?:an )?AI assistant\.?\s*$/i,
    system: true,
  },
  {
    name: 'the Alpaca prompt (### Instruction and ### Response)',
    marker: /(?:^|\n)###[ \t]*(Instruction|Input|Response):[ \t]*\n?/g,
    roles: { Instruction: 'user', Input: 'input', Response: 'assistant' },
    end: /\s*(?:<\/s>|<\|endoftext\|>|<\|end_of_text\|>)?\s*$/,
    forbidden: /<\/s>|<\|endoftext\|>/,
    preamble: /^\s*Below is an instruction\b[^\n]*\s*$/,
    system: true,
  },
  {
    name: 'turns under ### Human and ### Assistant',
    marker: /###[ \t]*(System|Human|User|Assistant):[ \t]*\n?/g,
    roles: { System: 'system', Human: 'user', User: 'user', Assistant: 'assistant' },
    end: /\s*(?:<\/s>|<\|endoftext\|>)?\s*$/,
    forbidden: /<\/s>|<\|endoftext\|>/,
    system: true,
  },
  {
    name: 'the template of Vicuna (USER: and ASSISTANT:)',
    marker: /(?:(?<=^|[\s>]))(SYSTEM|USER|ASSISTANT):/g,
    roles: { SYSTEM: 'system', USER: 'user', ASSISTANT: 'assistant' },
    begin: /^\s*(?:<s>)?\s*/,
    end: /\s*(?:<\/s>|<\|endoftext\|>)\s*$/,
    forbidden: /<\/s>|<\|endoftext\|>|<functioncall>|(?:^|\n)FUNCTION RESPONSE:/,
    system: true,
  },
  {
    name: 'turns under Human: and Assistant:',
    marker: /(?:^|\n)[ \t]*(Human|Assistant):(?=\s|$)/g,
    roles: { Human: 'user', Assistant: 'assistant' },
  },
];
