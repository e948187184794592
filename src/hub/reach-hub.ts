// Whether the hub answers at all, asked once and briefly.
import { systemReason } from '../diagnostics/system-error.ts';
import type { HubEnvironment } from './hub-environment.ts';

const patienceMs = 5_000;

/** Null if the endpoint gives any answer, otherwise the reason. Sends no token. */
export async function reachHub(
  { endpoint }: Pick<HubEnvironment, 'endpoint'>,
  signal?: AbortSignal,
): Promise<string | null> {
  const limits = [AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])];
  try {
    const response = await fetch(`${endpoint}/api/models?limit=1`, { signal: AbortSignal.any(limits) });
    await response.body?.cancel();
    return null;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError')
      return `no answer in ${patienceMs / 1000} seconds`;
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return systemReason(cause);
  }
}
