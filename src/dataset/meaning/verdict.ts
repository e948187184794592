// Reads fields that grade the answer: as good or bad, or on a scale.
import { plainName } from './key-name.ts';

type Kind = 'good' | 'bad' | 'words' | 'label' | 'grade' | 'reward' | 'votes';

const kinds: Readonly<Record<Kind, string>> = {
  /** True means that the answer is good. */
  good: 'ktotag ktolabel accepted isaccepted good isgood goodanswer isgoodanswer goodresponse isgoodresponse ischosen chosen ispreferred isdesirable desirable thumbsup liked isliked approved isapproved',
  /** True means that it is bad. */
  bad: 'thumbsdown bad isbad badanswer isbadanswer badresponse isbadresponse rejected isrejected disliked isdisliked undesirable isundesirable',
  /** A word says which. */
  words:
    'feedback userfeedback humanfeedback feedbacktype thumbs thumb vote uservote reaction verdict judgement judgment preference preferencelabel annotation qualitylabel',
  /** `label` of unpaired preference data; in other data the name of a class. */
  label: 'label',
  /** A grade on a scale that has a lower end. */
  grade:
    'rating userrating humanrating overallrating answerrating responserating outputrating stars quality answerquality responsequality outputquality qualityscore qualityrating overallscore overallquality helpfulness helpfulnessscore correctness satisfaction usersatisfaction',
  /** A number below zero is bad, and so is 0 if there are only 0 and 1. */
  reward:
    'reward rewardscore rewardmodelscore preferencescore score answerscore responsescore humanscore judgescore correct iscorrect helpful ishelpful',
  /** A count: only one below zero says anything. */
  votes: 'votes upvotes netvotes likes karma',
};

const kindOf = new Map(
  (Object.keys(kinds) as Kind[]).flatMap((kind) =>
    kinds[kind].split(' ').map((name): [string, Kind] => [name, kind]),
  ),
);

const wordSet = (words: string): ReadonlySet<string> => new Set(words.split(' '));
const badWords = wordSet(
  'thumbsdown thumbdown down 👎 dislike disliked downvote downvoted reject rejected bad verybad badanswer badresponse undesirable unacceptable poor verypoor terrible awful worst low verylow lowquality negative wrong incorrect unhelpful nothelpful notgood worse fail failed dissatisfied unsatisfied unsatisfactory 踩 差 差评 不好',
);
const goodWords = wordSet(
  'thumbsup thumbup up 👍 like liked upvote upvoted accept accepted approved chosen good verygood goodanswer goodresponse desirable acceptable excellent perfect great best high veryhigh highquality positive right correct helpful better pass passed satisfied 赞 好 好评',
);
const middleWords = wordSet('medium mid middle moderate average fair ok okay neutral mediocre mixed 中 一般');
// Among classes there are "bad" and "negative" texts, too.
const labelWords = wordSet(
  'thumbsdown thumbdown 👎 dislike disliked downvote downvoted rejected undesirable badanswer badresponse lowquality unhelpful nothelpful dispreferred',
);
// As labels these are unclear, but they grade the answers if a column has no other words.
const pairedLabels = wordSet(
  'good bad verygood verybad high low medium poor excellent accept reject accepted',
);
// A "low" rating or score may be a risk level.
const unsureKinds: ReadonlySet<Kind> = new Set(['reward', 'words']);
const unsureNames = wordSet('rating stars');
const unsureWords = wordSet('low verylow');

/** Whether a field of that name grades the answer. */
export function judgesAnswer(key: string): boolean {
  return kindOf.has(plainName(key));
}

/**
 * A certain verdict of a field on the row's answer: true for good, false for bad; null if there is none, or
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
      return isUnsure(kind, key, value) ? null : wordOf(value);
    default:
      return null;
  }
}

function isUnsure(kind: Kind, key: string, value: unknown): boolean {
  return (
    (unsureKinds.has(kind) || unsureNames.has(plainName(key))) &&
    typeof value === 'string' &&
    unsureWords.has(plainName(value.trim()))
  );
}

/**
 * The grade of the answer in a word, which counts only if the words of the other rows show that they are grades: 0 is bad, 2 is good;
 * -1 for a word that is not a grade; null if the field is not a grade field or has no word.
 */
export function readGradeWord(key: string, value: unknown): -1 | 0 | 1 | 2 | null {
  const kind = kindOf.get(plainName(key));
  if (kind !== 'label' && kind !== 'grade' && kind !== 'reward') return null;
  if (typeof value !== 'string' || value.trim() === '' || readNumber(value) !== null) return null;
  const word = value.length > 20 ? '' : plainName(value.trim());
  if (kind === 'label' && !pairedLabels.has(word)) return -1;
  return badWords.has(word) ? 0 : goodWords.has(word) ? 2 : middleWords.has(word) ? 1 : -1;
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
  const yes = kind === 'reward' ? readYes(value) : null;
  const number = typeof yes === 'boolean' ? Number(yes) : readNumber(value);
  if (number === null) return null;
  if (kind === 'grade' || kind === 'reward' || kind === 'votes' || kind === 'label')
    return { kind, value: number };
  // A number of thumbs, or -1, 0 and 1.
  return kind === 'words' || (kind === 'good' && typeof readYes(value) === 'number')
    ? { kind: 'reward', value: number }
    : null;
}

// "no" and "n" also answer other questions.
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
  // "2/5", "2 out of 5", "2 stars".
  const rated = /^[-+]?\d+(?:\.\d+)?(?=$|\s?(?:\/|out of)\s?(?:5|10)$|\s?stars?$)/i.exec(word);
  return rated ? Number(rated[0]) : null;
}

const classWord =
  /^(?:not |non-?)?(?:[01]|true|false|yes|no|positive|negative|neutral|mixed|spam|ham|toxic|safe|unsafe|hate(?:ful)?|offensive|relevant|irrelevant|entail(?:ment|s|ed)|contradict(?:ion|s)|correct|incorrect|fake|real|sarcastic|ironic|equivalent|duplicate|supported|refuted|factual|good|bad)\W*$/i;

/** Whether an answer is the name of a class, or opens with a yes or no: then `label` may be the class as a number. */
export function isClassAnswer(text: string): boolean {
  return /^(?:yes|no|true|false|correct|incorrect)[,:;]/i.test(text) || classWord.test(text);
}

/** Whether a field of that name may also describe the text that the answer is about. */
export function mayBeClass(key: string): boolean {
  const kind = kindOf.get(plainName(key));
  return kind === 'label' || kind === 'words';
}
