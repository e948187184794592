// A template that writes the date: a plan keeps one day, whatever the day is on which it is made or run.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

const dated = `<|im_start|>system
Today: {{ strftime_now('%d %b %Y %H:%M:%S') }}<|im_end|>
{% for m in messages %}<|im_start|>{{ m['role'] }}
{{ m['content'] }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;
const rows = Array.from(
  { length: 6 },
  (_, n) =>
    `{"messages":[{"role":"user","content":"Ticket ${n}: my router is late."},{"role":"assistant","content":"queue: router ${n}"}]}\n`,
).join('');
const config = (dataset: string) => `
name: dated
base_model: models/tiny
dataset: { train: rows.jsonl, ${dataset} }
model: { dtype: float32 }
lora: { r: 4, target_modules: all-linear }
training: { max_length: 96, max_steps: 1, learning_rate: 1.0e-3 }
`;

describe.skipIf(!python)('the date of a template', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
    await workspace.write('rows.jsonl', rows);
    await workspace.write('dated.jinja', dated);
  });
  afterAll(() => workspace.remove());

  const planned = async (dataset: string) => {
    await workspace.write('run.yaml', config(dataset));
    const result = await workspace.lorch(['plan', 'run.yaml', '--json']);
    return result.json() as unknown as Plan;
  };

  it('is that of the plan, decides the key and the hash, and is shown', async () => {
    const today = await planned('template: dated.jinja');
    const day = new Date(today.created_ms).toISOString().slice(0, 10);
    expect(today.dataset.template.date).toBe(day);
    expect(today.findings.find(({ code }) => code === 'T025')).toMatchObject({ severity: 'note' });
    const again = await planned('template: dated.jinja');
    // Another second of the same day.
    expect([again.dataset.prepared_key, again.plan_hash]).toEqual([
      today.dataset.prepared_key,
      today.plan_hash,
    ]);
    const other = await planned('template: dated.jinja, template_date: 2024-02-29');
    expect(other.dataset.template.date).toBe('2024-02-29');
    expect(other.dataset.prepared_key).not.toBe(today.dataset.prepared_key);
    expect(other.plan_hash).not.toBe(today.plan_hash);
    const screen = await workspace.lorch(['plan', 'run.yaml']);
    expect(screen.stdout).toContain('date 2024-02-29');
  });

  it('is in no plan whose template writes none, and one that was asked for is then named', async () => {
    const plain = await planned('template: chatml');
    expect(plain.dataset.template).not.toHaveProperty('date');
    const asked = await planned('template: chatml, template_date: 2024-02-29');
    expect(asked.dataset.prepared_key).toBe(plain.dataset.prepared_key);
    expect(asked.findings.find(({ code }) => code === 'T026')).toMatchObject({ severity: 'warning' });
    await workspace.write('run.yaml', config('template: dated.jinja, template_date: 2024-02-30'));
    const wrong = await workspace.lorch(['plan', 'run.yaml']);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('a date such as 2026-01-31');
  });
});
