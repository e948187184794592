// Recognises the chat template of rendered conversations by the markers around turns.

interface Signature {
  /** A name for users: `the template of Llama 3 (<|start_header_id|>)`. */
  name: string;
  sign: RegExp;
}

// A marker that opens a turn identifies a template. Texts about models name markers too, but rarely in this form.
const signatures: readonly Signature[] = [
  { name: 'ChatML (<|im_start|>)', sign: /<\|im_start\|>/ },
  {
    name: 'the template of Llama 3 (<|start_header_id|>)',
    sign: /<\|start_header_id\|>\w+<\|end_header_id\|>/,
  },
  { name: 'the template of Llama 4 (<|header_start|>)', sign: /<\|header_start\|>\w+<\|header_end\|>/ },
  { name: 'the template of gpt-oss (<|start|>)', sign: /<\|start\|>\w+[^<]*<\|(?:channel|message)\|>/ },
  { name: 'the template of Llama 2 or Mistral ([INST])', sign: /\[INST\][\s\S]*\[\/INST\]/ },
  { name: 'the template of Gemma (<start_of_turn>)', sign: /<start_of_turn>(?:user|model)/ },
  { name: 'the template of DeepSeek (<｜User｜>)', sign: /<｜User｜>[\s\S]*<｜Assistant｜>/ },
  {
    name: 'the template of Command R (<|START_OF_TURN_TOKEN|>)',
    sign: /<\|START_OF_TURN_TOKEN\|><\|(?:USER|SYSTEM|CHATBOT)_TOKEN\|>/,
  },
  { name: 'the template of Phi or Zephyr (<|user|>)', sign: /<\|user\|>[\s\S]*<\|assistant\|>/ },
  { name: 'the Alpaca prompt (### Instruction)', sign: /###\s*Instruction:[\s\S]*###\s*Response:/ },
  {
    name: 'turns under ### Human and ### Assistant',
    sign: /###\s*(?:Human|User|Question)\b:?[\s\S]*###\s*(?:Assistant|Answer|Response|AI|Bot)\b:?/,
  },
  {
    name: 'the template of Vicuna (USER: and ASSISTANT:)',
    sign: /(?:^|\s)USER:\s[\s\S]*(?:\s|>)ASSISTANT:\s?/,
  },
  { name: 'turns under Human: and Assistant:', sign: /(?:^|\n\s*)Human:\s[\s\S]*\n\s*Assistant:/ },
];

// Markers are near the start of a conversation, so a long text need not be searched completely.
const looked = 20_000;

/** The template of a rendered text, in words; null if it looks like plain text. */
export function renderedTemplate(text: string): string | null {
  const start = text.length > looked ? text.slice(0, looked) : text;
  return signatures.find(({ sign }) => sign.test(start))?.name ?? null;
}
