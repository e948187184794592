// Counting tokens beside something that can do without: with the Python of flag or workspace, or not at all.
import { findWorkspace } from '../../config/workspace.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { type CountRequest, createTokenCounter, type TokenCounter } from './count-tokens.ts';
import { type RowPolicy, rowPolicy } from './row-policy.ts';

export interface CounterRequest extends Pick<CountRequest, 'model' | 'maxLength' | 'cwd' | 'env'> {
  /** A format's name, or a file that maps the fields. */
  format: string;
  template: RowPolicy['template']['kind'];
  trainOn: RowPolicy['train_on'] | undefined;
  truncate: RowPolicy['truncate'] | undefined;
  /** Another Python environment; null: that of the workspace, else the managed one. */
  python: string | null;
  onProgress(done: number, total: number | null): void;
}

/** The counter, or why there is none: no Python environment (E001). Throws what else the hub and Python report. */
export async function openTokenCounter(request: CounterRequest): Promise<TokenCounter | UserError> {
  const { model, maxLength, python, cwd, env, format, template, trainOn, truncate, onProgress } = request;
  // A lorch.yaml that cannot be read is a matter of the command itself.
  const workspace = await findWorkspace(cwd, env.HOME).catch(() => null);
  try {
    return await createTokenCounter({
      model,
      policy: rowPolicy({ format, template: { kind: template, source: null }, trainOn, truncate }),
      maxLength,
      python,
      workspacePython: workspace?.python ?? null,
      cwd,
      env,
      onProgress: ({ done, total }) => onProgress(done, total),
    });
  } catch (error) {
    if (error instanceof UserError && error.code === 'E001') return error;
    throw error;
  }
}
