import { has } from '../../text/char-flags.ts';
import { answersOf, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

const asksForJson =
  /\b(?:as|in|into|to|return|output|produce|generate|valid|give|write|create|provide|respond with)\b[^.?!\n]{0,40}\bjson\b/;
const asksForMore =
  /javascript|typescript|python|json ?5|jsonc|explain|why|schema|fix|invalid|incorrect|broken|error/;
const fence = /```(?:json)?[ \t]*\n([\s\S]*?)\n?```/;

export const brokenJsonAnswer: Check = {
  code: 'D251',
  name: 'broken-json-answer',
  severity: 'warning',
  group: 'content',
  title: 'The prompt asks for JSON, and the answer does not parse.',
  prose:
    'The answer opens as JSON (or is a fenced block of it) but is not valid: a bracket is missing, quotes are single, or a comma is left over. A model that learned such answers breaks the program that reads them. JSON lines are read line by line. The check skips answers with an ellipsis.',
  hint: 'fix the JSON of the answer',
  bad: [
    {
      text: '{"instruction":"Extract name and age as JSON: Ann is 31.","input":"","output":"{\\"name\\": \\"Ann\\", \\"age\\": 31"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Return the colours in JSON.","input":"red, blue","output":"{\'colours\': [\'red\', \'blue\']}"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Extract name and age as JSON: Ann is 31.","input":"","output":"{\\"name\\": \\"Ann\\", \\"age\\": 31}"}',
    '{"instruction":"Return two rows as JSON lines.","input":"","output":"{\\"a\\": 1}\\n{\\"a\\": 2}"}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { text, promptLower } = answer;
      if ((answer.flags & (has.brace | has.bracket)) === 0 || !promptLower.includes('json')) continue;
      if (!asksForJson.test(promptLower) || asksForMore.test(promptLower)) continue;
      const inside = fence.exec(text)?.[1]?.trim() ?? text;
      if (!/^[{[]\s*["'{[\]}\d\w-]/.test(inside) || /\.\.\.|…/.test(inside) || parses(inside)) continue;
      report(spotOf(answer), 'The prompt asks for JSON, and the answer is not valid JSON.');
    }
  },
};

function parses(text: string): boolean {
  const one = (part: string): boolean => {
    try {
      JSON.parse(part);
      return true;
    } catch {
      return false;
    }
  };
  if (one(text)) return true;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 1 && lines.every(one);
}
