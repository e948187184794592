// One connection to a host over the user's own ssh, with the agent (trainer/agent.py) at its other end. Frames as the
// agent describes them.
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { ResultPromise } from 'execa';

export interface Reply {
  ok: unknown;
  body: Buffer;
}

/** The system's error of a call, as node's own calls have it. */
export interface SystemError extends Error {
  code: string;
}

/** The connection ended before the answer came. `reason` completes a sentence; `final`: trying again will not help. */
export class ConnectionLost extends Error {
  readonly final: boolean;
  constructor(reason: string, final = false) {
    super(reason);
    this.final = final;
  }
}

export interface AgentConnection {
  readonly over: boolean;
  /** Throws ConnectionLost, or the host's SystemError. */
  request(op: string, fields: Record<string, unknown>, body?: Buffer): Promise<Reply>;
  close(): void;
}

const mark = Buffer.from('\0lorch agent 1\0');
const maxHeaderBytes = 16 * 2 ** 20;
const maxBodyBytes = 128 * 2 ** 20;
/** What a login shell prints before the agent speaks. */
const maxNoiseBytes = 64 * 1024;

// Fixed text: the remote shell sees no value. Python reads the agent's length, then the agent, then its requests.
const command =
  'python3 -I -S -c \'import sys; n = int(sys.stdin.buffer.readline()); exec(compile(sys.stdin.buffer.read(n), "agent", "exec"))\'';

const options = {
  BatchMode: 'yes',
  ConnectTimeout: '10',
  ServerAliveInterval: '5',
  ServerAliveCountMax: '3',
  ClearAllForwardings: 'yes',
  RemoteCommand: 'none',
  RequestTTY: 'no',
};

/** Connects to `destination` as ssh understands it. Known hosts, keys and jumps are the user's own affair. */
export async function connectAgent(
  destination: string,
  agentFile: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AgentConnection> {
  const { execa } = await import('execa');
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const child = execa('ssh', ['-T', ...flags, '--', destination, command], {
    env: definedOnly(env),
    extendEnv: false,
    reject: false,
    buffer: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  return serve(child, readFileSync(agentFile));
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function serve(child: ResultPromise<{ reject: false; buffer: false }>, agent: Buffer): AgentConnection {
  const { stdin, stdout, stderr } = child as unknown as {
    stdin: Writable;
    stdout: Readable;
    stderr: Readable;
  };
  const waiting = new Map<number, { resolve(reply: Reply): void; reject(error: Error): void }>();
  const complaints = createTail();
  let lost: ConnectionLost | null = null;
  let count = 0;

  const lose = (error: ConnectionLost): void => {
    lost ??= error;
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
    holdOpen(child, false);
    child.kill('SIGKILL');
  };
  const take = (header: Record<string, unknown>, body: Buffer): void => {
    const asked = waiting.get(Number(header.id));
    if (!asked) return;
    waiting.delete(Number(header.id));
    if (waiting.size === 0) holdOpen(child, false);
    if ('ok' in header) asked.resolve({ ok: header.ok, body });
    else asked.reject(systemError(String(header.error), String(header.message)));
  };
  stderr.on('data', complaints.add);
  stdin.on('error', () => undefined);
  const frames = createFrames(take);
  stdout.on('data', (chunk: Buffer) => {
    const fault = frames.add(chunk);
    if (fault !== null) lose(new ConnectionLost(fault, true));
  });
  void child.then(({ exitCode, signal, cause }) => {
    const why = reasonOf(exitCode, signal, cause, complaints.text(), frames.noise());
    lose(new ConnectionLost(why.reason, why.final));
  });
  stdin.write(`${agent.length}\n`);
  stdin.write(agent);
  holdOpen(child, false);

  return {
    get over() {
      return lost !== null;
    },
    async request(op, fields, body = Buffer.alloc(0)) {
      if (lost) throw lost;
      count += 1;
      const id = count;
      const header = Buffer.from(JSON.stringify({ ...fields, id, op }));
      const lengths = Buffer.alloc(8);
      lengths.writeUInt32BE(header.length, 0);
      lengths.writeUInt32BE(body.length, 4);
      return await new Promise<Reply>((resolve, reject) => {
        if (waiting.size === 0) holdOpen(child, true);
        waiting.set(id, { resolve, reject });
        stdin.write(Buffer.concat([lengths, header, body]));
      });
    },
    close() {
      lose(new ConnectionLost('the connection was closed'));
    },
  };
}

/** An idle connection must not keep a command from ending; one with a request under way must. */
function holdOpen(child: unknown, hold: boolean): void {
  const { stdin, stdout, stderr } = child as Record<string, { ref?(): void; unref?(): void } | undefined>;
  for (const each of [child as { ref?(): void; unref?(): void }, stdin, stdout, stderr])
    if (hold) each?.ref?.();
    else each?.unref?.();
}

function createFrames(take: (header: Record<string, unknown>, body: Buffer) => void) {
  let held = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let heldBytes = 0;
  let need = mark.length;
  let started = false;
  let noise = '';
  /** What is wrong with what came, as the end of a sentence. */
  const digest = (): string | null => {
    if (!started) {
      const at = held.indexOf(mark);
      if (at < 0) {
        noise = held.toString('utf8');
        need = held.length + 1;
        return held.length > maxNoiseBytes ? 'its login shell prints without end' : null;
      }
      started = true;
      noise = held.toString('utf8', 0, at);
      held = held.subarray(at + mark.length);
    }
    for (;;) {
      need = 8;
      if (held.length < need) return null;
      const header = held.readUInt32BE(0);
      const body = held.readUInt32BE(4);
      if (header > maxHeaderBytes || body > maxBodyBytes)
        return 'what it answers is not what lorch asked for';
      need = 8 + header + body;
      if (held.length < need) return null;
      const parsed = parseObject(held.toString('utf8', 8, 8 + header));
      if (!parsed) return 'what it answers is not what lorch asked for';
      const content = Buffer.from(held.subarray(8 + header, need));
      held = held.subarray(need);
      take(parsed, content);
    }
  };
  return {
    add(chunk: Buffer): string | null {
      parts.push(chunk);
      heldBytes += chunk.length;
      // A large body comes in many small pieces; joining them each time would copy it over and over.
      if (heldBytes < need) return null;
      held = Buffer.concat([held, ...parts]);
      parts = [];
      const fault = digest();
      heldBytes = held.length;
      return fault;
    },
    noise: () => noise,
  };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The last lines of what ssh says. */
function createTail() {
  let text = '';
  return {
    add: (chunk: Buffer): void => {
      text = (text + chunk.toString('utf8')).slice(-4000);
    },
    text: () => text,
  };
}

function systemError(code: string, message: string): SystemError {
  return Object.assign(new Error(message), { code });
}

function reasonOf(
  exitCode: number | undefined,
  signal: string | undefined,
  cause: unknown,
  said: string,
  noise: string,
): { reason: string; final: boolean } {
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (code === 'ENOENT') return { reason: 'there is no ssh on this machine', final: true };
  const last = said.trim().split('\n').at(-1)?.trim() ?? '';
  if (/Host key verification failed/.test(said))
    return { reason: 'ssh does not know its key, or the key has changed', final: true };
  if (/Permission denied/.test(said)) return { reason: `it does not let you in: ${last}`, final: true };
  if (/Could not resolve hostname/.test(said))
    return { reason: 'there is no host of that name', final: true };
  if (exitCode === 127 || /python3: (command )?not found/.test(said + noise))
    return { reason: 'it has no python3', final: true };
  if (last !== '') return { reason: last, final: false };
  return {
    reason: signal ? `ssh was ended by ${signal}` : `ssh ended with exit code ${exitCode}`,
    final: false,
  };
}
