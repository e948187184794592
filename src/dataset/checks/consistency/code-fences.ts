import { compareAnswers, styleThresholds } from '../../across/compare-styles.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { countOf } from '../../across/wording.ts';
import type { Check } from '../check.ts';

const codeLine =
  /(?:^|\n)\s*(?:def \w+\(|class \w+[:({ ]|import [\w.{*]+|from [\w.]+ import |#include\b|function \w*\(|(?:public|private|static) \w+|(?:const|let|var) \w+ ?=|(?:for|while|if) ?\(.*\) ?\{|SELECT\s.*\sFROM\s|<!DOCTYPE|<(?:html|head|body|div)\b|print\(|return\b.*;|console\.log\(|\}\s*(?:\n|$))/;

export const codeFences: Check = {
  code: 'D147',
  name: 'code-fences',
  severity: 'note',
  group: 'consistency',
  title: 'Nearly all answers with code fence it, a few do not; or the reverse.',
  prose:
    'In most answers code is between fences (three backticks), and in a few it is not, or the other way round. The check finds code without fences by at least two lines that begin like code.',
  hint: 'fence all code, or none',
  thresholds: styleThresholds,
  bad: [
    {
      text: sampleRows((row, i) => ({
        ...row,
        output: i === 1 ? codeOf(i) : `${row.output}\n\`\`\`python\n${codeOf(i)}\n\`\`\``,
      })),
      pointer: '/output',
    },
  ],
  good: [
    sampleRows((row, i) => ({ ...row, output: `${row.output}\n\`\`\`python\n${codeOf(i)}\n\`\`\`` })),
    sampleRows(),
  ],
  across: (thresholds) =>
    compareAnswers(
      thresholds,
      (text) => {
        if (text.includes('```')) return 'fenced';
        if (!text.includes('\n')) return null;
        const first = codeLine.exec(text);
        return first && codeLine.test(text.slice(first.index + first[0].length)) ? 'bare' : null;
      },
      ({ count, total, style }) =>
        style === 'bare'
          ? `${countOf(count, total, 'answers with code')} ${count === 1 ? 'has' : 'have'} it without fences; the others fence it.`
          : `${countOf(count, total, 'answers with code')} ${count === 1 ? 'fences' : 'fence'} it; the others do not.`,
    ),
};

function codeOf(i: number): string {
  return `import page${i}\n\ndef open_${i}(name):\n    return name`;
}
