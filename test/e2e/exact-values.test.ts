// Tool calls and tools are trained as they are written: the tokens are those of transformers' own rendering of the row.
import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

const run = promisify(execFile);
const fixtures = join(import.meta.dirname, '../fixtures');

const argumentsAsWritten = [
  '{"amount":10.0,"rate":1e3,"tiny":1.50,"cold":-0.0,"none":-0,"small":1E-9,"whole":7}',
  '{"10":"Ann","9":"Bob","1":{"7":2.0,"3":[1.0,2,-3.0e2]}}',
  '{"__proto__":"x","constructor":{"__proto__":5.0},"":0.0,"a":1}',
  '{"order":12345678901234567890,"large":1e20,"digits":100000000000000000000,"price":0.1234567890123456789}',
  '{"text":"10.0, 1e3 and \\u00e9 \\"9\\": 1.0","list":[],"empty":{},"yes":true,"none":null}',
];
const tools =
  '[{"type":"function","function":{"name":"act","parameters":{"type":"object","properties":{"10":{"type":"number","minimum":0.0,"maximum":1e6},"2":{"enum":[1.0,2.50,3]},"amount":{"default":5.0},"none":{}}}}}]';

const chatml = (n: number, args: string): string =>
  `{"messages":[{"role":"user","content":"Do number ${n}."},{"role":"assistant","content":"","tool_calls":[{"id":"c${n}","type":"function","function":{"name":"act","arguments":${args}}}]},{"role":"tool","tool_call_id":"c${n}","content":"ok"},{"role":"assistant","content":"Done with ${n}."}],"tools":${tools}}`;
const rows = argumentsAsWritten.map((args, n) => chatml(n, args));

const config = (train: string) => `
name: exact
base_model: models/tiny
model: { dtype: float32 }
dataset: { train: ${train}, template: qwen.jinja, duplicates: { exact: keep } }
lora: { r: 4, target_modules: all-linear }
training: { max_steps: 1, max_length: 4096, learning_rate: 1.0e-3 }
`;

// Decodes what was prepared, and renders the rows as transformers does.
const decode = `
import json, sys
from safetensors.numpy import load_file
from transformers import AutoTokenizer
folder, rows, template = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(folder + "/tokenizer")
data = load_file(folder + "/train.safetensors")
ends = [*data["tokens.offsets"].tolist()]
texts = [tokenizer.decode(data["tokens.input_ids"][a:b]) for a, b in zip(ends, ends[1:])]
wanted = []
for line in open(rows, encoding="utf-8"):
    row = json.loads(line)
    for message in row["messages"]:
        for call in message.get("tool_calls", []):
            if isinstance(call["function"]["arguments"], str):
                call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    wanted.append(tokenizer.apply_chat_template(
        row["messages"], tools=row.get("tools"), chat_template=open(template).read(), tokenize=False))
print(json.dumps([texts, wanted]))
`;

describe.skipIf(!python)('values of tool calls and tools', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
    await copyFile(join(fixtures, 'templates/qwen2.5.jinja'), join(workspace.root, 'qwen.jinja'));
    await workspace.write('rows.jsonl', `${rows.join('\n')}\n`);
  });
  afterAll(() => workspace.remove());

  const prepared = async (
    file: string,
    reference = 'rows.jsonl',
  ): Promise<{ texts: string[]; wanted: string[] }> => {
    await workspace.write('exact.yaml', config(file));
    const result = await workspace.lorch(['plan', 'exact.yaml', '--json']);
    const plan = result.json() as unknown as Plan;
    const folder = join(workspace.root, '.cache/lorch/prepared', plan.dataset.prepared_key);
    const { stdout } = await run(python ?? '', [
      '-c',
      decode,
      folder,
      join(workspace.root, reference),
      join(workspace.root, 'qwen.jinja'),
    ]);
    const [texts, wanted] = JSON.parse(stdout) as [string[], string[]];
    return { texts: texts.map((text) => text.trimEnd()), wanted: wanted.map((text) => text.trimEnd()) };
  };

  const longest = 600_000;

  it(
    'reach the tokens as transformers renders them',
    async () => {
      const { texts, wanted } = await prepared('rows.jsonl');
      expect(texts).toHaveLength(rows.length);
      expect(texts).toEqual(wanted);
      const all = texts.join('');
      for (const part of [
        '"amount": 10.0',
        '"rate": 1000.0',
        '12345678901234567890',
        '"10": "Ann", "9": "Bob"',
      ])
        expect(all).toContain(part);
    },
    longest,
  );

  it(
    'are the same as JSON text, in a JSON array, CSV cells and Parquet, and after conversions',
    async () => {
      const asText = argumentsAsWritten.map((args, n) => chatml(n, JSON.stringify(args)));
      await workspace.write('text.jsonl', `${asText.join('\n')}\n`);
      await workspace.write('rows.json', `[\n${rows.join(',\n')}\n]\n`);
      const cell = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`;
      const records = rows.map((row) => {
        const messages = /^\{"messages":(.*),"tools":/s.exec(row)?.[1];
        return `${cell(messages)},${cell(tools)}`;
      });
      await workspace.write('rows.csv', `messages,tools\n${records.join('\n')}\n`);
      for (const [to, out] of [
        ['chatml', 'chatml.jsonl'],
        ['sharegpt', 'sharegpt.jsonl'],
      ] as const) {
        const made = await workspace.lorch([
          'data',
          'convert',
          'rows.csv',
          '--to',
          to,
          '-o',
          out,
          '--allow-loss',
        ]);
        expect(made.exitCode).toBe(0);
      }
      // What Python reads from the Parquet file.
      await copyFile(join(fixtures, 'readers/decimals.parquet'), join(workspace.root, 'rows.parquet'));
      const parquet =
        '{"messages":[{"role":"user","content":"Pay ten."},{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"pay","arguments":{"amount":10.0,"10":"b","9":"a","count":3,"half":2.0,"list":[1.0,2.5,-0.0],"id":4611686018427387905}}}]},{"role":"tool","content":"ok"},{"role":"assistant","content":"Paid."}]}\n';
      const files = ['text.jsonl', 'rows.json', 'rows.csv', 'chatml.jsonl', 'sharegpt.jsonl'];
      await workspace.write('all.jsonl', files.map(() => `${rows.join('\n')}\n`).join('') + parquet);
      const { texts, wanted } = await prepared(`[${files.join(', ')}, rows.parquet]`, 'all.jsonl');
      expect(texts).toEqual(wanted);
    },
    longest,
  );
});
