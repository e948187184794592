// Plain texts: taken only where they are named, read from every kind of file, and used by every command.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { convertDataset } from '../../../src/app/data/convert-dataset.ts';
import { datasetStats } from '../../../src/app/data/dataset-stats.ts';
import { dedupDataset } from '../../../src/app/data/near/dedup-dataset.ts';
import { sampleDataset } from '../../../src/app/data/sample-dataset.ts';
import { splitDataset } from '../../../src/app/data/split-dataset.ts';
import { defaultNear } from '../../../src/dataset/duplicates/near-duplicates.ts';
import { documentOf, switchedOff } from '../../../src/dataset/example.ts';
import { rowFingerprint } from '../../../src/dataset/fingerprint.ts';
import { renderedTemplate } from '../../../src/dataset/formats/rendered-template.ts';
import { trainerRow } from '../../../src/dataset/trainer-row.ts';
import { scanText, structureOnly } from '../scan-text.ts';

const corpus = [
  'The Danube rises in the Black Forest and flows east. It passes ten countries on its way.',
  'Bees collect nectar and pollen. They fly up to three kilometres from the hive.',
];
const lines = (rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const texts = (all: readonly string[]): string => lines(all.map((text) => ({ text })));

const rendered = {
  'Llama 3': '<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>',
  '[INST]': '<s>[INST] What do bees collect? [/INST] Nectar and pollen. </s>',
  '### Human': '### Human: Name a noble gas.### Assistant: Neon is a noble gas.',
  Alpaca: 'Below is an instruction.\n\n### Instruction:\nName a gas.\n\n### Response:\nNeon.',
  Gemma: '<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nHello.<end_of_turn>',
  Zephyr: '<|user|>\nHi</s>\n<|assistant|>\nHello.</s>',
  Vicuna: 'A chat between a user and an assistant. USER: Hi ASSISTANT: Hello.</s>',
  'gpt-oss': '<|start|>user<|message|>Hi<|end|><|start|>assistant<|channel|>final<|message|>Hello.',
  'Human:': '\n\nHuman: Hi\n\nAssistant: Hello.',
};

/** Those whose turns leave no doubt; the text of Llama 3 above has no answer, and that of gpt-oss has channels. */
const readable = new Set(['[INST]', '### Human', 'Alpaca', 'Gemma', 'Zephyr', 'Vicuna', 'Human:']);

describe('detection', () => {
  it('takes plain texts for nothing, and names both choices', async () => {
    const { result, findings, kept } = await scanText(texts(corpus));
    expect([result.format.name, kept.length, result.refused]).toEqual(['unknown', 0, true]);
    expect(findings.map(({ code }) => code)).toEqual(['D015']);
    expect(findings[0]?.hint).toContain('format: text');
    expect(findings[0]?.hint).toContain('"messages"');
    expect(findings[0]?.message).not.toContain('ChatML');
  });

  it.each(Object.entries(rendered).filter(([name]) => !readable.has(name)))(
    'recognises the template of %s',
    async (name, text) => {
      const { findings } = await scanText(texts([text, text.replace('Hi', 'Hey')]));
      expect(findings.map(({ code }) => code)).toEqual(['D015']);
      expect(findings[0]?.message).toContain(name);
      expect(findings[0]?.hint).toContain('the turns');
      expect(findings[0]?.hint).toContain('format: text');
    },
  );

  it.each(Object.entries(rendered).filter(([name]) => readable.has(name)))(
    'reads the turns that the template of %s wrote',
    async (_name, text) => {
      const { findings, kept } = await scanText(texts([text]), { checks: structureOnly });
      expect(findings).toEqual([]);
      const roles = kept[0]?.example.messages.map(({ role }) => role).filter((role) => role !== 'system');
      expect(roles).toEqual(['user', 'assistant']);
      for (const { content } of kept[0]?.example.messages ?? []) expect(text).toContain(content);
    },
  );

  it('sees no template in plain text, nor in a text about one', () => {
    for (const text of [...corpus, 'The marker <|eot_id|> ends a turn.', '# Human rights\n\nAll are equal.'])
      expect(renderedTemplate(text)).toBe(null);
  });

  it('reads alpaca rows with a rendered copy as alpaca, and ChatML as chatml-text', async () => {
    const row = { instruction: 'Name a gas.', input: '', output: 'Neon is a gas.', text: rendered.Alpaca };
    expect((await scanText(lines([row]))).result.format.name).toBe('alpaca');
    const chatml = '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello.<|im_end|>\n';
    expect((await scanText(texts([chatml]))).result.format.name).toBe('chatml-text');
  });
});

describe('format: text', () => {
  const scan = (text: string, label = 'a.jsonl') => scanText([{ text, label }], { format: 'text' });

  it('makes one document of a row, for every kind of file', async () => {
    for (const [label, text] of [
      ['a.jsonl', texts(corpus)],
      ['a.json', JSON.stringify(corpus.map((each) => ({ text: each })))],
      ['a.csv', `text\n${corpus.map((each) => `"${each}"`).join('\n')}\n`],
    ] as const) {
      const { kept, findings } = await scan(text, label);
      expect(findings).toEqual([]);
      expect(kept.map(({ example }) => documentOf(example))).toEqual(corpus);
    }
  });

  it('makes one document of a .txt file, with places in it', async () => {
    const text = `${corpus.join('\n\n')}\nThe caf\ufffd is closed.\n`;
    const { kept, findings, result } = await scan(text, 'book.txt');
    expect([result.rows, documentOf(kept[0]?.example ?? { messages: [] })]).toEqual([1, text]);
    const [broken] = findings;
    expect([broken?.at?.line, broken?.at?.column, broken?.at?.pointer]).toEqual([4, 8, '/text']);
    expect(kept[0]?.text).toBe(JSON.stringify({ text }));
    const small = await scanText([{ text, label: 'book.txt' }], { format: 'text', maxRowBytes: 50 });
    expect(small.findings.map(({ code }) => code)).toEqual(['D004']);
    expect(
      (await scanText([{ text: texts(corpus), label: 'rows.txt' }], { format: 'text' })).result.rows,
    ).toBe(2);
    expect((await scanText([{ text, label: 'book.txt' }])).findings[0]?.hint).toContain('format: text');
    expect((await scan('[Chapter 1]\nIt was late.\n', 'b.txt')).result.rows).toBe(1);
  });

  it('is given to the trainer as a text, fingerprinted by it, and equal texts count once', async () => {
    const { kept, ledger } = await scan(texts([...corpus, `${corpus[0]}  `]));
    expect(kept.map(({ row, example }) => trainerRow(row, example))).toEqual(
      corpus.map((text, row) => ({ row, text })),
    );
    expect(new Set(kept.map(({ fingerprint }) => fingerprint)).size).toBe(2);
    expect(ledger.map(({ fate, code }) => code ?? fate)).toEqual(['train', 'train', 'D050']);
  });

  it('refuses an empty text, another type and a missing field', async () => {
    const { findings, kept } = await scan(
      lines([{ text: ' \n' }, { text: 3 }, { title: 'x' }, { text: 'Good.' }]),
    );
    expect(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
      'D065',
      'D018',
      'D017',
    ]);
    expect(kept.length).toBe(1);
  });

  it('has no finding that speaks of answers or turns', async () => {
    const long = Array.from({ length: 30 }, (_, i) => `${corpus[i % 2]} Chapter ${i} goes on from there`);
    const { findings } = await scan(texts(long));
    expect(findings).toEqual([]);
  });
});

describe('a weight of 0 on another role', () => {
  it('reaches the trainer, and changes no fingerprint', async () => {
    const row = (weight?: number) => ({
      messages: [
        { role: 'user', content: 'Is the shop open?', ...(weight !== undefined && { weight }) },
        { role: 'assistant', content: 'Yes, until six.' },
      ],
    });
    const [off] = (await scanText(lines([row(0)]))).kept;
    const [plain] = (await scanText(lines([row()]))).kept;
    if (!off || !plain) throw new Error('both rows are good');
    expect(off.example.messages[0]?.[switchedOff]).toBe(true);
    expect(trainerRow(0, off.example).messages?.map(({ train }) => train)).toEqual([false, undefined]);
    expect(rowFingerprint(off.example)).toBe(rowFingerprint(plain.example));
  });
});

describe('the data commands', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lorch-texts-'));
    await writeFile(join(dir, 'a.jsonl'), texts([...corpus, corpus[1] ?? '']));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));
  const asked = () => ({
    cwd: dir,
    env: {},
    format: 'text',
    patterns: ['a.jsonl'],
    stdin: Readable.from([]),
    madeBy: { command: 'data test', version: '0', atMs: 0 },
  });
  const read = async (name: string) =>
    (await readFile(join(dir, name), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text: string }).text);

  it('measures, deduplicates, samples, splits and converts', async () => {
    const stats = await datasetStats(asked());
    expect([stats.ledger.kept, stats.roles, stats.scripts]).toEqual([
      2,
      { document: { messages: 2, characters: corpus.join('').length } },
      { Latin: 2 },
    ]);
    const dedup = await dedupDataset({
      ...asked(),
      near: defaultNear,
      validation: [],
      against: [],
      out: join(dir, 'd.jsonl'),
    });
    expect(dedup.rows).toBe(3);
    expect(await read('d.jsonl')).toEqual(corpus);
    await sampleDataset({ ...asked(), count: 1, stratify: null, out: join(dir, 's.jsonl') });
    expect(corpus).toContain((await read('s.jsonl'))[0]);
    const split = await splitDataset({
      ...asked(),
      fraction: 0.5,
      seed: 3,
      stratify: null,
      near: null,
      out: { train: join(dir, 't.jsonl'), validation: join(dir, 'v.jsonl'), ledger: join(dir, 'l.jsonl') },
      onError: 'drop',
      duplicates: 'drop',
    });
    expect(split.train.rows + split.validation.rows).toBe(2);
    const convert = (to: string, allowLoss: boolean) =>
      convertDataset({
        ...asked(),
        to,
        out: join(dir, `${to}.jsonl`),
        write: () => undefined,
        onError: 'drop',
        allowLoss,
      });
    expect((await convert('text', false)).written).toBe(3);
    const other = await convert('chatml', true);
    expect([other.written, Object.keys(other.lost)]).toEqual([0, ['whole texts']]);
  });
});
