// What `lorch doctor` says of one part of the machine.

export interface Diagnosis {
  part: 'lorch' | 'host' | 'workspace' | 'python' | 'gpu' | 'hub';
  name: string;
  /** broken: something that lorch needs does not work; warning: a part of it will not. */
  state: 'good' | 'warning' | 'broken' | 'absent';
  value: string;
  fix?: string;
}

export interface DiagnoseOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  lorchVersion: string;
  python?: string;
  signal?: AbortSignal;
  onStage?: (stage: string) => void;
}
