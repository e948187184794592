import type { Command } from 'commander';
import type { OpenWorkspace } from '../../app/machine/open-workspace.ts';
import type { CalibratedModel } from '../../app/model/calibrate-model.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { parseCounts, parseSeconds } from '../parse-options.ts';
import { printJson } from '../ui/json.ts';
import { createProgress } from '../ui/progress.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Flags {
  batch: number[];
  sequence: number[];
  seconds: number;
  lora?: string;
  revision?: string;
  set: string[];
  python?: string;
  json?: boolean;
}

const examples = `
TARGET is a run config (.yaml), or a hub id or folder of a model. The trainer takes real steps on random tokens, at up
to four sizes of batch × sequence, each in a process of its own, and compares memory and speed with the forecast. What
was measured is added to runs/calibration.jsonl, and corrects later plans on this device for models of this type.
Ctrl-C keeps the sizes that are done.

Examples:
  lorch model calibrate configs/support-triage.yaml
  lorch model calibrate models/tiny --lora r=8,target_modules=q_proj+v_proj --seconds 2
  lorch model calibrate Qwen/Qwen2.5-0.5B --batch 1,4 --sequence 512,2048 --json
`;

/** `lorch model calibrate TARGET` */
export function define(command: Command, context: Context): void {
  command
    .description(
      'Measures memory and speed of a few real training steps, so that forecasts fit this machine.',
    )
    .argument('<target>', 'run config, hub id, or folder')
    .option('--batch <n,n…>', 'rows on the device at once', parseCounts, [])
    .option('--sequence <n,n…>', 'tokens of a row', parseCounts, [])
    .option('--seconds <s>', 'of steps at each size; at least three are taken', parseSeconds, 5)
    .option('--lora <settings>', 'of a model: r=16,target_modules=q_proj+v_proj, or JSON')
    .option('--revision <revision>', 'branch, tag or commit of a hub model')
    .option('--set <path=value...>', 'change a setting, e.g. --set model.dtype=float32', [])
    .option('--python <path>', 'another Python environment')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (target: string, flags: Flags) => {
      const calibrated = await withWorkspace(context, (workspace) =>
        measure(target, flags, context, workspace),
      );
      if (flags.json) printJson(context, toJson(calibrated));
      else {
        const { renderCalibration } = await import('../ui/calibration-view.ts');
        context.stdout.write(renderCalibration(calibrated, context.stdout));
      }
      const measured = calibrated.rungs.filter((rung) => rung.measured).length;
      if (calibrated.interrupted) {
        const kept = measured > 0 ? `; ${measured} of ${calibrated.rungs.length} sizes are kept` : '';
        context.stderr.write(`interrupted${kept}\n`);
        context.exitCode = EXIT.interrupted;
      } else if (measured === 0) context.exitCode = EXIT.findings;
    });
}

async function measure(
  target: string,
  flags: Flags,
  context: Context,
  workspace: OpenWorkspace,
): Promise<CalibratedModel> {
  const { calibrateModel } = await import('../../app/model/calibrate-model.ts');
  const { parseLoraFlag } = await import('../parse-lora.ts');
  const { readVersion } = await import('../version.ts');
  const { cwd, env } = context;
  const interrupt = new AbortController();
  const release = context.onInterrupt(() => interrupt.abort(new Error('interrupted')));
  let progress = createProgress(context, 'steps');
  try {
    return await calibrateModel({
      target,
      workspace,
      cwd,
      env,
      lora: flags.lora === undefined ? null : parseLoraFlag(flags.lora),
      revision: flags.revision ?? null,
      overrides: flags.set,
      batches: flags.batch,
      sequences: flags.sequence,
      seconds: flags.seconds,
      python: () => workspace.python(flags.python),
      lorchVersion: readVersion(),
      now: () => context.now(),
      signal: interrupt.signal,
      onRung: ({ batch, sequenceTokens }, index, count) => {
        progress.end();
        progress = createProgress(context, 'steps');
        progress.line(`size ${index + 1} of ${count}: ${batch} × ${sequenceTokens} tokens`);
      },
      // The number of steps depends on the time.
      onStep: (done) => progress.update(done, null),
    });
  } finally {
    progress.end();
    release();
  }
}

function toJson({ modelType, rungs, sweepPoints, ...rest }: CalibratedModel): Record<string, unknown> {
  return {
    ...rest,
    model_type: modelType,
    sweep_points: sweepPoints,
    rungs: rungs.map(({ batch, sequenceTokens, ...rung }) => ({
      batch,
      sequence_tokens: sequenceTokens,
      ...rung,
    })),
  };
}
