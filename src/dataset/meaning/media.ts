// What a row comes with that a text model is never shown: pictures, sound and film, in fields or as marks in a text.
import { plainName, rememberByKey } from './key-name.ts';

const thing = '(?:image|img|picture|pic|photo|photograph|screenshot|audio|sound|video|movie|frame|wav)';
const holder = '(?:path|file|filename|url|uri|bytes|base64|b64|data|list)';
const fieldName = new RegExp(
  `^(?:(?:input)?${thing}s?${holder}?s?|pixelvalues(?:videos)?|inputfeatures|imagegridthw|videogridthw|waveform|multimodaldata)$`,
);

/** Whether a field of that name holds pictures, sound or film. */
export const isMediaField = rememberByKey((key) => fieldName.test(plainName(key)));

const extension =
  /\.(?:png|jpe?g|gif|webp|bmp|tiff?|svg|heic|avif|jfif|ico|wav|mp3|flac|ogg|opus|m4a|aac|mp4|m4v|avi|mov|mkv|webm|mpe?g|npy|npz|pt|dcm|nii)(?:[?#].*)?$/i;

/**
 * Whether a field's value is a picture, sound or film, or says where one is: a path, an address, an id, bytes, a list of
 * these. A description in words is not media, nor is null, an empty text or list, or an object of nulls.
 */
export function holdsMedia(value: unknown): boolean {
  if (typeof value === 'string') return isReference(value.trim());
  // Samples and pixels.
  if (typeof value === 'number') return false;
  if (Array.isArray(value)) return value.some((each) => typeof each === 'number' || holdsMedia(each));
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((each) => typeof each !== 'boolean' && holdsMedia(each));
}

function isReference(text: string): boolean {
  if (text === '' || /^(?:null|none|nan|n\/a|\[\]|\{\})$/i.test(text)) return false;
  if (extension.test(text) || /^(?:https?|s3|gs|file|hf|ftp|data):/i.test(text)) return true;
  // A list of names as text, as CSV has it.
  if (/^\[\s*["'{[]/.test(text)) return true;
  // An id, a name of bytes, or bytes as base64: one word with a digit or a slash.
  return /^\S+$/.test(text) && /[\d/\\]/.test(text);
}

/** What a content part that is not text holds, in words; null for any other type. */
export function nameMedia(type: unknown): string | null {
  const word =
    typeof type === 'string' ? /image|audio|video|file|document/.exec(type.toLowerCase())?.[0] : undefined;
  return word === undefined
    ? null
    : word === 'audio'
      ? 'a sound'
      : word === 'image'
        ? 'an image'
        : `a ${word}`;
}

// Marks that stand for a picture and never for anything else; HTML has no text inside of <img>.
const token =
  /<\|(?:image(?:_pad|_\d+)?|IMAGE|audio(?:_pad|_\d+|_bos|_eos)?|AUDIO|video(?:_pad|_\d+)?|VIDEO|vision_start|vision_pad|vision_end|im_patch)\|>|<(?:start_of_image|end_of_image|image_soft_token|audio_soft_token|image_placeholder|im_patch|im_start_token|ImageHere|IMG_CONTEXT|speechhere)>|\[IMG\]|<(img|audio|video)>[^<\s]{1,300}<\/\1>/i;
// Marks that HTML and SVG have as elements, too.
const mark = /<(?:image|video|audio|img)s?>/gi;
const markup =
  /<\/|\/>|<[a-z]+ [a-z-]+=|\b(?:html|svg|xml|css|jsx|tsx|tag|tags|element|elements|markup|dom|react|browser|snippet)\b|标签|元素/i;
const mostMarks = 20;

/** Where a text has a mark that stands for a picture, sound or film; -1 if it has none. */
export function findMediaMark(text: string): number {
  if (text.indexOf('<') < 0 && text.indexOf('[') < 0) return -1;
  const sure = token.exec(text);
  if (sure && !isQuoted(text, sure.index, sure[0].length)) return sure.index;
  let seen = 0;
  for (const found of text.matchAll(mark)) {
    if (seen++ === mostMarks) return -1;
    // Text about markup names the element.
    if (seen === 1 && (text.includes('```') || markup.test(text))) return -1;
    if (standsAlone(text, found.index, found[0].length)) return found.index;
  }
  return -1;
}

// In quotes or backticks a mark is spoken of.
function isQuoted(text: string, at: number, length: number): boolean {
  const [before, after] = [text[at - 1] ?? '', text[at + length] ?? ''];
  return before !== '' && '`"\'“‘(「'.includes(before) && '`"\'”’)」'.includes(after || ' ');
}

// On a line of its own, before a sentence, or behind one: inside a sentence it may be a word like others.
function standsAlone(text: string, at: number, length: number): boolean {
  if (isQuoted(text, at, length)) return false;
  const marks = /(?:<(?:image|video|audio|img)s?>\s*)+/iy;
  const before = text.slice(Math.max(0, at - 40), at).replace(/(?:<(?:image|video|audio|img)s?>\s*)+$/i, '');
  marks.lastIndex = at;
  marks.test(text);
  const end = marks.lastIndex || at + length;
  const after = text.slice(end, end + 2);
  const opens = /(?:^|\n)[ \t]*$/.test(before) && at - before.length <= 40;
  const breaks = after === '' || /\n\s*$/.test(text.slice(at, end));
  if (opens && breaks) return true;
  // `<image>What is shown?` and `<image> What is shown?`, not `<image> is an element`.
  if (opens) return /^[\p{Lu}\p{Lo}\d¿¡"“(]/u.test(after);
  return after === '' && /[.?!:。？！：]\s*$/.test(before);
}
