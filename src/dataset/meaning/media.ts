// Media that a text model never sees: images, audio and video, in fields or as marks in a text.
import { plainName, rememberByKey } from './key-name.ts';

const thing = '(?:image|img|picture|pic|photo|photograph|screenshot|audio|sound|video|movie|frame|wav)';
const holder = '(?:path|file|filename|url|uri|bytes|base64|b64|data|list)';
const fieldName = new RegExp(
  `^(?:(?:input)?${thing}s?${holder}?s?|pixelvalues(?:videos)?|inputfeatures|imagegridthw|videogridthw|waveform|multimodaldata)$`,
);

/** Whether a field of that name contains images, audio or video. */
export const isMediaField = rememberByKey((key) => fieldName.test(plainName(key)));

// Names that are also used for other things: source files, links, words.
const looseName =
  /^(?:(?:media|file|attachment|asset|clip|recording|speech|voice|thumbnail|figure|chart|diagram)(?:path|file|name|url|uri)?s?|png|jpe?g|mp[34])$/;
const attachmentName = /^attachments?(?:path|file|name|url|uri)?s?$/;

/** Whether a field of that name may contain media, depending on its value. */
export const mayHoldMedia = rememberByKey((key) => looseName.test(plainName(key)));

/** Whether a row's field contains an image, audio or video. */
export function isMedia(key: string, value: unknown): boolean {
  if (isMediaField(key)) return holdsMedia(value);
  if (!mayHoldMedia(key)) return false;
  return isMediaFile(value) || (attachmentName.test(plainName(key)) && holdsMedia(value));
}

// Vector graphics and arrays may be source files, and a commit's list of files may contain one picture.
const mediaFile =
  /^(?:data:(?:image|audio|video)\/|\S{1,300}\.(?:png|jpe?g|gif|webp|bmp|tiff?|heic|avif|wav|mp3|flac|ogg|opus|m4a|aac|mp4|m4v|avi|mov|mkv|webm|mpe?g|dcm)(?:[?#]\S*)?$)/i;

function isMediaFile(value: unknown): boolean {
  if (typeof value === 'string') return mediaFile.test(value.trim());
  if (Array.isArray(value)) return value.length > 0 && value.every(isMediaFile);
  if (typeof value !== 'object' || value === null) return false;
  const { type, mime_type: mime } = value as Record<string, unknown>;
  if (/^(?:image|audio|video)\b/.test(String(mime ?? type ?? ''))) return holdsMedia(Object.values(value));
  const held = Object.values(value).filter((each) => typeof each === 'string' && each !== '');
  return held.length > 0 && held.some(isMediaFile) && !held.some((each) => /\s/.test(String(each)));
}

const extension =
  /\.(?:png|jpe?g|gif|webp|bmp|tiff?|svg|heic|avif|jfif|ico|wav|mp3|flac|ogg|opus|m4a|aac|mp4|m4v|avi|mov|mkv|webm|mpe?g|npy|npz|pt|dcm|nii)(?:[?#].*)?$/i;

/**
 * Whether a field's value is an image, audio or video, or refers to one: a path, an address, an id, bytes, or a list of
 * these. A description in words, null, an empty text or list, and an object of nulls are not media.
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

// Marks that always mean a picture; HTML has no text inside <img>.
const token =
  /<\|(?:image(?:_pad|_\d+)?|IMAGE|audio(?:_pad|_\d+|_bos|_eos)?|AUDIO|video(?:_pad|_\d+)?|VIDEO|vision_start|vision_pad|vision_end|im_patch)\|>|<(?:start_of_image|end_of_image|image_soft_token|audio_soft_token|image_placeholder|im_patch|im_start_token|ImageHere|IMG_CONTEXT|speechhere)>|\[IMG\]|<(img|audio|video)>[^<\s]{1,300}<\/\1>|\(<image>\.\/<\/image>\)|<(?:image|video|audio)[_-]?\d{1,3}>/i;
// Marks that HTML and SVG have as elements, too.
const mark = /<(?:image|video|audio|img)s?>/gi;
const markup =
  /<\/|\/>|<[a-z]+ [a-z-]+=|\b(?:html|svg|xml|css|jsx|tsx|tag|tags|element|elements|markup|dom|react|browser|snippet)\b|标签|元素/i;
const mostMarks = 20;

/** Offset of a mark for an image, audio or video in a text; -1 if there is none. */
export function findMediaMark(text: string): number {
  const holder = findHolder(text);
  if (holder >= 0) return holder;
  if (text.indexOf('<') < 0 && text.indexOf('[') < 0) return -1;
  const sure = token.exec(text);
  if (sure && !isQuoted(text, sure.index, sure[0].length)) return sure.index;
  let seen = 0;
  for (const found of text.matchAll(mark)) {
    if (seen++ === mostMarks) return -1;
    // Text about markup mentions the element.
    if (seen === 1 && (text.includes('```') || markup.test(text))) return -1;
    if (standsAlone(text, found.index, found[0].length)) return found.index;
  }
  return -1;
}

// In a copied page such a mark means one of its pictures; at the start or end of the prompt it means the picture that the prompt is about.
const holders = {
  opening:
    /^(?:\[(?:image|picture|photo|audio|video)s?(?:[ _]?\d{1,2})?\]|\{\{ ?(?:image|picture|photo|audio|video)s? ?\}\})\s*/i,
  ending:
    /(?:^|[\n.?!:。？！：]\s*)(\[(?:image|picture|photo|audio|video)s?(?:[ _]?\d{1,2})?\]|\{\{ ?(?:image|picture|photo|audio|video)s? ?\}\})$/i,
};

function findHolder(text: string): number {
  const [first, last] = [text[0], text[text.length - 1]];
  if (first !== '[' && first !== '{' && last !== ']' && last !== '}') return -1;
  if (markup.test(text.slice(0, 2000)) || /template|placeholder|variable/i.test(text.slice(0, 2000)))
    return -1;
  const opens = holders.opening.exec(text)?.[0] ?? '';
  const next = text.slice(opens.length, opens.length + 2);
  if (opens !== '' && (opens.includes('\n') || next === '' || /^[\p{Lu}\p{Lo}¿¡]/u.test(next))) return 0;
  const tail = Math.max(0, text.length - 40);
  const found = holders.ending.exec(text.slice(tail));
  return found ? text.length - (found[1]?.length ?? 0) : -1;
}

// In quotes or backticks a mark is only mentioned.
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
