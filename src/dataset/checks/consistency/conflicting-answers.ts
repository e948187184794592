import type { Check } from '../check.ts';

export const conflictingAnswers: Check = {
  code: 'D161',
  name: 'conflicting-answers',
  severity: 'warning',
  raisedBy: ['dataset/duplicates/near-findings.ts'],
  group: 'consistency',
  foundBy: 'lorch data dedup DATASET',
  title: 'A near-duplicate has the same prompt and a different answer.',
  prose:
    'The prompts have the same words, the answers do not. One of them may be wrong, or both may be right: a person has to decide. Only `action: drop` drops such rows.',
  hint: 'read both rows and keep the better answer',
  bad: [],
  good: [],
};
