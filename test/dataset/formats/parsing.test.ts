import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/dataset/example.ts';
import { detectFormat } from '../../../src/dataset/formats/index.ts';
import { scanText } from '../scan-text.ts';

async function messagesOf(
  row: unknown,
): Promise<{ format: string; messages: Message[] | undefined; codes: string[] }> {
  const { result, kept, findings } = await scanText(JSON.stringify(row));
  return {
    format: result.format.name,
    // As it is fingerprinted: weights of messages that nobody trains on are no part of it.
    messages: JSON.parse(JSON.stringify(kept[0]?.example.messages ?? null)) as Message[] | undefined,
    codes: findings.map(({ code }) => code),
  };
}

const hi: Message[] = [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello.' },
];

describe('the same conversation', () => {
  it.each([
    ['alpaca', { instruction: 'Hi', input: '', output: 'Hello.' }],
    ['alpaca', { instruction: 'Hi', input: null, output: 'Hello.' }],
    ['alpaca', { prompt: 'Hi', completion: 'Hello.' }],
    ['alpaca', { question: 'Hi', answer: 'Hello.' }],
    ['alpaca', { instruction: 'Hi', context: '', response: 'Hello.' }],
    ['alpaca', { input: 'Hi', output: 'Hello.' }],
    ['alpaca', { instruction: 'Hi', instances: [{ input: '', output: 'Hello.' }] }],
    ['chatml', { messages: hi }],
    ['chatml', { messages: hi.map((m) => ({ ...m, content: [{ type: 'text', text: m.content }] })) }],
    ['chatml', { messages: hi.map((m) => ({ ...m, content: [{ type: 'text', value: m.content }] })) }],
    [
      'chatml',
      {
        messages: [
          { ...hi[0], loss_weight: 0 },
          { ...hi[1], loss_weight: 1.0 },
        ],
      },
    ],
    ['chatml', { system: '', tools: [], messages: hi.map((m) => ({ ...m, name: null, tool_calls: null })) }],
    ['chatml-text', { text: '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello.<|im_end|>\n' }],
    [
      'chatml-text',
      { text: '<|im_start|>user\nHi<|im_end|><|im_start|>assistant\nHello.<|im_end|><|endoftext|>' },
    ],
    [
      'sharegpt',
      {
        conversations: [
          { from: 'human', value: 'Hi' },
          { from: 'gpt', value: 'Hello.' },
        ],
      },
    ],
    [
      'sharegpt',
      {
        conversations: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hello.' },
        ],
      },
    ],
    [
      'sharegpt',
      {
        messages: [
          { from: 'user', value: 'Hi' },
          { from: 'chatgpt', value: 'Hello.' },
        ],
      },
    ],
  ])('comes out of %s %j', async (format, row) => {
    expect(await messagesOf(row)).toEqual({ format, messages: hi, codes: [] });
  });
});

describe('alpaca', () => {
  it('puts system and history before the prompt, and joins instruction and input by a blank line', async () => {
    const { messages } = await messagesOf({
      system: 'Be brief.',
      history: [['One?', '1']],
      instruction: 'Translate.',
      input: 'Haus',
      output: 'house',
    });
    expect(messages?.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'system: Be brief.',
      'user: One?',
      'assistant: 1',
      'user: Translate.\n\nHaus',
      'assistant: house',
    ]);
  });

  it('places a finding in the input or the instruction, depending on the character', async () => {
    const text = '{"instruction":"Translate.","input":"Ha\\u0000us","output":"house"}';
    const { findings } = await scanText(text);
    expect(findings[0]).toMatchObject({
      code: 'D035',
      at: { pointer: '/input', column: text.indexOf('\\u0000') + 1 },
    });
  });
});

describe('chatml', () => {
  it('reads tool calls with arguments as JSON text or as an object, and the older function_call', async () => {
    const call = {
      role: 'assistant',
      content: null,
      tool_calls: [{ type: 'function', function: { name: 'add', arguments: { a: 1 } } }],
    };
    const user = { role: 'user', content: 'Add.' };
    for (const turn of [
      call,
      { ...call, tool_calls: [{ type: 'function', function: { name: 'add', arguments: '{"a": 1}' } }] },
      { ...call, content: '', tool_calls: [{ name: 'add', arguments: { a: 1 } }] },
      { role: 'assistant', content: null, function_call: { name: 'add', arguments: '{"a":1}' } },
    ])
      expect(await messagesOf({ messages: [user, turn] })).toEqual({
        format: 'chatml',
        messages: [user, call],
        codes: [],
      });
  });

  it('reads weights as train: false', async () => {
    for (const off of [{ weight: 0 }, { train: false }, { loss_weight: 0.0 }]) {
      const { messages } = await messagesOf({ messages: [...hi.slice(0, 1), { ...hi[1], ...off }, ...hi] });
      expect(messages?.[1]).toEqual({ role: 'assistant', content: 'Hello.', train: false });
    }
  });

  it('wraps bare tools and reads them from JSON text', async () => {
    const { kept } = await scanText(
      JSON.stringify({ messages: hi, tools: JSON.stringify([{ name: 'add' }]) }),
    );
    expect(kept[0]?.example.tools).toEqual([{ type: 'function', function: { name: 'add' } }]);
  });

  it('keeps fields beside the conversation, "__proto__" included, without touching prototypes', async () => {
    const { kept } = await scanText(`{"messages":${JSON.stringify(hi)},"__proto__":{"polluted":1},"id":7}`);
    expect(Object.keys(kept[0]?.example.meta ?? {}).sort()).toEqual(['__proto__', 'id']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('sharegpt', () => {
  it('reads function_call turns, one call or several, and observations', async () => {
    const { messages, codes } = await messagesOf({
      system: 'Use tools.',
      conversations: [
        { from: 'human', value: 'Add.' },
        { from: 'function_call', value: '{"name":"add","arguments":{"a":1}}' },
        { from: 'observation', value: '1' },
        { from: 'gpt', value: 'One.' },
      ],
    });
    expect(codes).toEqual([]);
    expect(messages?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant']);
    expect(messages?.[2]?.tool_calls?.[0]?.function).toEqual({ name: 'add', arguments: { a: 1 } });
  });
});

describe('chatml-text', () => {
  it('places markers to the column', async () => {
    const text = '{"text":"<|im_start|>user\\nHi \\"you\\"\\n<|im_start|>assistant\\nHello.<|im_end|> bye"}';
    const { findings } = await scanText(text);
    expect(
      findings.map(({ code, at }) => [code, text.slice((at?.column ?? 0) - 1, (at?.column ?? 0) + 8)]),
    ).toEqual([
      ['D041', '<|im_star'],
      ['D043', 'bye"}'],
    ]);
  });
});

describe('detection', () => {
  it('says what it saw, and how sure it is', () => {
    const rows = [...Array.from({ length: 9 }, () => ({ instruction: 'a', response: 'b' })), { x: 1 }];
    expect(detectFormat(rows)).toMatchObject({
      format: { name: 'alpaca' },
      why: '9 of 10 sampled rows have "instruction" and "response"',
      confidence: 0.9,
    });
  });

  it('names the keys where nothing fits', () => {
    expect(detectFormat([{ headline: 'a', body: 'b' }])).toMatchObject({
      format: null,
      why: 'the rows have the keys "headline", "body"',
    });
  });

  it('asks if two formats fit equally well', () => {
    const { format, hint } = detectFormat([{ messages: hi, instruction: 'a', output: 'b' }]);
    expect(format).toBeNull();
    expect(hint).toMatch(/--format (alpaca|chatml) or --format/);
  });

  it('takes preference pairs for nothing else', () => {
    expect(detectFormat([{ prompt: 'a', completion: 'c', chosen: 'b', rejected: 'c' }]).format?.name).toBe(
      'preference',
    );
  });
});

it('names the role that a misspelt one was meant to be', async () => {
  const row = (role: string) =>
    `{"messages":[{"role":"user","content":"hi"},{"role":"${role}","content":"yo"}]}`;
  const hintOf = async (role: string) => (await scanText(row(role))).findings[0]?.hint;
  expect(await hintOf('asistant')).toBe('did you mean "assistant"?');
  expect(await hintOf('sytem')).toBe('did you mean "system"?');
  expect(await hintOf('narrator')).toMatch(/^use one of .*roles: \{ "narrator": user \}$/);
});
