// A controller to be killed: makes the database, puts the run on record, starts it and follows it, taking up whatever
// an earlier one left. `controller.mjs COMPILED_SRC SPEC_JSON`
const [compiled, json] = process.argv.slice(2);
const spec = JSON.parse(json);
const load = (file) => import(`file://${compiled}/${file}`);
const { openStore } = await load('store/open-store.js');
const { runPhase } = await load('store/runs.js');
const { registerRun } = await load('supervise/register-run.js');
const { startAttempt } = await load('supervise/start-attempt.js');
const { followRun } = await load('supervise/follow-run.js');
const { createControllerLog } = await load('supervise/controller-log.js');

const store = openStore(`${spec.runsDir}/lorch.db`);
const deps = {
  store,
  runsDir: spec.runsDir,
  env: { ...process.env, XDG_CACHE_HOME: `${spec.runsDir}/../cache` },
  now: () => Date.now(),
  log: createControllerLog(spec.runsDir, (text) => text),
  timing: { pollMs: 20, aliveEveryMs: 200 },
  pythonOn: async () => ({ executable: spec.python, env: {}, trainerDir: spec.trainerDir }),
  trainerCommand: (runDir, n) => [spec.python, '-B', '-S', spec.trainer, runDir, '--attempt', String(n)],
};
if (runPhase(store, spec.record.id) === null) await registerRun(deps, spec.plan, spec.record);
if (runPhase(store, spec.record.id) === 'queued') await startAttempt(deps, spec.record.id);
await followRun(deps, spec.record.id);
store.close();
