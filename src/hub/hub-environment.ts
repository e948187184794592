// What the environment says about the hub, under the variables that Hugging Face's own tools read.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export type HubEnv = Readonly<Record<string, string | undefined>>;

export interface HubEnvironment {
  /** Without a slash at the end. */
  endpoint: string;
  offline: boolean;
  /** Never to be shown or written; null if there is none. */
  token: string | null;
  /** Where `transformers` keeps downloaded models. */
  cacheDir: string;
}

/** Reads HF_ENDPOINT, HF_HUB_OFFLINE, HF_TOKEN (or the login file), HF_HUB_CACHE and HF_HOME. */
export function readHubEnvironment(env: HubEnv): HubEnvironment {
  const home = env.HOME || homedir();
  const caches = env.XDG_CACHE_HOME || join(home, '.cache');
  const hfHome = env.HF_HOME || join(caches, 'huggingface');
  return {
    endpoint: (env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, ''),
    offline: isOn(env.HF_HUB_OFFLINE) || isOn(env.TRANSFORMERS_OFFLINE),
    token:
      env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN || loginToken(env.HF_TOKEN_PATH || join(hfHome, 'token')),
    cacheDir: env.HF_HUB_CACHE || join(hfHome, 'hub'),
  };
}

function isOn(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '');
}

function loginToken(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch {
    return null;
  }
}
