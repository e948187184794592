// What a job sees of the user's environment: a list of what training needs, not everything that happened to be set.
import { hasSecretShape, isSecretName } from '../diagnostics/secrets.ts';

const names = new Set([
  'HOME',
  'USER',
  'LOGNAME',
  'PATH',
  'SHELL',
  'TMPDIR',
  'LANG',
  'TZ',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'PYTHONNOUSERSITE',
  'PYTHONSAFEPATH',
  'PYTHONUTF8',
]);

const prefixes = [
  'LC_',
  'XDG_',
  'SSL_',
  'HF_',
  'HUGGINGFACE_',
  'TRANSFORMERS_',
  'TOKENIZERS_',
  'SAFETENSORS_',
  'CUDA_',
  'NVIDIA_',
  'NCCL_',
  'TORCH',
  'PYTORCH_',
  'TRITON_',
  'ACCELERATE_',
  'BNB_',
  'BITSANDBYTES_',
  'OMP_',
  'KMP_',
  'MKL_',
  'OPENBLAS_',
  'WANDB_',
  'MLFLOW_',
];

/** They have one of the prefixes and switch a safety off. */
const unwanted = new Set(['TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD', 'TORCH_CUSTOM_PYTHONPATH']);

type Env = Readonly<Record<string, string | undefined>>;

function isWanted(name: string): boolean {
  return names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** The part of `env` that a job may see. */
export function jobEnvironment(env: Env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && !unwanted.has(name) && isWanted(name)) kept[name] = value;
  return kept;
}

/** The part of a job's environment that may be written to disk: no secrets, by name or by value. */
export function recordableEnvironment(env: Env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && !isSecretName(name) && !hasSecretShape(value)) kept[name] = value;
  return kept;
}

/** The environment to launch a recorded job again with: what was recorded, and the secrets of who launches now. */
export function relaunchEnvironment(recorded: Env, current: Env): Record<string, string> {
  const open = recordableEnvironment(current);
  const secrets = Object.entries(jobEnvironment(current)).filter(([name]) => !(name in open));
  return jobEnvironment({ ...Object.fromEntries(secrets), ...recorded });
}
