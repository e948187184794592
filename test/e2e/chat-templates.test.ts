// What a plan says of a chat template before anything is launched.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

const row = (n: number) => ({
  messages: [
    { role: 'user', content: `Ticket ${n}: my router is late.` },
    { role: 'assistant', content: `queue: router ${n}` },
  ],
});
const rows = Array.from({ length: 6 }, (_, n) => `${JSON.stringify(row(n))}\n`).join('');
const endless = `{% for m in messages %}{{ m.role }}: {{ m.content }}
{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}`;
const thinking = `{% for m in messages %}<|im_start|>{{ m.role }}
{{ m.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% if enable_thinking is not defined or enable_thinking %}<think>
{% endif %}{% endif %}`;
const config = (dataset: string, more = '') => `
name: template
base_model: models/tiny
dataset: { train: datasets/rows.jsonl, ${dataset} }
model: { dtype: float32 }
lora: { r: 4, lora_alpha: 8, target_modules: [q_proj, v_proj] }
training: { max_length: 96, max_steps: 2, per_device_train_batch_size: 2, eval_strategy: 'no', save_strategy: 'no' }
resources: { gpus: 0 }
${more}`;

describe.skipIf(!python)('a plan', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
    await workspace.write('datasets/rows.jsonl', rows);
    await workspace.write('endless.jinja', endless);
    await workspace.write('thinking.jinja', thinking);
  });
  afterAll(() => workspace.remove());

  const planned = async (text: string) => {
    await workspace.write('configs/template.yaml', text);
    const result = await workspace.lorch(['plan', 'configs/template.yaml', '--json']);
    const { stdout, stderr, exitCode } = result;
    return {
      plan: (stdout.trim() ? result.json() : null) as unknown as Plan,
      exitCode,
      stderr: stdout + stderr,
    };
  };
  const severities = (plan: Plan) =>
    Object.fromEntries(plan.findings.map(({ code, severity }) => [code, severity]));

  it('names the variables of the template, what the prompt adds, and variables that nothing reads', async () => {
    const open = await planned(config('template: thinking.jinja'));
    expect(severities(open.plan)).toMatchObject({ T021: 'warning' });
    const shut = await planned(
      config('template: thinking.jinja, template_kwargs: { enable_thinking: false }'),
    );
    expect(severities(shut.plan)).not.toHaveProperty('T021');
    expect(shut.plan.dataset.template.kwargs).toEqual({ enable_thinking: false });
    expect(shut.plan.dataset.prepared_key).not.toBe(open.plan.dataset.prepared_key);
    const unread = await planned(
      config('template: thinking.jinja, template_kwargs: { enable_thinkin: false }'),
    );
    expect(unread.exitCode).not.toBe(0);
    expect(unread.stderr).toContain('T022');
    expect(unread.stderr).toContain('enable_thinking');
  });

  it('adds the end of turn that the generation config names, and refuses a template without any', async () => {
    const added = await planned(config('template: endless.jinja'));
    expect(severities(added.plan)).toMatchObject({ T023: 'note' });
    await rm(join(workspace.root, 'models', 'tiny', 'generation_config.json'));
    const open = await planned(config('template: endless.jinja'));
    expect(severities(open.plan)).toMatchObject({ T014: 'error' });
    expect(open.exitCode).toBe(1);
    const accepted = await planned(
      config('template: endless.jinja', 'accept: { T014: a stop string ends it }'),
    );
    expect(accepted.exitCode).toBe(0);
    expect(severities(accepted.plan)).toMatchObject({ T014: 'note' });
  });
});
