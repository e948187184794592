// The memory part of a plan's screen: total, bar, verdict, and what would make it fit.
import { groundOf } from '../../model/calibration.ts';
import type { Plan, PlannedMemory } from '../../run/plan.ts';
import { formatBytes, formatCount, formatNumber } from './format.ts';
import { renderMemoryBar } from './memory-bar.ts';
import type { Ink } from './paint.ts';

type Verdict = NonNullable<PlannedMemory['verdict']>;

export const verdicts: Record<Verdict, string> = {
  fits: 'fits',
  tight: 'tight',
  does_not_fit: 'does not fit',
};

/** Green if it fits, yellow if the band crosses the limit, red if it does not fit. */
export function verdictInk(verdict: Verdict, ink: Ink): (text: string) => string {
  return { fits: ink.green, tight: ink.yellow, does_not_fit: ink.red }[verdict];
}

/** Lines of the part; empty if the plan has no memory forecast. */
export function memoryLines(plan: Plan, style: { columns: number; color: boolean; ink: Ink }): string[] {
  const { memory } = plan.forecast;
  if (!memory) return [];
  const { ink } = style;
  const { low_bytes: low, high_bytes: high, calibrated, gpu, verdict } = memory;
  const band = low && high ? `(${formatBytes(low)} to ${formatBytes(high)})` : '± 20 %';
  const against =
    gpu && verdict
      ? `: ${verdictInk(verdict, ink)(verdicts[verdict])} on ${gpu.name} with ${formatBytes(gpu.bytes)}`
      : '';
  const { bar, legend } = renderMemoryBar(memory, style);
  return [
    `about ${ink.bold(formatBytes(memory.total_bytes))} ${band}${against}`,
    bar,
    legend.join('  '),
    ...(calibrated
      ? [`the formula × ${formatNumber(calibrated.factor)}, from ${groundOf(calibrated)} here`]
      : []),
    ...(verdict ? [largestBatch(memory)] : []),
    ...changeLines(memory, ink),
  ];
}

function largestBatch({ largest_batch: rows = 0 }: PlannedMemory): string {
  if (rows === 0) return 'not even one row fits';
  return `the largest batch that fits: ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`;
}

function changeLines({ changes = [] }: PlannedMemory, ink: Ink): string[] {
  return changes.map(({ change, cost, total_bytes, verdict }) => {
    // Several changes at once follow the same ones alone.
    const together = change.split('; ').length;
    const what =
      together === 1 ? change : together === changes.length - 1 ? 'all of these' : `the first ${together}`;
    const price = together === 1 ? ` (cost: ${cost})` : '';
    return `${ink.dim('→')} ${what}: ${formatBytes(total_bytes)}, ${verdictInk(verdict, ink)(verdicts[verdict])}${price}`;
  });
}
