// The environment of a job on another host: that host's own, and what this user gives to runs wherever they are.
import { isSecretName } from '../diagnostics/secrets.ts';
import type { Host } from '../hosts/host.ts';
import { unreachable } from '../hosts/unreachable.ts';
import { jobEnvironment } from './job-environment.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Settings that mean the same on every machine. Paths and devices of this one mean nothing there. */
const travels =
  /^(HF_ENDPOINT|HF_HUB_(OFFLINE|DISABLE_\w+|ENABLE_\w+|\w+_TIMEOUT)|WANDB_(PROJECT|ENTITY|NAME|MODE|BASE_URL|TAGS)|MLFLOW_TRACKING_URI|TOKENIZERS_PARALLELISM)$/;
const places = /_(PATH|FILE|DIR|HOME|CACHE)$/;

/** How Python is isolated (python/isolated.ts) is the same everywhere; what it would be without that is of no use. */
const isolation = /^(PYTHON|TORCH_FORCE_)/;

/**
 * What a job on `host` sees; `python` is the environment that its interpreter is started with. Secrets among it travel
 * with the job, and are written nowhere.
 */
export async function awayEnvironment(host: Host, env: Env, python: Env): Promise<Record<string, string>> {
  const { stdout, code } = await host.run(['env']);
  if (code === null) throw unreachable(host.name, 'a command there was cut off');
  const there: Record<string, string> = {};
  for (const line of stdout.split('\n')) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !isolation.test(name)) there[name] = value;
  }
  const given = Object.entries(jobEnvironment(env)).filter(
    ([name]) => travels.test(name) || (isSecretName(name) && !places.test(name)),
  );
  const isolated = Object.entries(python).filter(([name]) => isolation.test(name));
  return jobEnvironment({ ...there, ...Object.fromEntries([...given, ...isolated]) });
}
