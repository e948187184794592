// The rules of docs/architecture.md, read off the source text: who may import whom, and which folder owns which library.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = resolve(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith(`trainer${sep}`))
  .map((file) => {
    const text = readFileSync(join(src, file), 'utf8');
    return {
      file,
      folder: file.includes(sep) ? (file.split(sep)[0] ?? '') : 'bin',
      text,
      imports: importsOf(text),
    };
  });

function importsOf(text: string): string[] {
  const patterns = [
    /^\s*(?:import|export)\b[^'"]*?\bfrom\s+'([^']+)'/gm,
    /^\s*import\s+'([^']+)'/gm,
    /\bimport\(\s*'([^']+)'/g,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}

/** What each folder may import; itself always. */
const below: Record<string, string[]> = {
  bin: ['cli'],
  cli: [
    'app',
    'supervise',
    'hosts',
    'schedulers',
    'store',
    'hub',
    'python',
    'run',
    'dataset',
    'config',
    'model',
    'diagnostics',
  ],
  web: [
    'app',
    'supervise',
    'hosts',
    'schedulers',
    'store',
    'hub',
    'python',
    'run',
    'dataset',
    'config',
    'model',
    'diagnostics',
  ],
  app: [
    'supervise',
    'hosts',
    'schedulers',
    'store',
    'hub',
    'python',
    'run',
    'dataset',
    'config',
    'model',
    'diagnostics',
  ],
  supervise: [
    'hosts',
    'schedulers',
    'store',
    'hub',
    'python',
    'run',
    'dataset',
    'config',
    'model',
    'diagnostics',
  ],
  schedulers: ['hosts', 'run', 'diagnostics'],
  hosts: ['run', 'diagnostics'],
  store: ['run', 'diagnostics'],
  hub: ['model', 'diagnostics'],
  python: ['hosts', 'run', 'diagnostics'],
  run: ['dataset', 'config', 'model', 'diagnostics'],
  dataset: ['diagnostics'],
  config: ['dataset', 'diagnostics'],
  model: ['diagnostics'],
  diagnostics: [],
};

const owners: Record<string, string[]> = {
  commander: ['cli'],
  yaml: ['config'],
  execa: ['hosts', 'schedulers', 'python'],
  'better-sqlite3': ['store'],
  '@huggingface/hub': ['hub'],
  hyparquet: ['dataset'],
  'hyparquet-compressors': ['dataset'],
  fzstd: ['dataset'],
  ajv: ['dataset'],
  // The sheets of reviews; datasets have a reader of their own (docs/decisions/0007).
  'csv-parse/sync': ['app'],
  diff: ['dataset', 'cli'],
  'wrap-ansi': ['cli'],
  'cli-table3': ['cli'],
  'log-update': ['cli'],
  'simple-ascii-chart': ['cli'],
  'node:child_process': [],
};

function offenders(test: (file: (typeof files)[number]) => boolean): string[] {
  return files.filter(test).map(({ file }) => file);
}

/** What a folder of app may import: those before it. */
const appOrder = [
  'files',
  'codes',
  'sources',
  'tokens',
  'data',
  'review',
  'forecast',
  'plan',
  'runs',
  'eval',
  'model',
  'machine',
];

/** Where in `appOrder` a file of app is; NaN, which no comparison holds for, if its folder is not in the list. */
function rank(file: string): number {
  const at = appOrder.indexOf(file.split(sep)[1] ?? '');
  return at < 0 ? Number.NaN : at;
}

function relativeImports(): { file: string; target: string }[] {
  return files.flatMap(({ file, imports }) =>
    imports
      .filter((target) => target.startsWith('.'))
      .map((target) => ({ file, target: relative(src, resolve(src, dirname(file), target)) })),
  );
}

/** The files of the first circle found, in its order; empty if there is none. */
function findCircle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    if (path.includes(file)) return path.slice(path.indexOf(file));
    if (done.has(file)) return [];
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next);
      if (circle.length > 0) return circle;
    }
    path.pop();
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const circle = visit(file);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe('the layers', () => {
  it('has files to judge', () => {
    expect(files.length).toBeGreaterThan(50);
  });

  it('imports only point down', () => {
    const wrong = files.flatMap(({ file, folder, imports }) =>
      imports
        .filter((target) => target.startsWith('.'))
        .map((target) => relative(src, resolve(src, dirname(file), target)))
        .map((target) => ({ target, to: target.includes(sep) ? target.split(sep)[0] : 'bin' }))
        .filter(({ to }) => to !== folder && !below[folder]?.includes(to ?? ''))
        .map(({ target }) => `${file} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('folders of app import one another in one direction', () => {
    const wrong = relativeImports()
      .filter(({ file, target }) => file.startsWith(`app${sep}`) && target.startsWith(`app${sep}`))
      .filter(({ file, target }) => !(rank(target) <= rank(file)))
      .map(({ file, target }) => `${file} → ${target}`);
    expect(wrong).toEqual([]);
  });

  it('no files import one another in a circle, types included', () => {
    const graph = new Map(files.map(({ file }) => [file, [] as string[]]));
    for (const { file, target } of relativeImports()) graph.get(file)?.push(target);
    expect(findCircle(graph)).toEqual([]);
  });

  it('each library has one owner', () => {
    const wrong = files.flatMap(({ file, folder, imports }) =>
      imports
        .filter((target) => owners[target] && !owners[target].includes(folder))
        .map((target) => `${file} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('only cli/context.ts reads the environment, the working folder and the real streams', () => {
    const reads = /\bprocess\.(env|cwd\(|stdout|stderr|stdin|argv|exitCode|exit\()|\bconsole\./;
    // printed-by.ts catches what a library prints, so that it goes through the context as well.
    const allowed = [join('cli', 'context.ts'), join('cli', 'printed-by.ts'), 'bin.ts'];
    expect(offenders(({ file, text }) => reads.test(text) && !allowed.includes(file))).toEqual([]);
  });

  it('the domain folders start no process and open no socket', () => {
    const outside = /^node:(child_process|net|http|https|http2|dgram|tls|worker_threads)$/;
    expect(
      offenders(
        ({ folder, imports }) =>
          ['dataset', 'config', 'model', 'run', 'diagnostics'].includes(folder) &&
          imports.some((target) => outside.test(target)),
      ),
    ).toEqual([]);
  });

  it('files are kebab-case', () => {
    expect(offenders(({ file }) => !/^([a-z0-9-]+[/\\])*[a-z0-9.-]+\.tsx?$/.test(file))).toEqual([]);
  });
});
