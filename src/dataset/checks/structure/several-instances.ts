import type { Check } from '../check.ts';

export const severalInstances: Check = {
  code: 'D044',
  name: 'several-instances',
  severity: 'error',
  raisedBy: ['dataset/formats/alpaca.ts'],
  title: 'One instruction has several instances.',
  prose:
    'Self-Instruct rows hold their inputs and answers under `instances`. One instance makes one example; a row with several would become several rows, and the ledger could not account for them.',
  hint: 'write one row for each instance',
  fatal: true,
  bad: [
    {
      text: '{"instruction":"Add the numbers.","instances":[{"input":"1 2","output":"3"},{"input":"2 2","output":"4"}]}',
      pointer: '/instances',
    },
  ],
  good: ['{"instruction":"Add the numbers.","instances":[{"input":"1 2","output":"3"}]}'],
};
