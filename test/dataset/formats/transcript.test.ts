// Conversations that a template wrote into one text: cut into their turns where that is certain, and named otherwise.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTranscript, unitInText } from '../../../src/dataset/formats/read-transcript.ts';

type Turns = [role: string, content: string][];

const writers: Record<string, (turns: Turns) => string> = {
  ChatML: (turns) => turns.map(([role, text]) => `<|im_start|>${role}\n${text}<|im_end|>\n`).join(''),
  'Llama 3': (turns) =>
    `<|begin_of_text|>${turns.map(([role, text]) => `<|start_header_id|>${role}<|end_header_id|>\n\n${text}<|eot_id|>`).join('')}`,
  'Llama 4': (turns) =>
    `<|begin_of_text|>${turns.map(([role, text]) => `<|header_start|>${role}<|header_end|>\n\n${text}<|eot|>`).join('')}`,
  Gemma: (turns) =>
    `<bos>${turns.map(([role, text]) => `<start_of_turn>${role === 'user' ? 'user' : 'model'}\n${text}<end_of_turn>\n`).join('')}`,
  Zephyr: (turns) => turns.map(([role, text]) => `<|${role}|>\n${text}</s>\n`).join(''),
  Mistral: (turns) =>
    turns.map(([role, text]) => (role === 'user' ? `<s>[INST] ${text} [/INST]` : ` ${text}</s>`)).join(''),
  Guanaco: (turns) =>
    turns.map(([role, text]) => `### ${role === 'user' ? 'Human' : 'Assistant'}: ${text}`).join('\n'),
  Alpaca: (turns) =>
    turns.map(([role, text]) => `### ${role === 'user' ? 'Instruction' : 'Response'}:\n${text}`).join('\n\n'),
  Vicuna: (turns) =>
    turns.map(([role, text]) => `${role.toUpperCase()}: ${text}${role === 'user' ? ' ' : '</s>'}`).join(''),
  'Human:': (turns) =>
    turns.map(([role, text]) => `\n\n${role === 'user' ? 'Human' : 'Assistant'}: ${text}`).join(''),
  Baize: (turns) =>
    `The conversation between human and AI assistant.\n${turns.map(([role, text]) => `[|${role === 'user' ? 'Human' : 'AI'}|] ${text}\n`).join('')}[|Human|] `,
};

const word = fc.stringMatching(/^[a-zäß0-9.,!?]{1,9}$/);
const sentence = fc
  .array(word, { minLength: 1, maxLength: 6 })
  .chain((words) => fc.constantFrom(words.join(' '), words.join('\n'), words.join('\n\n')));
const turns = fc.array(fc.tuple(sentence, sentence), { minLength: 1, maxLength: 3 }).map((pairs) =>
  pairs.flatMap(
    ([asked, said]): Turns => [
      ['user', asked],
      ['assistant', said],
    ],
  ),
);

describe.each(Object.entries(writers))('%s', (_name, write) => {
  it('gives back the turns that it wrote, and knows where they stand', () => {
    fc.assert(
      fc.property(turns, (wanted) => {
        const text = write(wanted);
        const found = readTranscript(text);
        if (!found || 'problem' in found) throw new Error(`not read: ${JSON.stringify([text, found])}`);
        expect(found.turns.map(({ role, content }) => [role, content])).toEqual(wanted);
        for (const turn of found.turns)
          for (const inside of [0, turn.content.length - 1])
            expect(text[unitInText(turn, inside)]).toBe(turn.content[inside]);
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});

describe('a text with turns', () => {
  const roles = (text: string) => {
    const found = readTranscript(text);
    return (
      found &&
      ('problem' in found ? found.problem : found.turns.map(({ role, content }) => `${role}: ${content}`))
    );
  };

  it('has its system text first, for all ways in which templates write it', () => {
    expect(roles('<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nOpen? [/INST] Yes. </s>')).toEqual([
      'system: Be brief.',
      'user: Open?',
      'assistant: Yes.',
    ]);
    expect(roles('A chat with a shop. USER: Open? ASSISTANT: Yes.</s>')).toEqual([
      'system: A chat with a shop.',
      'user: Open?',
      'assistant: Yes.',
    ]);
    expect(
      roles(
        '<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nOpen?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nYes.<|eot_id|>',
      ),
    ).toEqual(['system: Be brief.', 'user: Open?', 'assistant: Yes.']);
  });

  it('joins the input of the Alpaca prompt to the instruction', () => {
    const text =
      'Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n### Instruction:\nTranslate.\n\n### Input:\nHaus\n\n### Response:\nhouse';
    expect(roles(text)).toEqual(['user: Translate.\n\nHaus', 'assistant: house']);
    const found = readTranscript(text);
    const user = found && !('problem' in found) ? found.turns[0] : undefined;
    expect(user && text.slice(unitInText(user, user.content.indexOf('Haus')))).toMatch(/^Haus/);
  });

  it('keeps what indents the first line of an answer', () => {
    expect(roles('### Instruction:\nWrite it.\n\n### Response:\n    return 1')).toEqual([
      'user: Write it.',
      'assistant:     return 1',
    ]);
  });

  it.each([
    ['two turns of one speaker', '### Human: a### Human: b### Assistant: c', /Two turns of the user/],
    ['an assistant who speaks first', '### Assistant: a### Human: b', /The assistant speaks first/],
    ['an open turn', '<|im_start|>user\nHi<|im_start|>assistant\nHello.<|im_end|>', /not closed/],
    ['an unknown role', '<|im_start|>narrator\nHi<|im_end|>\n', /role "narrator" is unknown/],
    ['an empty turn', '### Human: ### Assistant: c', /empty/],
    ['a call inside', 'USER: Open? ASSISTANT: <functioncall> {"name": "look"}</s>', /marker is inside/],
    ['no answer', '<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>', /No turn is of the assistant/],
  ])('is in doubt with %s', (_what, text, problem) => {
    expect(roles(text)).toMatch(problem);
  });

  it('is not seen in plain text', () => {
    for (const text of ['Human rights are for all.', 'The user: a person.', 'see #Human', '[INSTALL] it', ''])
      expect(roles(text)).toBe(null);
  });
});
