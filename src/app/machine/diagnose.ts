// `lorch doctor`: every part of this machine that lorch uses, what state it is in, and how to fix it.
import { statfs } from 'node:fs/promises';
import { findWorkspace, type Workspace } from '../../config/workspace.ts';
import { gib } from '../../diagnostics/gib.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { type HubEnvironment, readHubEnvironment } from '../../hub/hub-environment.ts';
import { reachHub } from '../../hub/reach-hub.ts';
import { userCacheDir } from '../../python/cache-dir.ts';
import { locatePython } from '../../python/find-python.ts';
import { detectNvidia, type NvidiaDriver } from '../../python/nvidia.ts';
import { compareVersions } from '../../python/versions.ts';
import { diagnosePython } from './diagnose-python.ts';
import type { DiagnoseOptions, Diagnosis } from './diagnosis.ts';

const oldestNode = '20.19';
const GiB = 2 ** 30;

/** Looks at everything; throws nothing that a part of the machine may be guilty of. */
export async function diagnose(options: DiagnoseOptions): Promise<Diagnosis[]> {
  const { cwd, env, lorchVersion, python, onStage = () => undefined } = options;
  onStage('lorch');
  const found = await workspaceDiagnosis(cwd, env);
  const nvidia = await detectNvidia(env);
  onStage('Python');
  const explicit = python && locatePython(python, cwd, env.HOME);
  return [
    { part: 'lorch', name: 'version', state: 'good', value: lorchVersion },
    nodeDiagnosis(),
    await sqliteDiagnosis(),
    ...found.diagnoses,
    await diskDiagnosis('disk, workspace', found.workspace?.root ?? cwd),
    await diskDiagnosis('disk, cache', env.HOME ?? cwd, userCacheDir(env)),
    ...(await diagnosePython({ ...options, explicit, workspace: found.workspace, nvidia })),
    ...gpuDiagnoses(nvidia),
    ...(await hubDiagnoses(env, options, onStage)),
  ];
}

function nodeDiagnosis(): Diagnosis {
  const version = process.versions.node;
  const old = compareVersions(version, oldestNode) < 0;
  const fix = `install Node ${oldestNode} or newer`;
  return {
    part: 'lorch',
    name: 'node',
    state: old ? 'broken' : 'good',
    value: version,
    ...(old ? { fix } : {}),
  };
}

async function sqliteDiagnosis(): Promise<Diagnosis> {
  const base = { part: 'lorch', name: 'sqlite' } as const;
  try {
    const { oldestSqlite, sqliteVersion } = await import('../../store/sqlite-version.ts');
    const version = sqliteVersion();
    if (compareVersions(version, oldestSqlite) >= 0) return { ...base, state: 'good', value: version };
    const value = `${version} has a fault that can corrupt a database`;
    return {
      ...base,
      state: 'broken',
      value,
      fix: `install better-sqlite3 with SQLite ${oldestSqlite} or newer`,
    };
  } catch (error) {
    const value = `better-sqlite3 does not load: ${firstLine(error)}`;
    return {
      ...base,
      state: 'broken',
      value,
      fix: 'npm rebuild better-sqlite3 (it is built for one Node version)',
    };
  }
}

async function workspaceDiagnosis(
  cwd: string,
  env: DiagnoseOptions['env'],
): Promise<{ workspace: Workspace | null; diagnoses: Diagnosis[] }> {
  const base = { part: 'workspace', name: 'lorch.yaml' } as const;
  try {
    const workspace = await findWorkspace(cwd, env.HOME);
    const diagnosis: Diagnosis = workspace
      ? { ...base, state: 'good', value: workspace.root }
      : {
          ...base,
          state: 'absent',
          value: 'this folder is not in a workspace; data and model commands work without one',
          fix: 'lorch init',
        };
    return { workspace, diagnoses: [diagnosis] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const faults = error.findings.map((finding) => finding.message).join('; ');
    const value = faults ? `${error.message}: ${faults}` : error.message;
    return { workspace: null, diagnoses: [{ ...base, state: 'broken', value, fix: 'fix lorch.yaml' }] };
  }
}

/** Free space where `path` lies, or where it would be made. */
async function diskDiagnosis(name: string, fallback: string, path = fallback): Promise<Diagnosis> {
  const stats = await statfs(path).catch(() => statfs(fallback));
  const free = stats.bavail * stats.bsize;
  const value = `${gib(free)} free`;
  if (free > 5 * GiB) return { part: 'workspace', name, state: 'good', value };
  return { part: 'workspace', name, state: 'warning', value, fix: `free space on the disk of ${path}` };
}

function gpuDiagnoses(nvidia: NvidiaDriver | null): Diagnosis[] {
  if (!nvidia) {
    const value = 'no NVIDIA driver answers; training runs on the CPU, for small models';
    return [{ part: 'gpu', name: 'nvidia', state: 'absent', value }];
  }
  const driver = `driver ${nvidia.driver}${nvidia.cuda ? `, CUDA ${nvidia.cuda}` : ''}`;
  return [
    { part: 'gpu', name: 'nvidia', state: 'good', value: driver },
    ...nvidia.gpus.map(
      (gpu, i): Diagnosis => ({
        part: 'gpu',
        name: `gpu ${i}`,
        state: 'good',
        value: `${gpu.name}, ${gib(gpu.memoryBytes)}, compute capability ${gpu.computeCapability}`,
      }),
    ),
  ];
}

async function hubDiagnoses(
  env: DiagnoseOptions['env'],
  { signal }: Pick<DiagnoseOptions, 'signal'>,
  onStage: (stage: string) => void,
): Promise<Diagnosis[]> {
  const hub = readHubEnvironment(env);
  return [
    await endpointDiagnosis(hub, signal, onStage),
    hub.token
      ? { part: 'hub', name: 'token', state: 'good', value: 'there is one (not shown)' }
      : {
          part: 'hub',
          name: 'token',
          state: 'absent',
          value: 'none; public models need none',
          fix: 'for gated models: set HF_TOKEN, or hf auth login',
        },
  ];
}

async function endpointDiagnosis(
  hub: HubEnvironment,
  signal: AbortSignal | undefined,
  onStage: (stage: string) => void,
): Promise<Diagnosis> {
  const base = { part: 'hub', name: 'endpoint' } as const;
  if (hub.offline) {
    const value = `${hub.endpoint}, offline (HF_HUB_OFFLINE): only what is in ${hub.cacheDir}`;
    return { ...base, state: 'good', value };
  }
  onStage('the hub');
  const why = await reachHub(hub, signal);
  if (why === null) return { ...base, state: 'good', value: `${hub.endpoint} answers` };
  return {
    ...base,
    state: 'warning',
    value: `${hub.endpoint} cannot be reached: ${why}`,
    fix: 'check the network or HF_ENDPOINT; HF_HUB_OFFLINE=1 uses only the cache; local folders need no hub',
  };
}

/** An error's message, without its stack. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
