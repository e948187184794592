// D116 knows the markers of each family, and leaves text alone that only looks like one.
import { expect, it } from 'vitest';
import { scanText } from '../../scan-text.ts';

const markers = {
  ChatML: '<|im_end|>',
  'Llama 2': '[/INST]',
  'Llama 3': '<|start_header_id|>',
  'Llama 4': '<|header_start|>user<|header_end|>',
  Granite: '<|start_of_role|>user<|end_of_role|>',
  GLM: '[gMASK]',
  'GLM results': '<|observation|>',
  'Gemma 3': '<start_of_turn>',
  'Gemma 4': '<|turn>user',
  'Gemma 4 ends': 'done<turn|>',
  'Gemma 4 calls': '<|tool_call>call:f{}<tool_call|>',
  Kimi: '<|im_user|>user<|im_middle|>',
  'Kimi calls': '<|tool_calls_section_begin|>',
  EXAONE: '[|user|]hello[|endofturn|]',
  MiniMax: ']~b]user',
  'MiniMax ends': '[e~[',
  Command: '<|START_RESPONSE|>',
  DeepSeek: '<｜tool▁calls▁begin｜>',
  Mistral: '[TOOL_CALLS][{}]',
  'gpt-oss': '<|constrain|>',
};

async function codes(output: string): Promise<string[]> {
  const row = { instruction: 'Write a sentence about the harbour at night.', input: '', output };
  return (await scanText(JSON.stringify(row))).findings.map(({ code }) => code);
}

it.each(Object.entries(markers))('%s', async (_family, marker) => {
  expect(await codes(`The harbour is quiet. ${marker} The boats sleep.`)).toContain('D116');
});

it.each(['The set {x : [a|b]} is open at 10 | 20.', 'Take a left turn> then stop.', 'Use a~b and [e] here.'])(
  'is silent about %s',
  async (text) => {
    expect(await codes(text)).not.toContain('D116');
  },
);
