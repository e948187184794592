// Codes of runs on other hosts: R165–R179.
import type { CodeDoc } from '../diagnostics/finding.ts';

export const remoteCodes: CodeDoc[] = [
  {
    code: 'R165',
    name: 'host-not-reached',
    severity: 'error',
    title: 'A host cannot be reached now.',
    prose:
      'A run on it goes on without a connection. What was copied of the run until then is in its folder in the workspace, and `logs` and `show` work with it. lorch decides nothing about the run until the host answers again.',
  },
];
