// Shapes that are no known format: read as what they hold if nothing is in doubt, and otherwise named with a mapping to copy.
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/dataset/example.ts';
import type { FieldMapping } from '../../../src/dataset/formats/field-mapping.ts';
import { suggestMapping } from '../../../src/dataset/formats/suggest-mapping.ts';
import { scanText, structureOnly } from '../scan-text.ts';

const facts = [
  ['Which gas do plants take in?', 'Plants take in carbon dioxide.'],
  ['How many strings has a violin?', 'A violin has four strings.'],
  ['Where is the Acropolis?', 'The Acropolis is in Athens.'],
] as const;

type Make = (asked: string, said: string) => unknown;

const words = ({ role, content, tool_calls, reasoning_content: thought }: Message): string =>
  [
    `${role}:`,
    ...(content === null ? [] : [content as string]),
    ...(tool_calls ?? []).map(({ function: call }) => `${call.name}(${JSON.stringify(call.arguments)})`),
    ...(thought === undefined ? [] : [`[${thought}]`]),
  ].join(' ');

const scan = (make: Make, format: string | FieldMapping = 'auto') =>
  scanText(facts.map(([asked, said]) => JSON.stringify(make(asked, said))).join('\n'), {
    format,
    checks: structureOnly,
  });

const turn = (role: string, content: unknown) => ({ role, content });
const [asked, said] = facts[0];
const plain = [`user: ${asked}`, `assistant: ${said}`];
const brief = ['system: Be brief.', ...plain];

const read: Record<string, [make: Make, messages: string[]]> = {
  'names in other letters': [(q, a) => ({ ' Instruction ': q, OUTPUT: a }), plain],
  'messages in other letters': [(q, a) => ({ Messages: [turn('user', q), turn('assistant', a)] }), plain],
  'usual names': [(q, a) => ({ problem: q, level: 'easy', solution: a }), plain],
  'names with a reasoning': [
    (q, a) => ({ problem: q, reasoning: 'Hm.', solution: a }),
    [`user: ${asked}`, `assistant: ${said} [Hm.]`],
  ],
  'a list under another name': [(q, a) => ({ items: [turn('user', q), turn('assistant', a)] }), plain],
  'a list inside an object': [
    (q, a) => ({ id: q, body: { model: 'm', messages: [turn('user', q), turn('assistant', a)] } }),
    plain,
  ],
  'a list as JSON text': [
    (q, a) => ({ dialog: JSON.stringify([turn('user', q), turn('assistant', a)]) }),
    plain,
  ],
  'a row that is the list': [(q, a) => [turn('user', q), turn('assistant', a)], plain],
  'an empty system text beside a filled one': [
    (q, a) => ({ system: '', system_prompt: 'Be brief.', messages: [turn('user', q), turn('assistant', a)] }),
    brief,
  ],
  'an empty system text and input beside filled ones': [
    (q, a) => ({
      system: '',
      system_prompt: 'Be brief.',
      instruction: q,
      input: '',
      context: 'Look.',
      output: a,
    }),
    ['system: Be brief.', `user: ${asked}\n\nLook.`, `assistant: ${said}`],
  ],
  'pairs of texts of which one is a word for a speaker': [
    (q, a) => ({
      conversation: [
        [q, a],
        ['AI', 'Artificial intelligence.'],
      ],
    }),
    [...plain, 'user: AI', 'assistant: Artificial intelligence.'],
  ],
  'a list of messages with a list that answers it': [
    (q, a) => ({
      input: [turn('user', q)],
      output: [{ type: 'message', ...turn('assistant', [{ type: 'output_text', text: a }]) }],
    }),
    plain,
  ],
  'speakers and texts': [
    (q, a) => ({
      dialogue: [
        { speaker: 'HUMAN', text: q },
        { speaker: 'Chatbot', text: a },
      ],
    }),
    plain,
  ],
  'texts in turn': [(q, a) => ({ conversations: [q, a] }), plain],
  'pairs of role and text': [
    (q, a) => ({
      conversation: [
        ['human', q],
        ['gpt', a],
      ],
    }),
    plain,
  ],
  'keys that say who speaks': [(q, a) => ({ conversation: [{ human: q, assistant: a }] }), plain],
  'an answer beside messages': [(q, a) => ({ messages: [turn('user', q)], answer: a }), plain],
  'a prompt as messages': [
    (q, a) => ({ prompt: [turn('system', 'Be brief.'), turn('user', q)], response: a }),
    brief,
  ],
  'request and response': [
    (q, a) => ({
      request: { body: { messages: [turn('user', q)] } },
      response: { body: { choices: [{ index: 0, message: turn('assistant', a) }] } },
    }),
    plain,
  ],
  Gemini: [
    (q, a) => ({
      systemInstruction: { role: 'system', parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: q }] },
        { role: 'model', parts: [{ text: a }] },
      ],
    }),
    brief,
  ],
  Bedrock: [
    (q, a) => ({
      system: [{ text: 'Be brief.' }],
      messages: [turn('user', [{ text: q }]), turn('assistant', [{ text: a }])],
    }),
    brief,
  ],
  'calls as parts': [
    (q, a) => ({
      messages: [
        turn('user', q),
        turn('assistant', [
          { type: 'thinking', thinking: 'Hm.' },
          { type: 'text', text: 'Wait.' },
          { type: 'tool_use', id: 't', name: 'look', input: { q: 1 } },
        ]),
        turn('user', [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }]),
        turn('assistant', a),
      ],
    }),
    [`user: ${asked}`, 'assistant: Wait. look({"q":1}) [Hm.]', 'tool: ok', `assistant: ${said}`],
  ],
  'one part without its list': [
    (q, a) => ({ messages: [turn('User', { type: 'text', text: q }), turn('Assistant', a)] }),
    plain,
  ],
  'a text with turns': [(q, a) => ({ text: `### Human: ${q}### Assistant: ${a}` }), plain],
};

describe('shapes that leave no doubt', () => {
  it.each(Object.entries(read))('%s', async (_name, [make, messages]) => {
    const { kept, findings } = await scan(make);
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(kept).toHaveLength(facts.length);
    expect(kept[0]?.example.messages.map(words)).toEqual(messages);
  });

  it('reads the pairs of two whole conversations', async () => {
    const { kept } = await scan((q, a) => ({
      chosen: `\n\nHuman: ${q}\n\nAssistant: ${a}`,
      rejected: `\n\nHuman: ${q}\n\nAssistant: Who knows.`,
    }));
    const { messages, chosen, rejected } = kept[0]?.example ?? {};
    expect([messages?.map(words), chosen?.map(words), rejected?.map(words)]).toEqual([
      [plain[0]],
      [plain[1]],
      ['assistant: Who knows.'],
    ]);
  });
});

describe('shapes in doubt', () => {
  it.each<[string, Make, RegExp, RegExp]>([
    [
      'two answers',
      (q, a) => ({ question: q, attempt: a, solution: `${a}!` }),
      /"attempt"/,
      /answer: solution/,
    ],
    [
      'two texts',
      (q, a) => ({ headline: q, body: a }),
      /which of the two texts/,
      /prompt: headline, answer: body/,
    ],
    [
      'other speakers',
      (q, a) => ({
        talk: [
          { who: 'customer', say: q },
          { who: 'agent', say: a },
        ],
      }),
      /"customer", "agent"/,
      /roles: \{ customer: user, agent: assistant \}/,
    ],
    ['a prompt alone', (q) => ({ prompt: q }), /keys "prompt"/, /no field looks like its answer/],
    [
      'a message of a tree',
      (q) => ({ message_id: q, parent_id: null, text: q, role: 'prompter' }),
      /one message of a tree/,
      /parent_id/,
    ],
  ])('%s', async (_name, make, message, hint) => {
    const { findings, kept } = await scan(make);
    expect(kept).toEqual([]);
    expect(findings.map(({ code }) => code)).toEqual(['D015']);
    expect(findings[0]?.message).toMatch(message);
    expect(findings[0]?.hint).toMatch(hint);
  });

  it('names an unknown role once', async () => {
    const { findings, result } = await scan((q, a) => ({
      messages: [turn('user', q), turn('narrator', a), turn('narrator', a)],
    }));
    expect(findings.filter(({ code }) => code === 'D019')).toHaveLength(1);
    expect(result.ledger.dropped).toEqual({ D019: facts.length });
  });
});

describe('a mapping of a few fields', () => {
  it('keeps the rest of the known format', async () => {
    const { kept, findings } = await scan(
      (q, a) => ({
        conversations: [
          { from: 'human', value: q },
          { from: 'gpt', value: a },
        ],
        persona: 'Be brief.',
      }),
      { system: 'persona' },
    );
    expect(findings).toEqual([]);
    expect(kept[0]?.example.messages.map(words)).toEqual(brief);
  });

  it('says what other words for speakers mean', async () => {
    const { kept } = await scan((q, a) => ({ messages: [turn('customer', q), turn('assistant', a)] }), {
      roles: { customer: 'user' },
    });
    expect(kept[0]?.example.messages.map(words)).toEqual(plain);
  });
});

describe('a suggested mapping', () => {
  it('is YAML with a reason on each line, and says what is not read', () => {
    const sample = facts.map(([q, a], i) => {
      const value = { Query: q, 'The Answer': a, source: 'x' };
      return { line: i + 1, column: 1, text: JSON.stringify(value), value, fault: null };
    });
    const { yaml, unread, readAs } = suggestMapping(sample, 'faq.csv');
    expect(readAs).toBe(null);
    expect(unread).toEqual(['source']);
    expect(yaml).toMatch(/^prompt: Query {2}# \S/m);
    expect(yaml).toMatch(/^answer: "The Answer" {2}# \S/m);
  });
});

describe('fields that say the same thing twice', () => {
  it('are named if one of them is not read', async () => {
    const said = async (make: Make) =>
      (await scan(make)).findings.map(({ code, at, message }) => `${code} ${at?.pointer} ${message}`);
    const turns = (q: string, a: string) => [
      { from: 'human', value: q, content: 'Else?' },
      { from: 'gpt', role: 'user', value: a, content: a },
    ];
    expect(await said((q, a) => ({ conversations: turns(q, a) }))).toEqual([
      'D033 /conversations/0/content The key "content" of a message is not read, because the message has "value" too.',
      'D033 /conversations/1/role The key "role" of a message is not read, because the message has "from" too.',
    ]);
    const list = (q: string, a: string) => [turn('user', q), turn('assistant', a)];
    expect(
      await said((q, a) => ({ system: 'Be brief.', system_prompt: 'No.', messages: list(q, a) })),
    ).toEqual(['D033 /system_prompt The key "system_prompt" means nothing to this format.']);
    expect(await said((q, a) => ({ conversations: list(q, a), conversation: list(a, q) }))).toEqual([
      'D033 /conversation The key "conversation" means nothing to this format.',
    ]);
  });
});

describe('tools as other services declare them', () => {
  const parameters = { type: 'object', properties: { n: { type: 'integer' } } };
  it.each<[string, unknown]>([
    ['with the type beside the name', { type: 'function', name: 'add', parameters }],
    ['as functions of one tool', { functionDeclarations: [{ name: 'add', parameters }] }],
    ['as a specification', { toolSpec: { name: 'add', inputSchema: { json: parameters } } }],
  ])('%s are read', async (_, tool) => {
    const { kept } = await scan((q, a) => ({
      messages: [turn('user', q), turn('assistant', a)],
      tools: [tool],
    }));
    expect(kept[0]?.example.tools).toEqual([{ type: 'function', function: { name: 'add', parameters } }]);
  });

  it('and calls as items of their own are named', async () => {
    const { findings } = await scan((q) => ({
      input: [turn('user', q), { type: 'function_call', name: 'add', arguments: '{}', call_id: '1' }],
      output: [turn('assistant', 'Done.')],
    }));
    expect(findings.map(({ code }) => code)).toEqual(['D015']);
    expect(findings[0]?.message).toContain('Responses API');
  });
});

describe('prompts that are transcripts', () => {
  it.each([
    ['\n\nHuman: Q\n\nAssistant:'],
    ['Human: Hi\n\nAssistant: Hello.\n\nHuman: Q\n\nAssistant:'],
    ['### Instruction:\nQ\n\n### Response:\n'],
  ])('%j are never trained without a word', async (prompt) => {
    for (const row of [
      { prompt, completion: ' Until six.' },
      { prompt, chosen: ' Until six.', rejected: ' No.' },
    ]) {
      const { findings } = await scanText(JSON.stringify(row));
      expect(findings.filter(({ code }) => code === 'D254').map(({ at }) => at?.pointer)).toEqual([
        '/prompt',
      ]);
    }
  });
});

it('a mapping of the tools alone reads pairs under other names', async () => {
  const tools = [{ name: 'add', parameters: { type: 'object', properties: {} } }];
  const { kept } = await scan((q, a) => ({ prompt: q, preferred: a, dispreferred: 'No.', kit: tools }), {
    tools: 'kit',
  });
  expect(kept[0]?.example).toMatchObject({ chosen: [{ content: said }], rejected: [{ content: 'No.' }] });
  expect(kept[0]?.example.tools).toHaveLength(1);
});
