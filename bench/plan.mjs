// What a plan costs: `LORCH_PYTHON=… node bench/plan.mjs` after `npm run build`; the Python environment is named, as the
// cache is a new one. A 70B
// config with a small tokenizer and no weights, without network: once with nothing prepared, then as a ratio to
// `node -e 0`, interleaved.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const rounds = Number(process.argv[2] ?? 11);
const root = mkdtempSync(join(tmpdir(), 'lorch-bench-'));
const env = { ...process.env, XDG_CACHE_HOME: join(root, '.cache'), HF_HUB_OFFLINE: '1' };
const python = process.env.LORCH_PYTHON;
if (!python) throw new Error('set LORCH_PYTHON to the Python of an environment that `lorch setup` made');
const run = (args) => {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, env });
  if (status !== 0) throw new Error(`${args.join(' ')} exited with ${status}: ${stderr}`);
  return performance.now() - begin;
};

try {
  run([bin, 'init']);
  writeFileSync(join(root, 'lorch.yaml'), `python: ${python}\n`);
  run([bin, 'model', 'tiny', 'models/l70']);
  rmSync(join(root, 'models/l70/model.safetensors'));
  const path = join(root, 'models/l70/config.json');
  const config = {
    ...JSON.parse(readFileSync(path, 'utf8')),
    hidden_size: 8192,
    intermediate_size: 28_672,
    num_hidden_layers: 80,
    num_attention_heads: 64,
    num_key_value_heads: 8,
    head_dim: 128,
    vocab_size: 128_256,
  };
  writeFileSync(path, JSON.stringify(config));
  writeFileSync(
    join(root, 'configs/l70.yaml'),
    `name: l70
base_model: models/l70
dataset: { train: datasets/support-triage.jsonl, on_error: drop }
lora: { r: 16, target_modules: all-linear }
quantization: { load_in_4bit: true, bnb_4bit_quant_type: nf4 }
training: { num_train_epochs: 3 }
resources: { gpus: 1 }
`,
  );
  const plan = [bin, 'plan', 'configs/l70.yaml', '--gpu', 'h100-80gb', '--json'];
  const first = run(plan);
  const times = { node: [], plan: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.node.push(run(['-e', '0']));
    times.plan.push(run(plan));
  }
  const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
  const [node, prepared] = [median(times.node), median(times.plan)];
  const line = (name, ms) =>
    process.stdout.write(`${name.padEnd(44)} ${ms.toFixed(0).padStart(6)} ms  ×${(ms / node).toFixed(1)}\n`);
  line('node -e 0', node);
  line('lorch plan, 70B, sequences prepared', prepared);
  line('lorch plan, 70B, the first time (one run)', first);
} finally {
  rmSync(root, { recursive: true, force: true });
}
