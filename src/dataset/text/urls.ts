// Links in answers.
import { type Answer, asksForCode, looksLikeCode } from './features.ts';

// A host is ASCII here: Chinese text goes on behind a link without a space.
const url =
  /(?<![\w@])(?:https?:\/\/|www\.)([a-z0-9][a-z0-9.-]{1,98}[a-z0-9]|\[|\.\.\.)([/?#:][^\s"'<>()[\]（）【】「」《》“”，。、；：！？]*)?/i;
// The home page of an authority or a university: such names are looked up, not made up.
const institution = /\.(?:gov|edu|mil|int|ac|gob|gouv)(?:\.[a-z]{2})?$/i;
const madeUp =
  /^(?:www\.)?(?:example|sample|your-?(?:web)?site|your-?domain|your-?company|my-?website|website|domain|company|companyname|xyz|abc|test|link|url|insert|linktoarticle|linkto\w*)\d?\.|^\[|^\.\.\./i;

export interface FoundUrl {
  at: number;
  /** Its host. */
  shown: string;
  /** Of a domain that stands for another. */
  isExample: boolean;
}

/** The first link of an answer that is neither code nor in the prompt. */
export function findUrl(answer: Answer): FoundUrl | null {
  const { text, lower, promptLower } = answer;
  if (!lower.includes('http') && !lower.includes('www.')) return null;
  const found = url.exec(text);
  const host = found?.[1];
  if (!found || host === undefined || promptLower.includes(host.toLowerCase())) return null;
  if (institution.test(host) && /^\/?$/.test(found[2] ?? '')) return null;
  if (asksForCode(promptLower) || looksLikeCode(text)) return null;
  return {
    at: found.index,
    shown: host.slice(0, 60),
    isExample: madeUp.test(host),
  };
}
