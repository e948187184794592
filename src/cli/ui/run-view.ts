// A run as it happens: one live line on a terminal, plain lines now and then elsewhere, all on stderr.
import { createLogUpdate } from 'log-update';
import { earlyStopOf, earlyStopSentence } from '../../run/early-stop.ts';
import type { RunEvent, RunEventOf } from '../../run/events.ts';
import type { Context } from '../context.ts';
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from './format.ts';
import { type Ink, paint, visible } from './paint.ts';
import { asWritable, bar, fitLine } from './progress.ts';

export interface RunView {
  event(event: RunEvent): void;
  line(text: string): void;
  end(): void;
}

const plainEveryMs = 10_000;

/** Shows one run's events; `label` opens each live line. */
export function createRunView(context: Context, label: string): RunView {
  const { stderr } = context;
  const ink = paint(stderr.color);
  const live = stderr.isTTY ? createLogUpdate(asWritable(context)) : null;
  const started = context.now();
  let phase: string | null = 'loading the libraries';
  let current: string[] = [];
  let firstStep: { step: number; at: number } | null = null;
  let plainAt = 0;
  const draw = (): void => {
    if (!live) return;
    const waiting = `${label} starting: ${phase} · ${formatDuration(context.now() - started)}`;
    const lines = phase === null ? current : [waiting, `starting: ${phase}`];
    if (lines.length > 0) live(fitLine(lines, stderr.columns));
  };
  // Until the first step there are seconds, on a big base minutes, without an event.
  const timer = setInterval(() => phase !== null && draw(), 1000);
  timer.unref();
  const enter = (next: string | null): void => {
    if (!live && next !== null && next !== phase) stderr.write(`  ${next}\n`);
    phase = next;
    draw();
  };

  const line = (text: string): void => {
    live?.clear();
    stderr.write(`${text}\n`);
    draw();
  };
  if (!live) stderr.write(`${label} starting: ${phase}\n`);

  return {
    line,
    event(event) {
      if (event.type === 'step') {
        firstStep ??= { step: event.step, at: event.t };
        phase = null;
        current = stepLines(event, firstStep, label, stderr.color);
        draw();
        if (live) return;
        if (event.step === 1 || event.step === event.max_steps || event.t - plainAt >= plainEveryMs) {
          plainAt = event.t;
          stderr.write(`${current[0]}\n`);
        }
        return;
      }
      if (event.type === 'hello') {
        // What comes next is timed from its own first step.
        firstStep = null;
        enter('loading the base model');
      }
      if (event.type === 'model') enter('the first step');
      if (event.type === 'end') {
        phase = null;
        current = [];
      }
      for (const text of describe(event, ink)) line(text);
    },
    end() {
      clearInterval(timer);
      live?.clear();
    },
  };
}

/** One step, from the fullest line to the shortest; the time left is the last to go. */
function stepLines(
  event: RunEventOf<'step'>,
  first: { step: number; at: number },
  label: string,
  color: boolean,
): string[] {
  const done = event.step - first.step;
  const left = done > 0 ? ((event.t - first.at) / done) * (event.max_steps - event.step) : null;
  const { loss, tokens_per_second: rate } = event.metrics;
  const steps = `step ${event.step}/${event.max_steps}`;
  const lossPart = loss === undefined ? null : `loss ${formatNumber(loss)}`;
  const ratePart = rate === undefined ? null : `${formatCount(Math.round(rate))} tok/s`;
  const leftPart = left === null || event.step === event.max_steps ? null : `${formatDuration(left)} left`;
  const join = (...parts: (string | null)[]) => parts.filter((part) => part !== null).join(' · ');
  const wide = bar(event.step, event.max_steps, color);
  return [
    join(`${label} ${wide} ${steps}`, lossPart, ratePart, leftPart),
    join(`${wide} ${steps}`, lossPart, ratePart, leftPart),
    join(`${bar(event.step, event.max_steps, color, 10)} ${steps}`, lossPart, leftPart),
    join(steps, lossPart, leftPart),
    join(steps, leftPart),
  ];
}

/** The lines an event is worth, apart from steps; none for those that only go on record. */
export function describe(event: RunEvent, ink: Ink): string[] {
  switch (event.type) {
    case 'hello': {
      const memory = event.device.memory_bytes > 0 ? `, ${formatBytes(event.device.memory_bytes)}` : '';
      const resumed =
        event.resumed_from_step === null ? '' : `, resumed from step ${event.resumed_from_step}`;
      return [ink.dim(`  on ${visible(event.device.name)}${memory}${resumed}`)];
    }
    case 'model': {
      const share = formatShare(event.trainable, event.total);
      const quantized = event.quantized_modules > 0 ? `, ${event.quantized_modules} modules quantized` : '';
      return [
        ink.dim(
          `  ${formatCount(event.trainable)} of ${formatCount(event.total)} parameters train (${share}), ${event.dtype}${quantized}`,
        ),
      ];
    }
    case 'settings':
      return event.differences.map((each) =>
        ink.yellow(
          `  ${each.path}: asked for ${JSON.stringify(each.requested)}, in effect ${JSON.stringify(each.effective)}`,
        ),
      );
    case 'eval': {
      const loss = event.metrics.eval_loss;
      return loss === undefined
        ? []
        : [`  step ${event.step}: validation loss ${ink.bold(formatNumber(loss))}`];
    }
    case 'checkpoint':
      return [
        ink.dim(
          `  step ${event.step}: checkpoint, ${formatBytes(event.bytes)}${event.best ? ', best so far' : ''}`,
        ),
      ];
    case 'warning':
    case 'error': {
      const tint = event.type === 'error' ? ink.red : ink.yellow;
      const lines = [`${tint(event.type)} ${ink.bold(event.code)} ${visible(event.message)}`];
      if (event.hint) lines.push(`  ${ink.cyan('hint:')} ${visible(event.hint)}`);
      return lines;
    }
    case 'end': {
      const early = earlyStopOf(event);
      return early ? [`  ${earlyStopSentence(early)}`] : [];
    }
    default:
      return [];
  }
}
