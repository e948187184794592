// A config checked without planning: all that its text, its settings and the files that it names show.
import { distinctFindings } from '../../config/finding.ts';
import { loadConfig } from '../../config/load.ts';
import { findWorkspace } from '../../config/workspace.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { checkHosts } from './check-hosts.ts';

export interface CheckRequest {
  /** Path, or `-` for stdin. */
  file: string;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  overrides: readonly string[];
  stdin(): Promise<Uint8Array>;
}

export interface CheckedConfig {
  file: string;
  /** Whether it can be planned, if what it names is there. */
  ok: boolean;
  /** Names of the runs it makes. */
  runs: string[];
  findings: Finding[];
}

/** Every fault of one config at once; a config that is not good is an answer, not an error. */
export async function checkConfig(request: CheckRequest): Promise<CheckedConfig> {
  const { file, cwd, env } = request;
  try {
    const { configs } = await loadConfig(file, request);
    const written = configs.flatMap(({ checks }) => checks ?? []);
    if (written.length > 0) {
      // Which checks there are is known elsewhere; a config without such settings need not ask.
      const { joinCheckSettings } = await import('../sources/join-check-settings.ts');
      for (const each of written) joinCheckSettings([each]);
    }
    const accepted = configs.flatMap(({ accept }) => accept ?? []);
    if (accepted.length > 0) {
      const { checkAccept } = await import('./check-accept.ts');
      await checkAccept(accepted);
    }
    const workspace = await findWorkspace(cwd, env.HOME);
    checkHosts(configs, workspace?.hosts.map(({ name }) => name) ?? []);
    const { missingPaths } = await import('./check-paths.ts');
    const root = workspace?.root ?? cwd;
    const missing: Finding[] = [];
    for (const each of configs) missing.push(...(await missingPaths(each, { root, env })));
    const runs = configs.map(({ config }) => config.name);
    return { file, ok: true, runs, findings: distinctFindings(missing) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { file, ok: false, runs: [], findings: error.findings };
  }
}
