// An adapter that brings code beside its weights: no command that uses it executes that code.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

const config = `
base_model: models/tiny
model: { dtype: float32 }
dataset: { train: datasets/tickets.jsonl, validation: { fraction: 0.15, seed: 7 }, on_error: drop }
training: { max_steps: 2, per_device_train_batch_size: 4, gradient_checkpointing: false, max_length: 96 }
`;

describe.skipIf(!python)('an adapter with code beside it', () => {
  let workspace: TestWorkspace;
  let marker: string;
  let source: string;
  const at = (...path: string[]) => join(workspace.root, ...path);
  const lorch = (...args: string[]) => workspace.lorch(args);

  beforeAll(async () => {
    workspace = await makeWorkspace();
    marker = at('executed');
    const lora = (modules: string) => `lora: { r: 2, target_modules: [${modules}] }\n`;
    await workspace.write('configs/first.yaml', `name: first${config}${lora('q_proj, v_proj')}`);
    await workspace.write('configs/continue.yaml', `name: continue\ninit_adapter: ./foreign${config}`);
    await workspace.write(
      'configs/fuse.yaml',
      `name: fuse\ninit_adapter: { from: ./foreign, mode: fuse }${config}${lora('o_proj')}`,
    );
    const trained = await lorch('train', 'configs/first.yaml', '--unreviewed', 'a test');
    expect(trained.exitCode, trained.stderr).toBe(0);
    source = trained.stdout.trim();
    cpSync(at('runs', source, 'adapter'), at('foreign'), { recursive: true });
    addCode(at('foreign'));
  });
  afterAll(() => workspace?.remove());

  /** Every file and field by which transformers or PEFT can be told to import something. */
  function addCode(folder: string): void {
    const code = `open(${JSON.stringify(marker)}, "a").write(__file__ + "\\n")\n`;
    const files = [
      'evil.py',
      'sitecustomize.py',
      'peft.py',
      'custom_generate/generate.py',
      'generation/evil.py',
    ];
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${code}class Evil:\n    pass\n`);
    }
    const autoMap = {
      AutoConfig: 'evil.Evil',
      AutoModel: 'evil.Evil',
      AutoModelForCausalLM: 'evil.Evil',
      AutoTokenizer: ['evil.Evil', 'evil.Evil'],
    };
    const change = (file: string, fields: Record<string, unknown>) => {
      const path = join(folder, file);
      const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as object) : {};
      writeFileSync(path, JSON.stringify({ ...before, ...fields }, null, 2));
    };
    change('config.json', { model_type: 'evil', architectures: ['Evil'], auto_map: autoMap });
    change('tokenizer_config.json', { tokenizer_class: 'Evil', auto_map: autoMap });
    change('generation_config.json', { custom_generate: folder });
    change('adapter_config.json', {
      auto_map: autoMap,
      auto_mapping: { parent_library: 'evil', base_model_class: 'Evil' },
      base_model_name_or_path: folder,
    });
  }

  it('brings code that runs if somebody trusts it', () => {
    const trust = `from transformers import AutoConfig\nAutoConfig.from_pretrained(${JSON.stringify(at('foreign'))}, trust_remote_code=True)`;
    try {
      execFileSync(python ?? '', ['-I', '-c', trust], { env: workspace.env, stdio: 'pipe' });
    } catch {
      // Its class is no configuration; it was imported by then.
    }
    expect(existsSync(marker)).toBe(true);
    rmSync(marker);
  });

  it.each(['continue', 'fuse'])('starts a run, to %s', async (mode) => {
    const { stdout, stderr, exitCode } = await lorch(
      'train',
      `configs/${mode}.yaml`,
      '--unreviewed',
      'a test',
    );
    expect(exitCode, stderr).toBe(0);
    expect(existsSync(marker)).toBe(false);
    const [run, kept] = [stdout.trim(), ['adapter_config.json', 'adapter_model.safetensors']];
    for (const file of ['evil.py', 'config.json', 'tokenizer_config.json'])
      expect(existsSync(at('runs', run, 'data/init_adapter', file)), file).toBe(false);
    for (const file of kept) expect(existsSync(at('runs', run, 'data/init_adapter', file)), file).toBe(true);
    const tried = await lorch('try', run, '--max-new-tokens', '2');
    expect(tried.exitCode, tried.stderr).toBe(0);
    const merged = await lorch('merge', run, '-o', `merged-${mode}`);
    expect(merged.exitCode, merged.stderr).toBe(0);
    expect(existsSync(marker)).toBe(false);
  });
});
