// The Python half of `lorch doctor`.
import { z } from 'zod';
import type { Workspace } from '../../config/workspace.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { localHost } from '../../hosts/local.ts';
import { userCacheDir } from '../../python/cache-dir.ts';
import {
  checkInterpreter,
  findPython,
  fittingEnvironments,
  resolveInterpreter,
} from '../../python/find-python.ts';
import { isolatedEnvironment } from '../../python/isolated.ts';
import type { NvidiaDriver } from '../../python/nvidia.ts';
import { runTrainer } from '../../python/run-trainer.ts';
import { findTrainerDir } from '../../python/trainer-dir.ts';
import type { DiagnoseOptions, Diagnosis } from './diagnosis.ts';

interface PythonQuestion extends DiagnoseOptions {
  explicit: string | undefined;
  workspace: Workspace | null;
  nvidia: NvidiaDriver | null;
}

const answer = z.object({
  python: z.object({ version: z.string() }),
  device: z
    .object({ kind: z.string(), name: z.string().optional(), torch_cuda: z.string().nullish() })
    .loose()
    .nullable(),
  bf16: z.boolean(),
  bitsandbytes: z.object({ works: z.boolean(), reason: z.string().nullable() }),
  problems: z.array(z.object({ code: z.string(), message: z.string(), hint: z.string() })),
});

/** Which Python, its packages against the ranges, and what the trainer itself finds when started. */
export async function diagnosePython(question: PythonQuestion): Promise<Diagnosis[]> {
  const { env, explicit, workspace, onStage = () => undefined } = question;
  const options = {
    env,
    ...(explicit ? { explicit } : {}),
    ...(workspace?.python ? { workspacePython: workspace.python } : {}),
  };
  try {
    const python = await findPython(options);
    const where = {
      explicit: '--python',
      workspace: 'python: in lorch.yaml',
      managed: 'made by lorch setup',
    };
    const packages = await packageDiagnoses(python.executable, env);
    onStage('starting the trainer');
    return [
      {
        part: 'python',
        name: 'interpreter',
        state: 'good',
        value: `${python.executable} (${where[python.source]})`,
      },
      ...packages,
      ...(await trainerDiagnoses(question, python)),
    ];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return await brokenPython(error, question);
  }
}

/** Nothing usable: say why, and list what a named interpreter does have. */
async function brokenPython(error: UserError, question: PythonQuestion): Promise<Diagnosis[]> {
  const { env, explicit, workspace } = question;
  const fix = error.hint;
  const diagnosis: Diagnosis = {
    part: 'python',
    name: 'interpreter',
    state: 'broken',
    value: `${error.code} ${error.message}`,
    ...(fix ? { fix } : {}),
  };
  const named = explicit ?? workspace?.python;
  if (named && (error.code === 'E003' || error.code === 'E004')) {
    return [diagnosis, ...(await packageDiagnoses(await resolveInterpreter(localHost, named), env))];
  }
  const light =
    error.code === 'E001' &&
    (await fittingEnvironments(localHost, userCacheDir(env), findTrainerDir(), 'tokenizer'))[0];
  if (!light) return [diagnosis];
  const value = `${light.executable}: data commands work, training does not`;
  return [diagnosis, { part: 'python', name: 'tokenizer environment', state: 'good', value }];
}

async function packageDiagnoses(executable: string, env: DiagnoseOptions['env']): Promise<Diagnosis[]> {
  const states = await checkInterpreter(executable, 'trainer', isolatedEnvironment(env));
  return states.map((each): Diagnosis => {
    const good = each.state === 'good';
    const value = good
      ? `${each.version}`
      : `${each.version ?? ''} ${each.state}; needed: ${each.range} (${each.why})`;
    const fix = `pip install '${each.package}${each.range.replaceAll(' ', '')}' there, or lorch setup`;
    return {
      part: 'python',
      name: each.package,
      state: good ? 'good' : 'broken',
      value: value.trim(),
      ...(good ? {} : { fix }),
    };
  });
}

async function trainerDiagnoses(
  question: PythonQuestion,
  python: Awaited<ReturnType<typeof findPython>>,
): Promise<Diagnosis[]> {
  const base = { part: 'python', name: 'trainer' } as const;
  try {
    const { signal } = question;
    const found = answer.parse(await runTrainer(python, 'doctor', {}, signal ? { signal } : {}));
    const { device, bf16, bitsandbytes, problems } = found;
    const cuda = device?.torch_cuda ? `torch for CUDA ${device.torch_cuda}` : 'torch without CUDA';
    const unused = question.nvidia !== null && device?.kind !== 'cuda';
    const state = device === null ? 'broken' : unused ? 'warning' : 'good';
    const value = device
      ? `${device.name ?? device.kind} (${cuda}), bfloat16 ${bf16 ? 'works' : 'does not work'}`
      : 'torch cannot be used';
    return [
      {
        part: 'python',
        name: 'device',
        state,
        value: unused ? `${value}; the NVIDIA GPU is not used` : value,
        ...(unused ? { fix: '`lorch setup --force` picks a build that the driver supports' } : {}),
      },
      bitsandbytes.works
        ? { part: 'python', name: '4-bit', state: 'good', value: 'a 4-bit layer trains here' }
        : {
            part: 'python',
            name: '4-bit',
            state: 'warning',
            value: `QLoRA does not work: ${bitsandbytes.reason}`,
            fix: 'plain LoRA does not need it; `lorch setup --force`',
          },
      ...problems
        .filter((problem) => problem.code !== 'R015')
        .map(
          (problem): Diagnosis => ({ ...base, state: 'warning', value: problem.message, fix: problem.hint }),
        ),
    ];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [
      {
        ...base,
        state: 'broken',
        value: `${error.code} ${error.message}`,
        ...(error.hint ? { fix: error.hint } : {}),
      },
    ];
  }
}
