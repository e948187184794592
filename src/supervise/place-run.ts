// What a job reads must lie where it runs: the trainer, plan and data, the base model if it is a folder of this machine,
// and the checkpoint that a resumed run goes on from.
import { dirname, join } from 'node:path';
import { hashFile } from '../hosts/hash-file.ts';
import type { Host } from '../hosts/host.ts';
import { runPaths } from '../run/layout.ts';
import type { Plan } from '../run/plan.ts';
import { type HashedFile, hashFolder, hashOfFolder } from './content-hash.ts';
import type { SuperviseDeps } from './deps.ts';
import { sendCheckpoint } from './send-checkpoint.ts';
import { type FileToSend, sendFiles } from './send-files.ts';

/** Where a job finds what is not in its run folder. */
export interface PlacedRun {
  /** The folder with lorch_trainer and shim.py. */
  trainerDir: string;
  /** The folder of the base model, if it is another one than the plan names. */
  baseModel: string | null;
}

export interface RunToPlace {
  /** The run folder in the workspace, and on the host. */
  home: string;
  runDir: string;
  plan: Plan;
  /** The trainer's folder on this machine. */
  trainerDir: string;
}

/** The folder of everything that lorch keeps on a host. */
export function hostDir(host: Host, deps: Pick<SuperviseDeps, 'runsDir'>): string {
  return dirname(host.runsDir(deps.runsDir));
}

/** Brings all that a job needs to its host, each file checked by its hash. */
export async function placeRun(
  deps: SuperviseDeps,
  host: Host,
  { home, runDir, plan, trainerDir }: RunToPlace,
): Promise<PlacedRun> {
  // Where the workspace keeps it is where it runs.
  if (runDir === home) return { trainerDir, baseModel: null };
  const dir = hostDir(host, deps);
  const trainer = folderOn(join(dir, 'trainer'), await hashFolder(deps, trainerDir, isSource));
  const { path } = plan.base_model;
  const model = path === null ? null : folderOn(join(dir, 'models'), await modelFiles(deps, path));
  const { data, plan: planFile } = runPaths(home);
  const rows = (await hashFolder(deps, data)).map((file) => ({
    ...file,
    to: join(runPaths(runDir).data, file.name),
  }));
  const objects = join(dir, 'objects');
  await sendFiles(deps, host, objects, [...trainer.files, ...(model?.files ?? []), ...rows]);
  await sendCheckpoint(deps, host, home, runDir);
  // The plan last: a folder that has it is complete.
  await host.upload(planFile, runPaths(runDir).plan, await hashFile(planFile));
  return { trainerDir: trainer.dir, baseModel: model?.dir ?? null };
}

/** A folder is named by what it holds, so that none ever changes. */
function folderOn(parent: string, files: readonly HashedFile[]): { dir: string; files: FileToSend[] } {
  const dir = join(parent, hashOfFolder(files));
  return { dir, files: files.map((file) => ({ ...file, to: join(dir, file.name) })) };
}

function isSource(name: string): boolean {
  return !/(^|\/)(__pycache__|\.[^/]+)(\/|$)|\.pyc$/.test(name);
}

/** What loading a model reads: the files of the folder itself, and its weights in one format. */
async function modelFiles(deps: SuperviseDeps, path: string): Promise<HashedFile[]> {
  const own = (name: string) => !name.includes('/') && !name.startsWith('.');
  const others = /\.(bin|pt|pth|h5|msgpack|onnx|gguf|ot)$/;
  const files = await hashFolder(deps, path, (name) => own(name) && !others.test(name));
  if (files.some(({ name }) => name.endsWith('.safetensors'))) return files;
  return await hashFolder(deps, path, own);
}
