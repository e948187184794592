// A machine with GPUs: test/fixtures/nvidia-smi/nvidia-smi is found first on PATH.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const program = resolve(import.meta.dirname, '../../fixtures/nvidia-smi');

export interface PretendGpus {
  /** What a process needs in its environment to see them. */
  env: { PATH: string; LORCH_TEST_GPUS: string };
  /** Names of the GPUs, of 80 GiB each, and what else uses one: `uuid, pid, name, MiB`. */
  show(uuids: readonly string[], processes?: readonly string[], usedMib?: number): Promise<void>;
  remove(): Promise<void>;
}

/** Puts it on the PATH of this process, too. */
export async function pretendGpus(uuids: readonly string[]): Promise<PretendGpus> {
  const dir = await mkdtemp(join(tmpdir(), 'lorch-gpus-'));
  const before = { PATH: process.env.PATH, LORCH_TEST_GPUS: process.env.LORCH_TEST_GPUS };
  const env = { PATH: `${program}${delimiter}${process.env.PATH}`, LORCH_TEST_GPUS: dir };
  Object.assign(process.env, env);
  const show: PretendGpus['show'] = async (names, processes = [], usedMib = 400) => {
    const lines = names.map((uuid, i) => `${i}, ${uuid}, NVIDIA Pretend 80GB, 81920, ${usedMib}\n`);
    await writeFile(join(dir, 'gpus'), lines.join(''));
    await writeFile(join(dir, 'processes'), processes.map((line) => `${line}\n`).join(''));
  };
  await show(uuids);
  return {
    env,
    show,
    async remove() {
      for (const [name, value] of Object.entries(before))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
