// A run as it happens: one live line on a terminal, plain lines now and then elsewhere.
import { createLogUpdate } from 'log-update';
import { earlyStopOf, earlyStopSentence } from '../../run/early-stop.ts';
import type { RunEvent, RunEventOf } from '../../run/events.ts';
import { statusWord } from '../../run/status.ts';
import type { RunRow } from '../../store/runs.ts';
import type { OutputStream } from '../context.ts';
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from './format.ts';
import { type Ink, paint, visible } from './paint.ts';
import { asWritable, bar, fitLine } from './progress.ts';

export interface RunView {
  event(event: RunEvent): void;
  /** How the run stands; only the time before the first event is shown by it. */
  row(row: RunRow): void;
  line(text: string): void;
  end(): void;
}

export interface RunViewOptions {
  /** Where it is shown. */
  out: OutputStream;
  now(): number;
  /** Opens each live line. */
  label: string;
  /** When the attempt was started. */
  sinceMs: number;
}

const plainEveryMs = 10_000;
/** A run that has been under way for hours tells its past in a moment; the terminal need not keep up with it. */
const redrawMs = 40;

/** Shows one run's events. */
export function createRunView({ out, now, label, sinceMs }: RunViewOptions): RunView {
  const ink = paint(out.color);
  const live = out.isTTY ? createLogUpdate(asWritable(out)) : null;
  let phase: string | null = 'starting: loading the libraries';
  let latest: RunEventOf<'step'> | null = null;
  let firstStep: { step: number; at: number } | null = null;
  let plainAt = 0;
  let drawnAt = 0;
  const current = (): string[] => (latest && firstStep ? stepLines(latest, firstStep, label, out.color) : []);
  const draw = (): void => {
    if (!live) return;
    drawnAt = now();
    const waiting = `${label} ${phase} · ${formatDuration(Math.max(0, drawnAt - sinceMs))}`;
    const lines = phase === null ? current() : [waiting, phase];
    if (lines.length > 0) live(fitLine(lines, out.columns));
  };
  // Until the first step there are seconds, on a big base minutes, without an event.
  const timer = setInterval(draw, 1000);
  timer.unref();
  const enter = (next: string | null): void => {
    if (!live && next !== null && next !== phase) out.write(`${label} ${next}\n`);
    phase = next;
    draw();
  };

  const line = (text: string): void => {
    live?.clear();
    out.write(`${text}\n`);
    draw();
  };
  if (!live) out.write(`${label} ${phase}\n`);

  return {
    line,
    row(row) {
      const word = statusWord(row.status);
      if (latest || phase === null) return;
      if (word === 'queued') enter('queued');
      else if (word === 'launching') enter('starting: loading the libraries');
    },
    event(event) {
      if (event.type === 'step') {
        firstStep ??= { step: event.step, at: event.t };
        latest = event;
        phase = null;
        if (live) return void (now() - drawnAt >= redrawMs && draw());
        if (event.step === 1 || event.step === event.max_steps || event.t - plainAt >= plainEveryMs) {
          plainAt = event.t;
          out.write(`${current()[0]}\n`);
        }
        return;
      }
      if (event.type === 'hello') {
        // What comes next is timed from its own first step.
        firstStep = null;
        enter('starting: loading the base model');
      }
      if (event.type === 'model') enter('starting: the first step');
      if (event.type === 'end') {
        phase = null;
        latest = null;
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
    case 'resume':
      return event.probe === null
        ? []
        : [
            event.probe.equal
              ? ink.dim(`  the loss of the probe rows is what it was at step ${event.step}`)
              : ink.red(`  the loss of the probe rows is not what it was at step ${event.step}`),
          ];
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
