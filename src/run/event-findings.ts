// Findings from events: the trainer's warnings and errors, and rows that the plan does not explain.
// The trainer itself warns about settings without effect and different parameter counts (R022, R023).
import type { CodeDoc, Finding } from '../diagnostics/finding.ts';
import type { RunEvent } from './events.ts';
import type { Plan } from './plan.ts';

export const eventCodes: CodeDoc[] = [
  {
    code: 'R105',
    name: 'rows-differ',
    severity: 'error',
    title: 'The trainer saw other rows than the plan accounts for.',
    prose:
      'The number of rows, tokens or trained tokens in the sequence file is not the one of the plan: the ledger does not explain what was trained on.',
  },
];

/** The findings of one event of a run. `plan` is null if it could not be read. */
export function findingsOfEvent(plan: Plan | null, event: RunEvent): Finding[] {
  switch (event.type) {
    case 'warning':
    case 'error': {
      const { code, message, hint } = event;
      return [{ code, name: `trainer-${event.type}`, severity: event.type, message, hint }];
    }
    case 'data':
      return plan
        ? [
            ...splitFindings('train', plan.dataset.train, event.train),
            ...(event.train.sources ?? []).flatMap(({ setting, ...fed }) => {
              const source = plan.dataset.sources?.find((each) => each.setting === setting);
              return splitFindings(source?.path ?? setting, source?.fed ?? null, fed);
            }),
            ...splitFindings('validation', plan.dataset.validation, event.validation),
          ]
        : [];
    default:
      return [];
  }
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
