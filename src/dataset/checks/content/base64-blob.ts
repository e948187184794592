import { featuresOf, spotIn } from '../../text/features.ts';
import { unitAt } from '../../text/unit-at.ts';
import type { Check } from '../check.ts';

const least = 200;

export const base64Blob: Check = {
  code: 'D257',
  name: 'base64-blob',
  severity: 'warning',
  group: 'content',
  title: 'The text holds binary data as base64.',
  prose:
    'The text has 200 or more characters of base64 in one piece: a picture or a file was pasted into the text. A language model learns nothing from it, and it fills the context with thousands of tokens. The check skips rows whose prompt is about base64, keys or certificates.',
  hint: 'remove the data, or drop the row',
  bad: [
    {
      text: `{"instruction":"Show the logo.","input":"","output":"data:image/png;base64,${'iVBORw0KGgoAAAANSUhEUgAAAAUA'.repeat(1)}${'8Qx3vZk1JmT7bNcR5yWd2GhL6pEs'.repeat(8)}"}`,
      pointer: '/output',
    },
  ],
  good: [
    `{"instruction":"Encode this as base64.","input":"","output":"${'8Qx3vZk1JmT7bNcR5yWd2GhL6pEs'.repeat(8)}"}`,
  ],
  run(example, report) {
    const { pieces } = featuresOf(example);
    for (const piece of pieces) {
      if (piece.text.length < least) continue;
      const at = findBlob(piece.text);
      if (at < 0) continue;
      const about = /base64|certificate|private key|public key|encod|decod|hash|protein|sequence/i;
      if (pieces.some(({ role, text }) => role === 'user' && about.test(text.slice(0, 2000)))) return;
      report(spotIn(piece, at), 'The text holds binary data as base64.');
      return;
    }
  },
};

// Looks at every 200th unit and around it, so that only long runs are read completely.
function findBlob(text: string): number {
  for (let at = least - 1; at < text.length; at += least) {
    if (!isBase64(unitAt(text, at))) continue;
    let from = at;
    while (from > 0 && isBase64(unitAt(text, from - 1))) from -= 1;
    let to = at + 1;
    while (to < text.length && isBase64(unitAt(text, to))) to += 1;
    if (to - from >= least && isMixed(text.slice(from, Math.min(to, from + 1000)))) return from;
    at = to;
  }
  return -1;
}

function isBase64(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 47 && code <= 57) ||
    code === 43 ||
    code === 61
  );
}

// Paths, joined words and hexadecimal digits consist of the same characters.
function isMixed(run: string): boolean {
  return (
    /[a-z]/.test(run) &&
    /[A-Z]/.test(run) &&
    /\d/.test(run) &&
    new Set(run).size >= 24 &&
    !/[a-z]{16}/.test(run)
  );
}
