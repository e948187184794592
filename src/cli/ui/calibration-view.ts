// A calibration: forecast against measurement for each size, and what plans make of it.
import type { CalibratedModel, CalibratedRung } from '../../app/model/calibrate-model.ts';
import { groundOf } from '../../model/calibration.ts';
import type { OutputStream } from '../context.ts';
import { formatBytes, formatCount, formatDuration, formatNumber } from './format.ts';
import { paint, visible } from './paint.ts';
import { renderTable } from './table.ts';

const columns = [
  { title: 'batch × tokens' },
  { title: 'memory forecast', align: 'right' as const },
  { title: 'measured', align: 'right' as const },
  { title: 'off by', align: 'right' as const },
  { title: 'tokens/s forecast', align: 'right' as const },
  { title: 'measured', align: 'right' as const },
  { title: 'off by', align: 'right' as const },
  { title: 'step', align: 'right' as const },
];

/** Ends in a newline. */
export function renderCalibration(calibrated: CalibratedModel, style: OutputStream): string {
  const { base, modelType, device, rungs, memory, speed, file, sweepPoints } = calibrated;
  const ink = paint(style.color);
  const on = device === null ? '' : ` on ${device === 'cpu' ? 'the CPU' : device}`;
  const left = rungs.flatMap((rung) => (rung.reason === null ? [] : [`${sizeOf(rung)}: ${rung.reason}`]));
  const plans = [
    memory &&
      `memory × ${formatNumber(memory.factor)} (${formatNumber(memory.low)} to ${formatNumber(memory.high)}), from ${groundOf(memory)}`,
    speed?.source === 'workspace' &&
      `${formatNumber(speed.typical)} tokens/s (${formatNumber(speed.slow)} to ${formatNumber(speed.fast)}) at the largest size, from ${speed.basis}`,
  ].filter((line) => typeof line === 'string');
  return [
    `${ink.bold(visible(base))} · ${visible(modelType)}${on}\n`,
    renderTable(columns, rungs.map(cells), style),
    ...(sweepPoints > 1 ? [`  ${ink.dim(`the first of ${sweepPoints} points of the sweep`)}\n`] : []),
    ...left.map((line) => `  ${ink.dim(visible(line))}\n`),
    ...(plans.length > 0 ? [`\nPlans of ${visible(modelType)} models${on}:\n`] : []),
    ...plans.map((line) => `  ${visible(line)}\n`),
    ...(device === null ? ['\nNothing was measured.\n'] : [`  ${ink.dim(`kept in ${visible(file)}`)}\n`]),
  ].join('');
}

function sizeOf({ batch, sequenceTokens }: CalibratedRung): string {
  return `${formatCount(batch)} × ${formatCount(sequenceTokens)}`;
}

function cells(rung: CalibratedRung): string[] {
  const { forecast, measured, outcome } = rung;
  const missing = outcome === 'out_of_memory' ? 'out of memory' : '–';
  const { memory_bytes: bytes, tokens_per_second: speed } = forecast;
  return [
    sizeOf(rung),
    bytes === null ? '–' : formatBytes(bytes),
    measured ? formatBytes(measured.peak_bytes) : missing,
    measured && bytes ? offBy(measured.peak_bytes / bytes) : '–',
    speed === null ? '–' : formatCount(Math.round(speed)),
    measured ? formatCount(Math.round(measured.tokens_per_second)) : '–',
    measured && speed ? offBy(measured.tokens_per_second / speed) : '–',
    measured ? formatDuration(measured.step_ms) : '–',
  ];
}

function offBy(ratio: number): string {
  const percent = 100 * (ratio - 1);
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}
