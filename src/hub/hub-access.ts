// How requests to the hub are made, and what their failures mean.
import { HubApiError, InvalidApiResponseFormatError } from '@huggingface/hub';
import { UserError } from '../diagnostics/user-error.ts';
import type { HubEnvironment } from './hub-environment.ts';
import { askedWait, askPatiently, type Patience } from './retry.ts';

/** Until an answer begins; how long its body takes is another matter. */
const answerTimeoutMs = 30_000;

export interface HubAccess {
  /** What the client's functions take. */
  options: { hubUrl: string; fetch: typeof fetch };
  /** Details of the hub's last refusal; nulls if it gave none. */
  refusal(): Refusal;
  /** Forgets it: before each request whose refusal matters. */
  forget(): void;
}

export interface Refusal {
  /** The hub's own name for it, such as `GatedRepo`. */
  reason: string | null;
  message: string | null;
  /** Milliseconds after which it wants to be asked again. */
  waitMs: number | null;
}

const nothing: Refusal = { reason: null, message: null, waitMs: null };

/** Access to one endpoint with the user's token; an endpoint that is busy or ill is asked a few times. */
export function createHubAccess(hub: HubEnvironment, patience: Patience = {}): HubAccess {
  const { signal } = patience;
  // The token becomes a header; never show it, not even in an error.
  if (hub.token !== null && !/^[\x21-\x7e]{1,4096}$/.test(hub.token))
    throw new UserError('E042', 'your hub token has characters that a token cannot have', {
      hint: 'look at HF_TOKEN, or run `hf auth login` again: a blank or a line break may have been copied with it',
      exitCode: 3,
    });
  let refusal = nothing;
  const askOnce = async (input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
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
    // Xet answers with a recipe whose smallest pieces are far larger than a header: the plain file has ranges to the byte.
    if (headers.get('Accept')?.includes('xet-fileinfo')) headers.set('Accept', '*/*');
    try {
      const response = await fetch(input, { ...init, headers, signal: AbortSignal.any(limits) });
      // The hub names its reason in headers, which the client's error leaves out.
      if (!response.ok) {
        const { headers: said } = response;
        refusal = {
          reason: said.get('X-Error-Code'),
          message: said.get('X-Error-Message'),
          waitMs: askedWait(response),
        };
      }
      return response;
    } finally {
      clearTimeout(timer);
    }
  };
  const ask: typeof fetch = (input, init) => askPatiently(() => askOnce(input, init), patience);
  return {
    options: { hubUrl: hub.endpoint, fetch: ask },
    refusal: () => refusal,
    forget() {
      refusal = nothing;
    },
  };
}

function urlOf(input: Parameters<typeof fetch>[0]): string {
  return typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
}

/** E042 if the hub refuses the token itself; null if it does not. */
export function tokenRefused(error: HubApiError, refusal: Refusal, hub: HubEnvironment): UserError | null {
  if (error.statusCode !== 401 || !hub.token || !/credentials/i.test(refusal.message ?? '')) return null;
  return new UserError('E042', `${hub.endpoint} does not accept your token`, {
    hint: 'it may have expired: make a new one in your account, then set HF_TOKEN or run `hf auth login`',
    exitCode: 3,
    cause: error,
  });
}

/** E040 for what is the network's or the server's doing; null if it is not. */
export function unreachable(
  error: unknown,
  subject: string,
  hub: HubEnvironment,
  instead: string,
  waitMs: number | null = null,
): UserError | null {
  if (error instanceof HubApiError) {
    const { statusCode } = error;
    const when = waitMs === null ? 'a little' : `${Math.ceil(waitMs / 1000)} seconds`;
    const busy = `too many requests: wait ${when}${hub.token ? '' : ', or set HF_TOKEN'}`;
    return new UserError('E040', `${hub.endpoint} answered ${statusCode} for ${subject}`, {
      hint: statusCode === 429 ? busy : 'try again later',
      exitCode: 3,
      cause: error,
    });
  }
  if (error instanceof InvalidApiResponseFormatError || error instanceof SyntaxError)
    return new UserError(
      'E040',
      `${hub.endpoint} gave an answer for ${subject} that lorch cannot read: ${error.message}`,
      {
        hint: 'check HF_ENDPOINT; a proxy or a login page may answer in place of the hub',
        exitCode: 3,
        cause: error,
      },
    );
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
