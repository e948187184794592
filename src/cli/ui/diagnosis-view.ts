// What `lorch doctor` and `lorch host doctor` found, part by part.
import type { Diagnosis } from '../../app/machine/diagnosis.ts';
import type { OutputStream } from '../context.ts';
import { paint, visible } from './paint.ts';
import { wrapLines } from './wrap.ts';

const titles: Record<Diagnosis['part'], string> = {
  lorch: 'lorch',
  host: 'Host',
  workspace: 'Workspace',
  python: "The trainer's Python",
  gpu: 'GPU',
  hub: 'Model hub',
};

/** Values in one column; on a terminal, long ones wrap there. */
export function renderDiagnoses(diagnoses: readonly Diagnosis[], out: OutputStream): string {
  const ink = paint(out.color);
  const columns = out.isTTY ? out.columns : null;
  const marks = {
    good: ink.green('✓'),
    warning: ink.yellow('!'),
    broken: ink.red('✗'),
    absent: ink.dim('–'),
  };
  const width = Math.max(...diagnoses.map(({ name }) => name.length));
  const room = columns === null ? null : Math.max(columns - width - 6, 20);
  const value = (words: string) =>
    (room === null ? [words] : wrapLines(words, room)).join(`\n${' '.repeat(width + 6)}`);
  let text = '';
  let part = '';
  for (const each of diagnoses) {
    if (each.part !== part) text += `${text ? '\n' : ''}${ink.bold(titles[each.part])}\n`;
    part = each.part;
    text += `  ${marks[each.state]} ${each.name.padEnd(width)}  ${value(visible(each.value))}\n`;
    if (each.fix) text += `    ${' '.repeat(width)}  ${value(`${ink.cyan('fix:')} ${visible(each.fix)}`)}\n`;
  }
  return text;
}
