// Who is told that a run has ended: by a real web server and a real command, after runs of a small real program.
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkspace } from '../../../src/app/machine/open-workspace.ts';
import { userCacheDir } from '../../../src/python/cache-dir.ts';
import { followRun } from '../../../src/supervise/follow-run.ts';
import { startAttempt } from '../../../src/supervise/start-attempt.ts';
import { makeWorkspace, type TestWorkspace } from '../../supervise/workspace.ts';

let made: TestWorkspace;
let server: Server;
let bodies: Record<string, unknown>[];
let answer: number;
let notices: string[];
let nowMs: number;

beforeEach(async () => {
  bodies = [];
  notices = [];
  answer = 200;
  nowMs = Date.now();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(JSON.parse(body));
      response.writeHead(answer).end('ok');
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});

afterEach(async () => {
  await new Promise((closed) => server.close(closed));
  await made.close();
});

const env = () => ({
  ...made.deps.env,
  HOOK: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`,
});

async function withRun(trainer: string, yaml: string): Promise<void> {
  made = await makeWorkspace(trainer);
  await writeFile(join(made.dir, 'lorch.yaml'), yaml);
  await made.addRun('one');
  await startAttempt({ ...made.deps, notifies: true }, 'one');
  await followRun(made.deps, 'one');
}

/** What any later command does when it opens the workspace. */
async function open(changes: Record<string, string | undefined> = {}): Promise<void> {
  const workspace = await openWorkspace({
    cwd: made.dir,
    env: { ...env(), ...changes },
    notice: (text) => notices.push(text),
  });
  workspace.deps.now = () => nowMs;
  await workspace.recover();
  await workspace.close();
}

const folder = () => join(userCacheDir(made.deps.env), 'notifications');
const pending = () => readdir(folder());
const webhook = 'notify:\n  webhook: $' + '{HOOK}\n';

describe('the end of a run', () => {
  it('is told once, with what a person wants to know', async () => {
    await withRun('out_of_memory', webhook);
    await open();
    await open();
    expect(bodies).toEqual([
      expect.objectContaining({
        lorch: 1,
        run: 'one',
        status: 'failed',
        text: expect.stringMatching(/^lorch: one failed, .*out-of-memory: .*; next: lorch show one$/),
        failure: expect.objectContaining({ code: 'R110', next: 'lorch show one' }),
      }),
    ]);
    expect(await pending()).toEqual([]);
  });

  it('is told to a command, in the workspace, with the same body', async () => {
    await withRun('ok', 'notify:\n  command: echo "$LORCH_STATUS $LORCH_RUN" > told.txt; cat > body.json\n');
    await open();
    expect(await readFile(join(made.dir, 'told.txt'), 'utf8')).toBe('succeeded one\n');
    expect(JSON.parse(await readFile(join(made.dir, 'body.json'), 'utf8'))).toMatchObject({
      run: 'one',
      step: 3,
      max_steps: 3,
      best_eval_loss: 0.25,
      failure: null,
    });
  });

  it('is told for the outcomes that are asked for', async () => {
    await withRun('ok', `${webhook}  on: [failed]\n`);
    await open();
    expect(bodies).toEqual([]);
    expect(await pending()).toEqual([]);
  });

  it('is tried again later, a day long, and the address is never shown', async () => {
    await withRun('ok', webhook);
    answer = 500;
    await open();
    await open();
    expect(bodies).toHaveLength(1);
    nowMs += 61_000;
    await open({ HOOK: undefined });
    expect(bodies).toHaveLength(1);
    nowMs += 130_000;
    answer = 204;
    await open();
    await open();
    expect(bodies).toHaveLength(2);
    expect(notices).toEqual([
      expect.stringContaining('the webhook answered 500; a later command tries again'),
      expect.stringContaining('the variable HOOK is not set'),
    ]);
    expect(notices.join()).not.toContain('secret-path');
  });

  it('gives up after a day', async () => {
    await withRun('ok', 'notify: { command: "echo no mail >&2; exit 3" }\n');
    nowMs += 25 * 3_600_000;
    await open();
    expect(notices).toEqual([
      expect.stringMatching(/`notify.command` failed \(exit code 3\): no mail; .*gives up/),
    ]);
    expect(await pending()).toEqual([]);
  });

  it('is told by one of several, and again if that one was killed with it', async () => {
    await withRun('ok', webhook);
    await Promise.all([open(), open(), open()]);
    expect(bodies).toHaveLength(1);
    await made.addRun('two');
    await startAttempt({ ...made.deps, notifies: true }, 'two');
    await followRun(made.deps, 'two');
    const [file = ''] = await pending();
    // No process has this number.
    await rename(join(folder(), file), join(folder(), `${file}.99999999.sending`));
    await open();
    expect(bodies).toHaveLength(2);
  });

  it('is not told for a run that this user did not start here', async () => {
    made = await makeWorkspace('ok');
    await writeFile(join(made.dir, 'lorch.yaml'), 'notify: { command: "touch told" }\n');
    await made.addRun('one');
    await startAttempt(made.deps, 'one');
    await followRun(made.deps, 'one');
    await open();
    expect(existsSync(join(made.dir, 'told'))).toBe(false);
  });
});
