// A dispatcher to be killed, whose runs are trained by a small program of test/fixtures/trainers.
// `dispatcher.mjs COMPILED_SRC SPEC_JSON`
const [compiled, json] = process.argv.slice(2);
const spec = JSON.parse(json);
const load = (file) => import(`file://${compiled}/${file}`);
const { openStore } = await load('store/open-store.js');
const { dispatch } = await load('supervise/queue/dispatch.js');
const { createControllerLog } = await load('supervise/controller-log.js');

const store = openStore(`${spec.runsDir}/lorch.db`);
const deps = {
  store,
  runsDir: spec.runsDir,
  env: spec.env,
  now: () => Date.now(),
  log: createControllerLog(spec.runsDir, (text) => text),
  timing: { pollMs: 20, aliveEveryMs: 200, ...spec.timing },
};
const launch = {
  pythonOn: async () => ({ executable: spec.python, env: {}, trainerDir: spec.trainerDir }),
  trainerCommand: (runDir, n) => [spec.python, '-B', '-S', spec.trainer, runDir, '--attempt', String(n)],
};
const leaving = new AbortController();
process.once('SIGTERM', () => leaving.abort());
const result = await dispatch(
  {
    ...deps,
    pid: process.pid,
    launchDeps: (own) => ({ ...deps, ...launch, env: { ...deps.env, ...own.env } }),
    cpuSlots: async () => spec.cpuSlots,
    onEnded: async () => undefined,
  },
  leaving.signal,
);
store.close();
process.stdout.write(`${result}\n`);
