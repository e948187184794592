// `lorch init`: a folder that works: lorch.yaml, sample configs and datasets, the schema, a place for runs.
import { cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configJsonSchemaText } from '../../config/json-schema.ts';
import { workspaceFile } from '../../config/workspace.ts';
import { UserError } from '../../diagnostics/user-error.ts';

export interface InitResult {
  root: string;
  created: string[];
  /** There already, and left alone. */
  kept: string[];
}

const lorchYaml = `# This folder is a lorch workspace: paths of datasets and models are relative to it.
# The Python that trains; without it, the environment that \`lorch setup\` makes:
# python: ~/venvs/train
# Where run folders and lorch.db go:
# runs_dir: runs
`;

// Run folders hold weights, the database is an index of them; reviews beside the datasets are for git.
const runsIgnore = '*\n!.gitignore\n';
const rootIgnore = '/models/\n';

/** Makes `root` a workspace. Nothing that exists is touched. Throws UserError U121 if `root` is a file. */
export async function initWorkspace(root: string): Promise<InitResult> {
  const existing = await stat(root).catch(() => null);
  if (existing && !existing.isDirectory()) {
    throw new UserError('U121', `${root} is a file`, { hint: 'name a folder, new or existing' });
  }
  const result: InitResult = { root, created: [], kept: [] };
  const texts: [string, string][] = [
    [workspaceFile, lorchYaml],
    ['run-config.schema.json', configJsonSchemaText()],
    ['.gitignore', rootIgnore],
    [join('runs', '.gitignore'), runsIgnore],
  ];
  for (const [path, text] of texts)
    await add(result, path, (target) => writeFile(target, text, { flag: 'wx' }));
  for (const folder of ['configs', 'datasets']) {
    for (const path of await samples(folder)) {
      await add(result, path, (target) =>
        cp(join(packageRoot, path), target, { errorOnExist: true, force: false }),
      );
    }
  }
  return result;
}

/** The folder with package.json: three up from this folder, in src/ and in dist/. */
const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

async function samples(folder: string): Promise<string[]> {
  const entries = await readdir(join(packageRoot, folder), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries
    .filter((entry) => entry.isFile() && !/\.mjs$|\.review\.jsonl$/.test(entry.name))
    .map((entry) => relative(packageRoot, join(entry.parentPath, entry.name)))
    .sort();
}

async function add(
  result: InitResult,
  path: string,
  write: (target: string) => Promise<unknown>,
): Promise<void> {
  const target = join(result.root, path);
  await mkdir(dirname(target), { recursive: true });
  try {
    await write(target);
    result.created.push(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ERR_FS_CP_EEXIST') throw error;
    result.kept.push(path);
  }
}
