import type { PrivateRange } from '../../diagnostics/secrets.ts';

export interface PrivateData extends PrivateRange {
  group: PrivateGroup;
}

type PrivateGroup = 'secret' | 'email' | 'phone' | 'payment' | 'ip';
