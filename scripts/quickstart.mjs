// `npm run quickstart`: the main job for real, on a small dataset of our own and a tiny model made here.
// Safe to run again: what is installed and made stays; each time two new runs are trained and compared.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { duration, lorch, root } from './run.mjs';

const dataset = 'datasets/support-triage.jsonl';
const model = 'models/tiny';
const reason = 'quick start';
const color = process.stdout.isTTY && !process.env.NO_COLOR;
const bold = (text) => (color ? `\x1b[1m${text}\x1b[22m` : text);
const dim = (text) => (color ? `\x1b[2m${text}\x1b[22m` : text);
const say = (text = '') => process.stdout.write(`${text}\n`);
const started = Date.now();
let step = 0;

/** One step: what it is for, the command, its output. `good` are the exit codes that let the next step begin. */
async function part(why, args, { good = [0] } = {}) {
  step += 1;
  say(`\n${bold(`${step}  ${why}`)}\n${dim(`$ lorch ${args.map(quote).join(' ')}`)}\n`);
  const { code } = await lorch(args, { show: true });
  if (good.includes(code)) return;
  say(`\nThe quick start stopped here: that command ended with exit code ${code}.`);
  say('Its message and hint are above; `npm run quickstart` goes on from where it makes sense.');
  process.exit(code || 1);
}

const quote = (word) => (/^[\w@./=-]+$/.test(word) ? word : `"${word}"`);

say(bold('lorch quick start'));
say('Checks a small dataset, trains two LoRA runs of different rank on a tiny model, and compares them.');
say('Everything happens in this folder and in your cache; nothing is downloaded but packages.');

step += 1;
say(`\n${bold(`${step}  npm packages and the build`)}\n`);
await bootstrap(say);
say(`ready (${duration(Date.now() - started)})`);

await part("The trainer's Python: PyTorch, transformers, PEFT, TRL, bitsandbytes", ['setup']);
const installed = Date.now();

if (existsSync(join(root, model, 'config.json'))) {
  step += 1;
  say(`\n${bold(`${step}  The tiny model is there already`)} (${model})`);
} else {
  await part('A tiny random model, so that nothing has to be downloaded', [
    'model',
    'tiny',
    model,
    '--texts',
    dataset,
  ]);
}

await part('What is wrong with the data? (some rows are faulty on purpose)', ['data', 'check', dataset], {
  good: [0, 1],
});
await part('Is the config sound?', ['config', 'check', 'configs/quickstart-r4.yaml']);
await part('Train with rank 4. Nobody has reviewed these rows, and the run says so for good', [
  'train',
  'configs/quickstart-r4.yaml',
  '--unreviewed',
  reason,
]);
await part('Train with rank 16', ['train', 'configs/quickstart-r16.yaml', '--unreviewed', reason]);
await part('Base against adapter, on a prompt the run has not seen', ['try', '@last']);
await part('Settings and results side by side', ['compare', 'quickstart-r4', 'quickstart-r16']);

say(
  `\n${bold('Done')} in ${duration(Date.now() - started)} (${duration(Date.now() - installed)} without the installs).`,
);
say('The adapters, in the form that PEFT and transformers load:');
for (const path of newestAdapters()) say(`  ${path}`);
say('\nNext: lorch is dist/bin.js (`npm link` puts it on PATH)');
say('  lorch runs                         every run on record');
say('  lorch show @last                   one run: plan, forecasts against what came, findings');
say('  lorch init ../my-project           a workspace for your own data');

/** The two runs just trained: run ids begin with their time. */
function newestAdapters() {
  const runs = join(root, 'runs');
  return readdirSync(runs)
    .filter(
      (id) =>
        id.includes('-quickstart-r') && existsSync(join(runs, id, 'adapter', 'adapter_model.safetensors')),
    )
    .sort()
    .slice(-2)
    .map((id) => relative(root, join(runs, id, 'adapter')));
}
