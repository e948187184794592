// lorch.yaml: marks the workspace and holds its defaults.
import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Finding } from '../diagnostics/finding.ts';
import { UserError } from '../diagnostics/user-error.ts';
import type { WrittenChecks } from './check-file.ts';
import { distinctFindings, finding } from './finding.ts';
import { type HostSettings, readHosts } from './hosts.ts';
import { type NotifySettings, readNotify } from './notify.ts';
import { type QueueSettings, readQueueSettings, usualQueue } from './queue-settings.ts';
import { isNull, type LocatedMap, nodeAt } from './source/located.ts';
import { parseYamlMapping } from './source/parse-yaml.ts';
import { readSource } from './source/read-source.ts';
import { nearest } from './suggest.ts';

export const workspaceFile = 'lorch.yaml';

/** Settings of lorch.yaml, with what each means. */
export const workspaceSettings = {
  python:
    "The trainer's Python: an executable, or the folder of a virtual environment. `--python` overrides it.",
  runs_dir: 'The folder for run folders and lorch.db; `runs` by default.',
  price_per_hour:
    'What an hour of the device that trains costs, a number; plans say the cost. `--price-per-hour` overrides it.',
  checks:
    'Settings of dataset checks for every dataset of the workspace, by code or name: docs/data-check.md.',
  queue:
    'How much runs at once: `queue: {cpu_slots: 2}` lets two queued runs train on the CPU; 1 by default. docs/queue.md.',
  hosts:
    'Other machines, by the name that `resources.host` uses: `hosts: {gpu-box: {ssh: gpu-box, dir: /home/me/lorch}}`. docs/hosts.md.',
  notify: 'Who is told when a run ends, by a command or a webhook: docs/notifications.md.',
} as const;

export interface Workspace {
  /** Absolute. Dataset and model paths are relative to it. */
  root: string;
  /** Absolute path, or null: the managed environment. */
  python: string | null;
  /** Absolute. */
  runsDir: string;
  /** What `price_per_hour:` says; null if it says nothing. */
  pricePerHour: number | null;
  /** What `checks:` says; null if it says nothing. */
  checks: WrittenChecks | null;
  /** What `notify:` says; null if it says nothing. */
  notify: NotifySettings | null;
  /** What `hosts:` names, in its order. */
  hosts: HostSettings[];
  /** What `queue:` says, or the defaults. */
  queue: QueueSettings;
}

/**
 * The workspace of `startDir`: the nearest folder, going up, with a lorch.yaml. Null if there is none.
 * Throws UserError C026 with every finding if lorch.yaml is wrong.
 */
export async function findWorkspace(startDir: string, home?: string): Promise<Workspace | null> {
  for (let folder = resolve(startDir); ; folder = dirname(folder)) {
    const file = join(folder, workspaceFile);
    if (await isFile(file)) return await readWorkspace(file, relative(startDir, file) || workspaceFile, home);
    if (dirname(folder) === folder) return null;
  }
}

async function isFile(file: string): Promise<boolean> {
  return await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function readWorkspace(file: string, name: string, home: string | undefined): Promise<Workspace> {
  const root = dirname(file);
  const defaults = {
    root,
    python: null,
    runsDir: join(root, 'runs'),
    pricePerHour: null,
    checks: null,
    notify: null,
    hosts: [],
    queue: usualQueue,
  };
  const source = await readSource(file, name);
  if ('problem' in source) throw invalid([source.problem], name);
  // The file is a marker first: one that holds comments only is complete.
  if (/^\s*(#.*\s*)*$/.test(source.text)) return defaults;
  const parsed = parseYamlMapping(source.text, name);
  const findings = parsed.root ? [...parsed.findings, ...checkSettings(parsed.root)] : parsed.findings;
  if (!parsed.root || findings.length > 0) throw invalid(findings, name);
  const path = (key: 'python' | 'runs_dir') => {
    const node = parsed.root && nodeAt(parsed.root, [key]);
    if (node?.kind !== 'scalar' || node.value === null) return null;
    const text = String(node.value);
    return resolve(root, home && /^~(\/|$)/.test(text) ? join(home, text.slice(1)) : text);
  };
  const price = nodeAt(parsed.root, ['price_per_hour']);
  const checks = nodeAt(parsed.root, ['checks']);
  const notify = nodeAt(parsed.root, ['notify']);
  const hosts = nodeAt(parsed.root, ['hosts']);
  const queue = nodeAt(parsed.root, ['queue']);
  return {
    root,
    python: path('python'),
    runsDir: path('runs_dir') ?? defaults.runsDir,
    pricePerHour: price?.kind === 'scalar' && typeof price.value === 'number' ? price.value : null,
    checks: checks?.kind === 'map' ? { file: name, root: checks } : null,
    notify: notify ? readNotify(notify).settings : null,
    hosts: hosts ? readHosts(hosts).hosts : [],
    queue: queue ? readQueueSettings(queue).settings : usualQueue,
  };
}

function checkSettings(root: LocatedMap): Finding[] {
  const keys = Object.keys(workspaceSettings);
  return [...root.entries].flatMap(([key, entry]) => {
    if (!keys.includes(key)) {
      const near = nearest(key, keys);
      const hint = near ? `did you mean \`${near}\`?` : `lorch.yaml takes ${keys.join(', ')}`;
      return [finding('C010', entry.key, `there is no setting \`${key}\` in lorch.yaml`, hint)];
    }
    const { value } = entry;
    if (key === 'checks')
      return value.kind === 'map' || isNull(value)
        ? []
        : [finding('C011', value.at, '`checks` must be a mapping of checks to settings')];
    if (key === 'notify') return readNotify(value).findings;
    if (key === 'hosts') return readHosts(value).findings;
    if (key === 'queue') return readQueueSettings(value).findings;
    if (key === 'price_per_hour')
      return isNull(value) ||
        (value.kind === 'scalar' &&
          typeof value.value === 'number' &&
          Number.isFinite(value.value) &&
          value.value >= 0)
        ? []
        : [finding('C011', value.at, '`price_per_hour` must be a number, 0 or more')];
    if (
      value.kind === 'scalar' &&
      (value.value === null || (typeof value.value === 'string' && value.value !== ''))
    )
      return [];
    return [finding('C011', value.at, `\`${key}\` must be the path of a file or folder`)];
  });
}

function invalid(findings: Finding[], name: string): UserError {
  const distinct = distinctFindings(findings);
  const problems = distinct.length === 1 ? '1 problem' : `${distinct.length} problems`;
  return new UserError('C026', `${problems} in ${name}`, { findings: distinct, exitCode: 2 });
}
