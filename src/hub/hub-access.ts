// How every request to the hub is made, and what it means when none is answered.
import { HubApiError } from '@huggingface/hub';
import { UserError } from '../diagnostics/user-error.ts';
import type { HubEnvironment } from './hub-environment.ts';

/** Until an answer begins; how long its body takes is another matter. */
const answerTimeoutMs = 30_000;

export interface HubAccess {
  /** What the client's functions take. */
  options: { hubUrl: string; fetch: typeof fetch };
  /** The reason that the hub named for its last refusal, such as `GatedRepo`; null where it named none. */
  reason(): string | null;
  /** Forgets it: before each request whose refusal matters. */
  forget(): void;
}

/** Access to one endpoint with the user's token. */
export function createHubAccess(hub: HubEnvironment, signal?: AbortSignal): HubAccess {
  let reason: string | null = null;
  const ask = async (input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new DOMException(`no answer in ${answerTimeoutMs / 1000} seconds`, 'TimeoutError')),
      answerTimeoutMs,
    );
    const limits = [late.signal, signal, init?.signal].filter((each) => each != null);
    const headers = new Headers(init?.headers);
    // For the hub alone, never for where it redirects to; mirrors have tokens of other forms than the client takes.
    if (hub.token && new URL(urlOf(input)).origin === new URL(hub.endpoint).origin) {
      headers.set('Authorization', `Bearer ${hub.token}`);
    }
    try {
      const response = await fetch(input, { ...init, headers, signal: AbortSignal.any(limits) });
      // The hub names its reason in a header, which the client's error leaves out.
      if (!response.ok) reason = response.headers.get('X-Error-Code');
      return response;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    options: { hubUrl: hub.endpoint, fetch: ask as typeof fetch },
    reason: () => reason,
    forget() {
      reason = null;
    },
  };
}

function urlOf(input: Parameters<typeof fetch>[0]): string {
  return typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
}

/** E040 for what is the network's or the server's doing; null where it is not. */
export function unreachable(
  error: unknown,
  subject: string,
  hub: HubEnvironment,
  instead: string,
): UserError | null {
  if (error instanceof HubApiError) {
    const { statusCode } = error;
    return new UserError('E040', `${hub.endpoint} answered ${statusCode} for ${subject}`, {
      hint: statusCode === 429 ? 'too many requests: wait a little, or set HF_TOKEN' : 'try again later',
      exitCode: 3,
      cause: error,
    });
  }
  if (error instanceof TypeError || (error instanceof Error && /TimeoutError|AbortError/.test(error.name))) {
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    return new UserError('E040', `cannot reach ${hub.endpoint} for ${subject}: ${cause}`, {
      hint: `check the network or HF_ENDPOINT; ${instead}`,
      exitCode: 3,
      cause: error,
    });
  }
  return null;
}
