// What an event reveals beside itself: warnings, and where the trainer did something other than the plan says.
import type { CodeDoc, Finding } from '../diagnostics/finding.ts';
import type { RunEvent } from './events.ts';
import type { Plan } from './plan.ts';

export const eventCodes: CodeDoc[] = [
  {
    code: 'R103',
    name: 'parameters-differ',
    severity: 'error',
    title: 'The trainer counted other parameters than the plan forecast.',
    prose:
      'The plan computes LoRA parameters from tensor shapes; the trainer counts them on the loaded model. A difference means that other modules were adapted than the plan shows.',
  },
  {
    code: 'R104',
    name: 'setting-without-effect',
    severity: 'warning',
    title: 'A setting of the plan is not what the live objects hold.',
    prose:
      'The trainer reads every setting back from the model, the adapter and the trainer object. One that differs was changed or ignored by a library.',
  },
  {
    code: 'R105',
    name: 'rows-differ',
    severity: 'error',
    title: 'The trainer saw other rows than the plan accounts for.',
    prose:
      'The number of rows, tokens or trained tokens in the sequence file is not the one of the plan: the ledger does not explain what was trained on.',
  },
];

/** The findings that come with one event of a run. `plan` null: it could not be read. */
export function findingsOfEvent(plan: Plan | null, event: RunEvent): Finding[] {
  switch (event.type) {
    case 'warning':
    case 'error': {
      const { code, message, hint } = event;
      return [{ code, name: `trainer-${event.type}`, severity: event.type, message, hint }];
    }
    case 'settings':
      return event.differences.map(({ path, requested, effective }) => ({
        code: 'R104',
        name: 'setting-without-effect',
        severity: 'warning',
        message: `${path}: the plan asks for ${JSON.stringify(requested)}, in effect is ${JSON.stringify(effective)}`,
        data: { path, requested, effective },
      }));
    case 'model':
      return plan ? parameterFindings(plan, event.trainable, event.total) : [];
    case 'data':
      return plan
        ? [
            ...splitFindings('train', plan.dataset.train, event.train),
            ...splitFindings('validation', plan.dataset.validation, event.validation),
          ]
        : [];
    default:
      return [];
  }
}

function parameterFindings(plan: Plan, trainable: number, total: number): Finding[] {
  const forecast = plan.forecast.parameters;
  if (!forecast || (forecast.trainable === trainable && forecast.total === total)) return [];
  return [
    {
      code: 'R103',
      name: 'parameters-differ',
      severity: 'error',
      message: `the plan forecast ${forecast.trainable} trainable of ${forecast.total} parameters, the trainer counts ${trainable} of ${total}`,
      hint: 'compare the module lists of plan.json and the model event',
      data: { forecast: { trainable: forecast.trainable, total: forecast.total }, trainable, total },
    },
  ];
}

interface SplitCounts {
  rows: number;
  tokens: number;
  trained_tokens: number;
}

function splitFindings(name: string, planned: SplitCounts | null, seen: SplitCounts | null): Finding[] {
  const wrong = (['rows', 'tokens', 'trained_tokens'] as const).filter(
    (key) => planned?.[key] !== seen?.[key],
  );
  if (wrong.length === 0) return [];
  const say = (counts: SplitCounts | null) =>
    counts ? wrong.map((key) => `${counts[key]} ${key.replace('_', ' ')}`).join(', ') : 'nothing';
  return [
    {
      code: 'R105',
      name: 'rows-differ',
      severity: 'error',
      message: `${name}: the plan has ${say(planned)}, the trainer read ${say(seen)}`,
      data: { split: name, planned, seen },
    },
  ];
}
