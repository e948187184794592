// A source's rows: opened, unpacked, given to the reader that its content asks for, and compared with what its name says.
import { UserError } from '../../diagnostics/user-error.ts';
import { damagedArchive } from '../checks/structure/damaged-archive.ts';
import { damagedParquet } from '../checks/structure/damaged-parquet.ts';
import { fileShape } from '../checks/structure/file-shape.ts';
import { notText } from '../checks/structure/not-text.ts';
import { otherKind } from '../checks/structure/other-kind.ts';
import { rowsOutOfReach } from '../checks/structure/rows-out-of-reach.ts';
import { severalLists } from '../checks/structure/several-lists.ts';
import { codecs } from '../compression/index.ts';
import { changeRows } from '../readers/change-rows.ts';
import { chooseReader, promises, readers } from '../readers/index.ts';
import type { FileRemark, RawRow, Reader, ReadOptions, TableReader } from '../readers/raw-row.ts';
import { binaryKind } from './binary-kind.ts';
import { type OpenSource, openSource } from './open-source.ts';
import { openRandomAccess } from './random-access.ts';
import type { DataSource } from './scan-types.ts';
import { quoteSource } from './source-label.ts';

export interface OpenRows {
  open: OpenSource;
  /** Of `open.chunks`, also if the file is one that is read from any place. */
  reader: Reader;
  /** Whether a remark says that content was not read. */
  unreadable(): boolean;
  /** After the last row: remarks on damage behind the `rows` that were read. */
  end(rows: number): void;
}

type Say = (each: FileRemark) => void;

const fatal = new Set([notText, damagedArchive, damagedParquet, otherKind, severalLists, rowsOutOfReach]);

/** Opens a source and chooses its reader by content. Throws UserError D091; reading throws D091 and D097. */
export async function openRows(source: DataSource, remark: Say): Promise<OpenRows> {
  let unreadable = false;
  const say = (each: FileRemark): void => {
    unreadable ||= fatal.has(each.check);
    remark(each);
  };
  // Damage is met while bytes are fetched, before the rows in front of it are given out.
  const damage: FileRemark[] = [];
  const open = await openSource(source.path, source.stream, source.label, (each) => damage.push(each));
  let chosen: Reader | TableReader;
  try {
    chosen = choose(source.label, open, say);
  } catch (error) {
    await open.close();
    throw error;
  }
  let stopped = false;
  const reader: Reader =
    'read' in chosen
      ? sayingMore(chosen, source.label, (each) => {
          unreadable ||= fatal.has(each.check);
        })
      : {
          ...chosen,
          async *read(_chunks, options) {
            const read = { ...options, remark: say };
            for await (const batch of changeRows(readTable(chosen, source, open, read), read)) {
              if (stopped) break;
              yield batch;
            }
          },
        };
  return {
    open: {
      ...open,
      stop() {
        stopped = true;
        open.stop();
      },
    },
    reader,
    unreadable: () => unreadable,
    end(rows) {
      for (const each of damage) say({ ...each, message: withRows(each.message, rows) });
    },
  };
}

// Commands in hints name the file; and remarks of a reader say whether anything was read.
function sayingMore(reader: Reader, label: string, heard: Say): Reader {
  return {
    ...reader,
    read: (chunks, options) =>
      reader.read(chunks, {
        ...options,
        remark(each) {
          heard(each);
          options.remark({ ...each, hint: naming(each.hint ?? each.check.hint, label) });
        },
      }),
  };
}

function naming(hint: string, label: string): string {
  return hint.replace(/\bFILE\b/, quoteSource(label));
}

function choose(label: string, open: OpenSource, say: Say): Reader | TableReader {
  const name = compareCodec(label, open, say);
  const chosen = chooseReader(open.head, name);
  const binary = 'read' in chosen && open.head.length > 0 ? binaryKind(open.head) : null;
  if (binary) {
    open.stop();
    const { kind, hint } = binary;
    say({
      check: notText,
      message: `The file is ${kind}, not plain UTF-8 text.`,
      ...(hint && { hint: naming(hint, label) }),
    });
  } else if (open.head.length > 0) compareName(name, chosen.name, say);
  return chosen;
}

function withRows(message: string, rows: number): string {
  return `${message} ${rows === 1 ? '1 row before it was' : `${rows.toLocaleString('en-US')} rows before it were`} read.`;
}

async function* readTable(
  reader: TableReader,
  source: DataSource,
  open: OpenSource,
  options: ReadOptions,
): AsyncGenerator<RawRow[]> {
  const packed = source.stream !== undefined || open.codec !== null;
  if (packed && !source.spill)
    throw new UserError(
      'D097',
      `${source.label} is Parquet, which is read from its end, and not from a stream.`,
      {
        hint: 'unpack it into a file first',
      },
    );
  const file =
    packed && source.spill
      ? await source.spill(open.chunks, source.label)
      : await openRandomAccess(source.path, source.label);
  try {
    // Through its own stream the file is hashed.
    if (!packed) for await (const _ of open.chunks);
    yield* reader.readFile(file, options);
  } finally {
    await file.close();
  }
}

/** The file's name without what promises compression. */
function compareCodec(label: string, { codec, head }: OpenSource, remark: Say): string {
  const promised = codecs.find(({ extension }) => label.toLowerCase().endsWith(extension));
  const found = codec ? `${codec.name}-compressed` : 'not compressed';
  if (promised && promised !== codec && head.length > 0)
    remark({
      check: fileShape,
      message: `The file's name promises ${promised.name}, but it is ${found}.`,
    });
  return promised ? label.slice(0, -promised.extension.length) : label;
}

function compareName(label: string, name: string, remark: Say): void {
  const promised = readers.find((reader) => promises(reader, label));
  const found = readers.find((reader) => reader.name === name);
  if (promised && found && promised !== found)
    remark({
      check: fileShape,
      message: `The file's name promises ${promised.holds}, but it holds ${found.holds}.`,
    });
}
