// What a field beside the conversation says of the answer: that it is good or bad, or how good it is.
import { plainName } from './key-name.ts';

type Kind = 'good' | 'bad' | 'words' | 'label' | 'grade' | 'reward' | 'votes';

const kinds: Readonly<Record<Kind, string>> = {
  /** True means that the answer is good. */
  good: 'ktotag accepted isaccepted isgood goodanswer isgoodanswer ischosen chosen ispreferred isdesirable desirable thumbsup liked isliked approved isapproved',
  /** True means that it is bad. */
  bad: 'thumbsdown isbad badanswer isbadanswer rejected isrejected disliked isdisliked undesirable isundesirable',
  /** A word says which. */
  words:
    'feedback userfeedback humanfeedback thumbs thumb vote uservote reaction verdict judgement judgment preference annotation',
  /** `label` of unpaired preference data; in other data the name of a class. */
  label: 'label',
  /** A grade on a scale that has a lower end. */
  grade:
    'rating userrating humanrating overallrating stars quality qualityscore overallscore helpfulness helpfulnessscore correctness',
  /** A number below zero is bad, and so is 0 if there are only 0 and 1. */
  reward: 'reward rewardscore preferencescore score correct iscorrect helpful ishelpful',
  /** A count: only one below zero says anything. */
  votes: 'votes upvotes netvotes likes karma',
};

const kindOf = new Map(
  (Object.keys(kinds) as Kind[]).flatMap((kind) =>
    kinds[kind].split(' ').map((name): [string, Kind] => [name, kind]),
  ),
);

const badWords = new Set(
  'thumbsdown thumbdown down 👎 dislike disliked downvote downvoted reject rejected bad undesirable unacceptable poor negative wrong incorrect unhelpful nothelpful worse'.split(
    ' ',
  ),
);
const goodWords = new Set(
  'thumbsup thumbup up 👍 like liked upvote upvoted accept accepted approved chosen good desirable acceptable excellent positive right correct helpful better'.split(
    ' ',
  ),
);
// Among classes there are "bad" and "negative" texts, too.
const labelWords = new Set(
  'thumbsdown thumbdown 👎 dislike disliked downvote downvoted rejected undesirable'.split(' '),
);

/** Whether a field of that name says how good the answer is. */
export function judgesAnswer(key: string): boolean {
  return kindOf.has(plainName(key));
}

/**
 * What a field says for certain of the row's answer: true if it is good, false if it is bad; null if it says nothing, or
 * if that depends on the other rows.
 */
export function readVerdict(key: string, value: unknown): boolean | null {
  const kind = kindOf.get(plainName(key));
  if (kind === undefined || value === null || value === undefined) return null;
  const yes = readYes(value);
  switch (kind) {
    case 'good':
      // A number of thumbs is a count.
      if (typeof yes === 'number' && plainName(key) === 'thumbsup') return null;
      return yes === null ? wordOf(value) : yes === true || yes === 1;
    case 'bad':
      if (typeof yes === 'number' && plainName(key) === 'thumbsdown') return null;
      return yes === null ? null : !(yes === true || yes === 1);
    case 'words':
      if (yes === -1 || yes === 1) return yes === 1;
      return typeof yes === 'boolean' ? yes : wordOf(value);
    case 'label':
      return typeof yes === 'boolean' ? readLabel(value, yes) : isLabelWord(value) ? false : null;
    case 'grade':
    case 'reward':
      return wordOf(value);
    default:
      return null;
  }
}

/** How a field rates the answer. */
export interface Rating {
  kind: 'label' | 'grade' | 'reward' | 'votes';
  value: number;
}

/** The number under which a field rates the answer; null if it is not such a field or has no number. */
export function readRating(key: string, value: unknown): Rating | null {
  const kind = kindOf.get(plainName(key));
  if (kind === undefined || value === null || value === undefined) return null;
  const number = readNumber(value);
  if (number === null) return null;
  if (kind === 'grade' || kind === 'reward' || kind === 'votes' || kind === 'label')
    return { kind, value: number };
  // A number of thumbs, or -1, 0 and 1.
  return kind === 'words' || (kind === 'good' && typeof readYes(value) === 'number')
    ? { kind: 'reward', value: number }
    : null;
}

// "no" and "n" are answers of other questions as well.
function readLabel(value: unknown, yes: boolean): boolean | null {
  return typeof value === 'boolean' || /^\s*(?:true|false)\s*$/i.test(String(value)) ? yes : null;
}

function isLabelWord(value: unknown): boolean {
  return typeof value === 'string' && value.length < 20 && labelWords.has(plainName(value.trim()));
}

function wordOf(value: unknown): boolean | null {
  if (typeof value !== 'string' || value.length > 20) return null;
  const word = plainName(value.trim());
  return badWords.has(word) ? false : goodWords.has(word) ? true : null;
}

// In CSV everything is text.
function readYes(value: unknown): boolean | -1 | 0 | 1 | null {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value === 0 || value === 1 || value === -1 ? value : null;
  if (typeof value !== 'string' || value.length > 8) return null;
  const word = value.trim().toLowerCase();
  if (word === 'true' || word === 't' || word === 'yes' || word === 'y') return true;
  if (word === 'false' || word === 'f' || word === 'no' || word === 'n') return false;
  const number = readNumber(word);
  return number === 0 || number === 1 || number === -1 ? number : null;
}

function readNumber(value: unknown): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value.length > 20) return null;
  const word = value.trim();
  if (/^(?:true|false)$/i.test(word)) return word.toLowerCase() === 'true' ? 1 : 0;
  return /^[-+]?\d+(?:\.\d+)?$/.test(word) ? Number(word) : null;
}

const classWord =
  /^(?:not |non-?)?(?:[01]|true|false|yes|no|positive|negative|neutral|mixed|spam|ham|toxic|safe|unsafe|hate(?:ful)?|offensive|relevant|irrelevant|entail(?:ment|s|ed)|contradict(?:ion|s)|correct|incorrect|fake|real|sarcastic|ironic|equivalent|duplicate|supported|refuted|factual|good|bad)\W*$/i;

/** Whether an answer is the name of a class, or opens with a yes or no: then `label` may be the class as a number. */
export function isClassAnswer(text: string): boolean {
  return /^(?:yes|no|true|false|correct|incorrect)[,:;]/i.test(text) || classWord.test(text);
}

/** Whether a field of that name may as well say something of the text that the answer is about. */
export function mayBeClass(key: string): boolean {
  const kind = kindOf.get(plainName(key));
  return kind === 'label' || kind === 'words';
}
