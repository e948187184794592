import { textOf } from '../../content.ts';
import type { Example } from '../../example.ts';
import { findMediaMark, isMedia } from '../../meaning/media.ts';
import type { Check, Spot } from '../check.ts';

export const unsupportedPart: Check = {
  code: 'D040',
  name: 'unsupported-part',
  severity: 'error',
  title: 'The row comes with a picture, a sound, a film or a file.',
  prose:
    'Images, audio and files need a model and a trainer that see them. Training on the text alone would teach answers about things the model was never shown. They may be a part of a content (`image_url`), a field of the row (`image`, `images`, `audio`, `video` and the like, as a path, an address, bytes or a list of these; `media`, `file`, `files`, `attachments` and the like if they name pictures, sounds or films), or a mark in the prompt (`<image>`, `<|image_pad|>`; `[IMAGE]` or `{{image}}` if it opens or ends the prompt). lorch does not report a field that is null or empty, a field that describes a picture in words, or a text about the HTML or SVG element.',
  hint: 'drop these rows with dataset.on_error: drop, or describe the part in text; if a field is not needed to answer, remove it, or switch the check off: D040: off',
  bad: [
    {
      text: '{"messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"cat.png"}}]},{"role":"assistant","content":"A cat."}]}',
      pointer: '/messages/0/content/1',
    },
    {
      text: '{"instruction":"What is heard?","output":"A bell rings twice.","audio":"a.wav"}',
      pointer: '/audio',
    },
    {
      text: '{"conversations":[{"from":"human","value":"<image>\\nWhat colour is the car?"},{"from":"gpt","value":"It is red."}]}',
      pointer: '/conversations/0/value',
    },
    {
      text: '{"messages":[{"role":"user","content":"<image>What is shown?"},{"role":"assistant","content":"A red logo."}],"images":["a.png"]}',
      pointer: '/images',
    },
    {
      text: '{"instruction":"What is shown?","output":"A red logo.","files":["scans/logo.png"]}',
      pointer: '/files',
    },
    {
      text: '{"instruction":"[IMAGE]\\nWhat is shown?","output":"A red logo."}',
      pointer: '/instruction',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":[{"type":"text","text":"What is a cat?"}]},{"role":"assistant","content":"An animal."}]}',
    '{"instruction":"Name a colour.","output":"Blue.","image":null,"images":[],"audio":""}',
    '{"instruction":"What does the <image> element of SVG do?","output":"It shows a picture inside the drawing."}',
    '{"instruction":"Shorten the article.\\nThe fair opens.\\n[Image]\\nIt ends on Sunday.","output":"The fair lasts until Sunday."}',
    '{"instruction":"Which tag plays a film?\\n<video>\\nor another one?","output":"It is <video>."}',
  ],
  run(example, report) {
    const field = mediaFieldOf(example);
    if (field !== null) {
      report({ message: -1, meta: field }, sayMedia(field));
      return;
    }
    const found = markOf(example);
    if (found)
      report(found.spot, `${JSON.stringify(found.mark)} stands for something that a text model cannot see.`);
  },
};

/** The finding for a row with media in this field. */
export function sayMedia(field: string): string {
  return `The row comes with media under ${JSON.stringify(field)}, which a text model cannot see.`;
}

/** The field of an example that contains an image, audio or video; null if there is none. */
export function mediaFieldOf({ meta }: Pick<Example, 'meta'>): string | null {
  for (const key in meta) if (isMedia(key, meta[key])) return key;
  return null;
}

function markOf({ messages }: Example): { spot: Spot; mark: string } | null {
  for (let i = 0; i < messages.length; i += 1) {
    const { role, content } = messages[i] as Example['messages'][number];
    if (role === 'assistant' || role === 'document') continue;
    const text = textOf(content);
    const inside = text === null ? -1 : findMediaMark(text);
    if (inside < 0) continue;
    const mark =
      /^(?:<[^>\s]{1,40}>|\[\w{1,12}(?: \d+)?\]|\{\{[^}]{1,12}\}\})/.exec(text?.slice(inside) ?? '')?.[0] ??
      '<image>';
    return { spot: { message: i, field: 'content', inside }, mark };
  }
  return null;
}
