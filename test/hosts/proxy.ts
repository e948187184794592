// A proxy between an ssh client and sshd that drops or freezes connections when it is told to.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface FaultyProxy {
  port: number;
  /** Bytes that the newest connection has brought from the server. */
  brought(): number;
  /** Ends every connection in the middle of whatever it carries. */
  drop(): void;
  /** Refuses new connections, too, until `open()`. */
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

export async function startProxy(target: number): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  let brought = 0;
  let refuses = false;
  const server = createServer((client) => {
    if (refuses) return void client.destroy();
    brought = 0;
    const upstream = connect(target, '127.0.0.1');
    upstream.on('data', (chunk) => {
      brought += chunk.length;
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const drop = (): void => {
    brought = 0;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    brought: () => brought,
    drop,
    shut() {
      refuses = true;
      drop();
    },
    open() {
      refuses = false;
    },
    async close() {
      drop();
      await new Promise((closed) => server.close(closed));
    },
  };
}
