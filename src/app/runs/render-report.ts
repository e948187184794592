// report.md: a finished run on one page, written again whenever the run ends.
import { markdownCode, markdownText } from '../../diagnostics/visible.ts';
import { localHost } from '../../hosts/local.ts';
import { earlyStopSentence } from '../../run/early-stop.ts';
import { runPaths } from '../../run/layout.ts';
import { bestOf, metricKind } from '../../run/metric-kind.ts';
import type { Plan } from '../../run/plan.ts';
import { reviewSentence } from '../../run/review-sentence.ts';
import { trainRowsOf, validationRowsOf } from '../../run/split-rows.ts';
import { statusWord } from '../../run/status.ts';
import type { ShownRun } from './show-run.ts';

const unitName = {
  number: '',
  count: '',
  share: '',
  ms: 'ms',
  seconds: 's',
  bytes: 'bytes',
  per_second: 'per second',
} as const;

/** Writes the report into the run folder and returns its path. */
export async function writeRunReport(shown: ShownRun): Promise<string> {
  const path = runPaths(shown.dir).report;
  // Replace it in one step, and never write through a link.
  await localHost.put(path, renderReport(shown));
  return path;
}

/** The report as Markdown. Numbers are unrounded: the page is a record. */
export function renderReport(shown: ShownRun): string {
  const { row, run, findings, failure, artifacts } = shown;
  const { plan } = run;
  const dropped = Object.entries(plan.dataset.dropped).map(([code, n]) => `${code} × ${n}`);
  const sections = [
    `# ${markdownText(row.name)}\n\nRun ${markdownCode(row.id)}: **${statusWord(row.status)}**. Plan \`${plan.plan_hash}\`, lorch ${plan.lorch_version}.`,
    `Review: ${markdownText(reviewSentence(plan.review))}.`,
    run.early_stop ? `The run ${earlyStopSentence(run.early_stop)}.` : '',
    failure
      ? `## Failure\n\n${failure.code} ${markdownText(failure.message)}\n\n${bullets(failure.evidence.map(markdownCode))}`
      : '',
    `## Forecast and result\n\n${table(
      ['', 'unit', 'plan', 'run', 'error'],
      shown.forecasts.map(({ what, unit, forecast, actual, error_percent }) => [
        what,
        unitName[unit],
        String(forecast ?? '–'),
        String(actual ?? '–'),
        error_percent === null ? '–' : `${error_percent.toFixed(1)} %`,
      ]),
    )}`,
    `## Metrics\n\n${table(
      ['metric', 'unit', 'last', 'best', 'at step', 'points'],
      run.metrics.map((m) => {
        const { value, step } = bestOf(m);
        return [
          markdownText(m.name),
          unitName[metricKind(m.name).unit],
          String(m.last ?? '–'),
          String(value ?? '–'),
          String(step ?? '–'),
          String(m.points),
        ];
      }),
    )}`,
    `## Data\n\n${plan.dataset.rows_in} rows = ${trainRowsOf(plan)} train + ${validationRowsOf(plan)} validation + dropped (${dropped.join(', ') || 'none'}). Fingerprint \`${plan.dataset.fingerprint}\`.\n\n${bullets(plan.dataset.files.map((file) => `${markdownCode(file.path)}, ${file.bytes} bytes, SHA-256 \`${file.sha256}\``))}`,
    plan.dataset.sources && plan.dataset.sources.length > 0
      ? `## Sources\n\n${sourceTable(plan.dataset.sources)}`
      : '',
    `## Settings\n\n\`\`\`json\n${JSON.stringify({ base_model: plan.base_model, init_adapter: plan.init_adapter, model: plan.model, tokenizer: plan.tokenizer, lora: plan.lora, quantization: plan.quantization, training: plan.training }, null, 2)}\n\`\`\``,
    findings.length > 0
      ? `## Findings\n\n${bullets(findings.map((f) => `${f.severity} ${f.code} ${markdownText(f.message)}`))}`
      : '',
    artifacts.length > 0
      ? `## Artifacts\n\n${bullets(artifacts.map((a) => `${a.kind}: ${markdownCode(a.path)}, ${a.bytes} bytes, SHA-256 \`${a.sha256}\``))}`
      : '',
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function sourceTable(sources: NonNullable<Plan['dataset']['sources']>): string {
  return table(
    [
      'source',
      'format',
      'template',
      'weight',
      'rows',
      'train',
      'validation',
      'dropped',
      'fed an epoch',
      'tokens',
      'trained tokens',
    ],
    sources.map(({ path, format, template, weight, rows_in, train, validation, dropped, fed }) => [
      markdownText(path),
      markdownText(format),
      markdownText(template),
      String(weight),
      String(rows_in),
      String(train),
      String(validation),
      Object.entries(dropped)
        .map(([code, n]) => `${code} × ${n}`)
        .join(', ') || '0',
      String(fed.rows),
      String(fed.tokens),
      String(fed.trained_tokens),
    ]),
  );
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
