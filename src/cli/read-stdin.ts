import { buffer } from 'node:stream/consumers';
import type { Context } from './context.ts';

/** All of stdin. Meant for small inputs, such as a config; datasets are streamed. */
export async function readStdin(context: Context): Promise<Uint8Array> {
  return await buffer(context.stdin);
}
