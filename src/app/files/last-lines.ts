import type { Host } from '../../hosts/host.ts';
import { fileBytes, readBytes } from '../../hosts/read-files.ts';

const blockBytes = 64 * 1024;
/** The search for line breaks stops here, because a failing disk can leave a log of zeros without any. */
const lookBackBytes = 64 * 1024 * 1024;

/** The byte offset at which the last `count` lines of a file begin; reads backwards, no more than needed. */
export async function lastLinesFrom(
  host: Pick<Host, 'read' | 'stat'>,
  file: string,
  count: number,
): Promise<number> {
  const size = await fileBytes(host, file);
  let newlines = 0;
  for (let end = size; end > Math.max(0, size - lookBackBytes); ) {
    const start = Math.max(0, end - blockBytes);
    const block = await readBytes(host, file, start, end - start);
    for (let at = block.length - 1; at >= 0; at -= 1) {
      // The newline at the end of the last line does not begin another line.
      if (block[at] !== 10 || start + at === size - 1) continue;
      newlines += 1;
      if (newlines === count) return start + at + 1;
    }
    end = start;
  }
  return Math.max(0, size - lookBackBytes);
}
