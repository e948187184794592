// CONTRIBUTING says that a format, a check, a reader, a host, a scheduler, advice and a command are a file and its entry
// in one list.
// Here each is added to a copy of the sources, and is then in detection, settings, help, pages and `lorch explain`.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Context } from '../src/cli/context.ts';
import { listAttempts } from '../src/store/attempts.ts';
import { getRun } from '../src/store/runs.ts';
import { makeWorkspace } from './supervise/workspace.ts';

const root = resolve(import.meta.dirname, '..');
const dir = mkdtempSync(join(tmpdir(), 'lorch-add-one-'));
const src = join(dir, 'src');

beforeAll(() => {
  const trainer = join(root, 'src/trainer');
  cpSync(join(root, 'src'), src, { recursive: true, filter: (path) => !path.startsWith(trainer) });
  symlinkSync(trainer, join(src, 'trainer'));
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  cpSync(join(root, 'package.json'), join(dir, 'package.json'));
  for (const { file, text, list, entry, after } of added) {
    writeFileSync(join(src, file), text);
    const path = join(src, list);
    const before = readFileSync(path, 'utf8');
    expect(before.split(after)).toHaveLength(2);
    const [, name, from] = /^import (.*) from (.*)$/.exec(entry) ?? [];
    const line = name ? `import ${name} from ${from}\n` : '';
    writeFileSync(
      path,
      line + before.replace(after, `${after} ${name ? name.replace(/[{} ]/g, '') : entry},`),
    );
  }
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** One new file, the list that names it, its entry (an import, or what stands in the list), and what the entry follows. */
const added: { file: string; text: string; list: string; entry: string; after: string }[] = [
  {
    file: 'dataset/formats/quiz.ts',
    list: 'dataset/formats/index.ts',
    entry: "import { quiz } from './quiz.ts';",
    after: 'export const formats: readonly WritableFormat[] = [',
    text: `import type { WritableFormat } from './format.ts';
export const quiz: WritableFormat = {
  name: 'quiz',
  shape: '"riddle" and "reply"',
  matches: (row) => 'riddle' in row && 'reply' in row,
  parse: (row) => ({
    messages: [
      { role: 'user', content: String(row.riddle) },
      { role: 'assistant', content: String(row.reply) },
    ],
    meta: {},
  }),
  locate: (_row, { message }) => ({ pointer: message === 1 ? '/reply' : '/riddle' }),
  holds: new Set(),
  inConfig: 'source',
  doc: { row: '{"riddle":"What?","reply":"That."}', prose: '- A riddle and a reply.', toldBy: '\`riddle\` with \`reply\`' },
  render: () => ({ row: null, lost: [] }),
};
`,
  },
  {
    file: 'dataset/checks/content/loud-answer.ts',
    list: 'dataset/checks/index.ts',
    entry: "import { loudAnswer } from './content/loud-answer.ts';",
    after: 'export const checks: readonly Check[] = [',
    text: `import type { Check } from '../check.ts';
export const loudAnswer: Check = {
  code: 'D999',
  name: 'loud-answer',
  severity: 'warning',
  group: 'content',
  title: 'The answer is shouted.',
  prose: 'It ends with three exclamation marks.',
  hint: 'write it calmly',
  bad: [{ text: '{"instruction":"Say yes.","output":"Yes!!!"}', pointer: '/output' }],
  good: ['{"instruction":"Say yes.","output":"Yes."}'],
  run(example, report) {
    example.messages.forEach(({ role, content }, message) => {
      if (role === 'assistant' && String(content).endsWith('!!!'))
        report({ message, field: 'content' }, 'The answer is shouted.');
    });
  },
};
`,
  },
  {
    file: 'dataset/readers/quiz-lines.ts',
    list: 'dataset/readers/index.ts',
    entry: "import { quizLines } from './quiz-lines.ts';",
    after: 'export const readers: readonly (Reader | TableReader)[] = [',
    text: `import type { Reader } from './raw-row.ts';
export const quizLines: Reader = {
  name: 'quiz-lines',
  holds: 'riddles with replies',
  extensions: ['.quiz'],
  detect: (head) => head.toString('utf8').startsWith('#quiz'),
  async *read(chunks) {
    let whole = '';
    for await (const chunk of chunks) whole += chunk.toString('utf8');
    for (const [at, line] of whole.trimEnd().split('\\n').entries()) {
      if (at === 0) continue;
      const [riddle, reply] = line.split(' = ');
      const value = { riddle, reply };
      yield [{ line: at + 1, column: 1, text: JSON.stringify(value), value, fault: null }];
    }
  },
};
`,
  },
  {
    // Another folder of this machine: nothing that a run does there may look into the workspace instead.
    file: 'hosts/elsewhere.ts',
    list: 'hosts/index.ts',
    entry: "import { elsewhere } from './elsewhere.ts';",
    after: 'const hosts: readonly Host[] = [',
    text: `import type { Host } from './host.ts';
import { localHost } from './local.ts';
export const elsewhere: Host = {
  ...localHost,
  name: 'elsewhere',
  scheduler: 'patient',
  runsDir: (home) => home + '-elsewhere',
};
`,
  },
  {
    // Its jobs wait until there is a file with their number, which is their handle.
    file: 'schedulers/patient.ts',
    list: 'schedulers/index.ts',
    entry: "import { patientScheduler } from './patient.ts';",
    after: 'const schedulers: readonly Scheduler[] = [',
    text: `import { dirname, join } from 'node:path';
import { readBytes } from '../hosts/read-files.ts';
import { processScheduler } from './process.ts';
import type { Job, Scheduler } from './scheduler.ts';
const turnOf = ({ runDir }: Job) => join(dirname(runDir), 'turn');
const waits = '( until [ "$(cat "$0")" = 7 ]; do sleep 0.02; done; exec "$@" ) >/dev/null 2>&1 </dev/null &';
export const patientScheduler: Scheduler = {
  ...processScheduler,
  name: 'patient',
  async start(spec) {
    const { host, paths, python, shim, command, env } = spec;
    const job = [python, '-I', '-S', shim, '--detach', paths.dir, '--', ...command];
    await host.run(['sh', '-c', waits, turnOf(spec), ...job], { env });
    return { number: '7' };
  },
  async state(job, handle) {
    const turn = (await readBytes(job.host, turnOf(job), 0, 9)).toString();
    const sinceMs = (await job.host.stat(turnOf(job)))?.modifiedMs ?? 0;
    if (turn !== (handle as { number: string }).number) return { state: 'pending', why: 'it is not its turn' };
    const claimed = await job.host.stat(job.paths.claim);
    return claimed ? await processScheduler.state(job, null) : { state: 'running', sinceMs };
  },
};
`,
  },
  {
    file: 'run/advice/round-name.ts',
    list: 'run/advice/index.ts',
    entry: "import { roundName } from './round-name.ts';",
    after: 'export const adviceRules: readonly AdviceRule[] = [',
    text: `import type { AdviceRule } from './rule.ts';
export const roundName: AdviceRule = {
  code: 'A999',
  name: 'round-name',
  severity: 'note',
  title: 'A piece of advice that was added.',
  prose: 'It is always given.',
  threshold: 'None.',
  source: 'This test.',
  check: () => ({ message: 'added', hint: 'nothing to do' }),
};
`,
  },
  {
    file: 'cli/commands/hello.ts',
    list: 'cli/commands/index.ts',
    entry: "{ name: 'hello', summary: 'a greeting', load: () => import('./hello.ts') }",
    after: "title: 'Help:',\n    commands: [",
    text: `import type { Command } from 'commander';
import type { Context } from '../context.ts';
export function define(command: Command, context: Context): void {
  command.description('Greets.').action(() => context.stdout.write('hello\\n'));
}
`,
  },
];

const load = (file: string) => import(/* @vite-ignore */ join(src, file));

/** A command of the copy. */
async function run(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const [out, err]: string[][] = [[], []];
  const stream = (into: string[]) => ({
    write: (text: string) => void into.push(text),
    isTTY: false,
    columns: 100,
    color: false,
  });
  const context: Context = {
    cwd: dir,
    env: { PATH: process.env.PATH, HOME: dir },
    stdin: Object.assign(Readable.from([]), { isTTY: false }),
    stdout: stream(out ?? []),
    stderr: stream(err ?? []),
    now: () => Date.now(),
    onInterrupt: () => () => undefined,
    openTerminal: () => Promise.resolve(null),
    program: [],
    debug: true,
    exitCode: 0,
  };
  const { main } = await load('cli/program.ts');
  await main(args, context);
  return { stdout: (out ?? []).join(''), stderr: (err ?? []).join('') };
}

const explain = async (code: string): Promise<string> => {
  const { explainCode } = await load('app/codes/explain-code.ts');
  return (await explainCode(code)).prose;
};

it('a reader and a format: the file is read, and the format detected, offered, described and written in the schema', async () => {
  writeFileSync(join(dir, 'rows.quiz'), '#quiz\nWhat flies? = A bird.\nWhat swims? = A fish.\n');
  const { stdout } = await run('data', 'check', 'rows.quiz', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ format: 'quiz', rows: 2, ledger: { rows_in: 2, kept: 2 } });
  expect((await run('data', 'convert', '--help')).stdout.replace(/\s+/g, ' ')).toContain(
    'quiz, alpaca, chatml',
  );
  expect((await run('data', 'check', '--help')).stdout.replace(/\s+/g, ' ')).toContain(
    'quiz, alpaca, chatml',
  );
  const { formatsPage } = await load('dataset/formats/page.ts');
  expect(formatsPage()).toContain('## quiz\n\n```json\n{"riddle":"What?"');
  const { configJsonSchemaText } = await load('config/json-schema.ts');
  expect(configJsonSchemaText().match(/"quiz"/g)?.length).toBeGreaterThanOrEqual(2);
  const { configReference } = await load('config/reference.ts');
  expect(configReference()).toContain('auto · quiz · alpaca');
  expect(await explain('D015')).toContain('`riddle` with `reply` is quiz');
  for (const code of ['D093', 'D096']) expect(await explain(code)).toContain('quiz, alpaca, chatml');
});

it('a check: it runs, has a page, and is explained', async () => {
  writeFileSync(join(dir, 'loud.jsonl'), '{"instruction":"Say yes.","output":"Yes!!!"}\n');
  const { stdout } = await run('data', 'check', 'loud.jsonl', '--json');
  const { findings } = JSON.parse(stdout) as { findings: { code: string; at: object }[] };
  expect(findings.find(({ code }) => code === 'D999')).toMatchObject({ at: { line: 1, pointer: '/output' } });
  const { checkPages } = await load('dataset/checks/page.ts');
  const pages = checkPages() as { file: string; text: string }[];
  expect(pages.find(({ file }) => file === 'D999.md')?.text).toContain('# D999 loud-answer');
  expect(pages.find(({ file }) => file === 'README.md')?.text).toContain('[D999](D999.md)');
  expect(await explain('loud-answer')).toBe('It ends with three exclamation marks.');
});

it('a piece of advice: it is among the rules, has its part of the page, and is explained', async () => {
  const { adviceRules } = await load('run/advice/index.ts');
  expect(adviceRules[0].code).toBe('A999');
  const { advicePage } = await load('run/advice/page.ts');
  expect(advicePage()).toContain('## A999 round-name');
  expect(await explain('A999')).toContain('It is always given.\n\nWhen: None.');
});

it('a host and a scheduler: a run waits its turn, trains and is copied from there', async () => {
  let aheadMs = 0;
  const workspace = await makeWorkspace('ok', {
    now: () => Date.now() + aheadMs,
    timing: { pollMs: 10, watchdogMs: 600_000, aliveEveryMs: 50, goneAfterMs: 150 },
  });
  const run = await workspace.addRun('one', { resources: { host: 'elsewhere', gpus: 0 } });
  const [home, there] = [workspace.runDir(run), join(`${workspace.runsDir}-elsewhere`, run)];
  mkdirSync(join(home, 'data'));
  writeFileSync(join(home, 'data', 'train.safetensors'), 'rows');
  const { startAttempt } = await load('supervise/start-attempt.ts');
  const { watchRun } = await load('supervise/watch-run.ts');
  expect(await startAttempt(workspace.deps, run)).toBe(1);
  const watch = watchRun(workspace.deps, run);
  // Longer than the watchdog of launches has patience: only the scheduler's word keeps the job.
  aheadMs = 3_600_000;
  for (let i = 0; i < 5; i += 1) expect(await watch.look()).toBe('waiting');
  expect(JSON.parse(readFileSync(join(there, 'attempt-1', 'launch.json'), 'utf8'))).toMatchObject({
    host: 'elsewhere',
    scheduler: 'patient',
    handle: { number: '7' },
    resources: { gpus: 0 },
  });
  writeFileSync(join(there, '..', 'turn'), '7');
  utimesSync(join(there, '..', 'turn'), new Date(), new Date(Date.now() + aheadMs));
  while ((await watch.look()) !== 'finished') await new Promise((wake) => setTimeout(wake, 10));
  expect(getRun(workspace.store, run)?.status).toMatchObject({ phase: 'finished', outcome: 'succeeded' });
  expect(listAttempts(workspace.store, run)).toMatchObject([{ host: 'elsewhere', scheduler: 'patient' }]);
  expect(readFileSync(join(there, 'data', 'train.safetensors'), 'utf8')).toBe('rows');
  expect(readdirSync(there).sort()).toEqual(['attempt-1', 'data', 'launches', 'plan.json']);
  const events = (of: string) => readFileSync(join(of, 'attempt-1', 'events.jsonl'), 'utf8');
  expect(events(home)).toBe(events(there));
  await workspace.close();
});

it('a host: configs may name it', async () => {
  const text = 'name: a\nbase_model: no/model\ndataset: { train: rows.jsonl }\nresources: { host: HOST }\n';
  const check = async (host: string) => {
    writeFileSync(join(dir, 'run.yaml'), text.replace('HOST', host));
    return (await run('config', 'check', 'run.yaml')).stdout;
  };
  expect(await check('elsewhere')).not.toContain('C033');
  expect(await check('elsewher')).toMatch(/run\.yaml:4:20 error C033[\s\S]*did you mean `elsewhere`/);
});

it('a command: it runs, and is in the help and on the page', async () => {
  expect((await run('hello')).stdout).toBe('hello\n');
  expect((await run('--help')).stdout).toMatch(/hello\s+a greeting/);
  const { commandReference } = await load('cli/command-reference.ts');
  const { processContext } = await load('cli/context.ts');
  expect(await commandReference(processContext([]))).toContain('### lorch hello');
});
