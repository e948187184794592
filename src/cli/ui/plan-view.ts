// A plan on one screen; of a sweep the first plan, and a table of all.
import { joinFindings } from '../../app/plan/join-findings.ts';
import type { Plan } from '../../run/plan.ts';
import { reviewSentence } from '../../run/review-sentence.ts';
import { renderDigest, renderErrors } from './findings-digest.ts';
import { mapText, paint, visible } from './paint.ts';
import { memoryLines } from './plan-memory.ts';
import {
  adapterLines,
  baseLines,
  dataLines,
  diskLines,
  timeLines,
  tokenLines,
  trainingLines,
} from './plan-parts.ts';
import { tokenizerLines } from './plan-tokenizer.ts';
import { renderSweep } from './sweep-table.ts';
import { wrapLines } from './wrap.ts';

const indent = 12;

/** What will happen, part by part; ends in a newline. */
export function renderPlan(plan: Plan, style: { color: boolean; columns: number }): string {
  const ink = paint(style.color);
  const title = plan.sweep ? `${plan.name}  (${plan.sweep.index + 1} of ${plan.sweep.count})` : plan.name;
  const parts: [string, string[]][] = [
    ['base', baseLines(plan)],
    ['data', dataLines(plan, Math.max(style.columns - indent, 20))],
    ['tokens', tokenLines(plan, style.columns)],
    ['tokenizer', tokenizerLines(plan)],
    ['adapter', adapterLines(plan)],
    ['training', trainingLines(plan)],
    ['memory', memoryLines(plan, { ...style, ink })],
    ['time', timeLines(plan)],
    ['disk', diskLines(plan)],
    ['review', [reviewSentence(plan.review)]],
    ['plan', [plan.plan_hash.slice(0, 16)]],
  ];
  const width = Math.max(style.columns - indent, 20);
  const lines = parts.flatMap(([name, texts]) =>
    texts
      .flatMap((text) => wrapLines(mapText(text, visible), width, { hard: true }).map(trimContinued))
      .map(
        (line, i) =>
          `  ${ink.dim((i === 0 ? name : '').padEnd(indent - 3))} ${line.trimEnd().replaceAll('\u00a0', ' ')}`,
      ),
  );
  return `${ink.bold(visible(title))}\n${lines.join('\n')}\n`;
}

// A break between two spaces leaves the second one.
function trimContinued(line: string, i: number): string {
  return i > 0 ? line.trimStart() : line;
}

/** All plans of one config: the first in full, a sweep's others by what differs; then their findings. */
export function renderPlans(
  plans: readonly Plan[],
  style: { color: boolean; columns: number; isTTY: boolean },
  quiet = false,
): string {
  const [first] = plans;
  if (!first) return '';
  const findings = joinFindings(plans);
  return [
    renderPlan(first, style),
    plans.length > 1 ? renderSweep(plans, style) : '',
    quiet ? renderErrors(findings, style) : renderDigest(findings, datasetFiles(first), style),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** The dataset files of a plan, as `lorch data check` takes them. */
export function datasetFiles({ dataset }: Plan): string[] {
  return dataset.files.map(({ path }) => path);
}
