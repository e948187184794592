// The session of one reviewer: chooses the next row, and writes each verdict to disk before the next row is shown.
import type { RejectReason, SettleEntry, VerdictEntry } from '../../dataset/review/entries.ts';
import { logVersion } from '../../dataset/review/entries.ts';
import { foldLog, type ReviewState, type RowReview } from '../../dataset/review/fold-log.ts';
import { type Judgement, judgeReview, type ReviewRule } from '../../dataset/review/judge-review.ts';
import type { FingerprintList } from '../../dataset/review/permutation.ts';
import { openReviewLog, reviewLogPath } from '../sources/verdict-log.ts';
import { drawEntry } from './draw-entry.ts';
import { type Edited, editableText, judgeEdit } from './edit-row.ts';
import { fetchRows, type ReviewRow } from './fetch-rows.ts';
import { inheritedEntries } from './inherited-entries.ts';
import { drawnOf, loadReview, orderOf } from './load-review.ts';
import { numberOf, openPopulation, type Population, type ReviewedFiles } from './population.ts';

export interface SessionRequest extends ReviewedFiles {
  reviewer: string;
  /** Name and version of the program, kept with each verdict. */
  tool: string;
  now(): number;
  /** Total number of rows of the dataset's order to read. */
  rows: number;
  /** `drawn`: the dataset's order. `findings`: rows with findings, which do not count. `disputes`: rows on which reviewers disagree. */
  what: 'drawn' | 'findings' | 'disputes';
  rule: ReviewRule;
}

export interface ReviewSession {
  readonly population: Population;
  readonly logPath: string;
  readonly state: ReviewState;
  readonly what: SessionRequest['what'];
  /** The row to judge; null if all are done. */
  current(): ReviewRow | null;
  /** Its position in the dataset's order, from 0; null for rows that are read for another reason. */
  position(): number | null;
  /** What is known about the current row. */
  review(): RowReview | null;
  /** If reviewers disagree: the edit of one of them, as an editor should open with it. Null to open with the row itself. */
  draft(): string | null;
  /** Reads the texts of the next rows if they are not loaded. Call it before `current`. */
  ready(): Promise<void>;
  /** Rows whose texts are loaded, the next ones first. */
  loaded(): ReviewRow[];
  /** Remaining rows, including the current one. */
  left(): number;
  /** Total number of rows for the reviewer. */
  target(): number;
  /** Verdicts given in this session. */
  given(): number;
  judgement(): Judgement;
  accept(): void;
  reject(reason: RejectReason, note?: string): void;
  /** Judges the text from the editor; it becomes a verdict only if the result is `changed`. */
  edit(text: string): Edited;
  note(text: string): void;
  skip(): void;
  /** Takes back this reviewer's last verdict, note or settlement; null if there is none. */
  undo(): Promise<string | null>;
  /** Draws more rows of the order. */
  more(rows: number): Promise<void>;
  close(): void;
}

const flaggedRows = 1000;
/** Rows whose texts are kept at once. */
const fetchAtOnce = 200;

/** Opens a review: reads the dataset, its log and the first rows. Throws UserError V003, V004, V005, D09x. */
export async function openSession(request: SessionRequest): Promise<ReviewSession> {
  const { reviewer, rule, what } = request;
  const population = await openPopulation(request, what === 'findings');
  const [first] = request.files;
  if (!first) throw new Error('a review needs a file');
  const logPath = reviewLogPath(first.path);
  const log = await openReviewLog(logPath, request);
  const before = await inheritedEntries(request);
  const inherited = new Set(before.map(({ id }) => id));
  const loaded = loadReview(request, population, [...before, ...log.entries]);
  const dataset = loaded.version?.draw.dataset ?? population.fingerprint;
  const list: FingerprintList = loaded.version?.list ?? population.index;
  // A draw that is known from a parent file is also recorded here, because that file may be deleted.
  let announced = log.entries.some((entry) => entry.type === 'draw' && entry.dataset === dataset);
  let state = loaded.state;
  let target = Math.min(request.rows, list.rows);
  let order = orderOf(dataset, list, Math.max(target, loaded.drawn.length));
  let positions = new Map(order.map((row, i) => [row, i]));
  const rows = new Map<string, ReviewRow>();
  let queue: string[] = [];
  let given = 0;

  const own = (row: string): VerdictEntry | undefined => state.rows.get(row)?.verdicts.get(reviewer);
  const waiting = (): string[] => {
    if (what === 'disputes')
      return [...state.rows.values()].flatMap(({ decision, row }) =>
        decision === 'disputed' && population.index.has(row) ? [row] : [],
      );
    const candidates = what === 'drawn' ? order.slice(0, target) : flagged;
    const open = candidates.filter((row) => population.index.has(row) && !own(row));
    // Skipped rows come back after the others.
    return [
      ...open,
      ...candidates.filter((row) => population.index.has(row) && own(row)?.verdict === 'skip'),
    ];
  };
  const flagged = what === 'findings' ? flaggedOrder(population, request.rows) : [];

  const load = async (wanted: readonly string[]): Promise<void> => {
    const missing = wanted
      .filter((row) => !rows.has(row))
      .slice(0, fetchAtOnce)
      .map((row) => population.index.find(row))
      .filter((number) => number >= 0);
    if (missing.length === 0) return;
    for (const [row, each] of await fetchRows(request, population, missing)) rows.set(row, each);
  };
  const refresh = async (): Promise<void> => {
    queue = waiting();
    // Also load the rows of the last few verdicts, so that taking one back shows its row at once.
    const recent = state.standing.filter((each) => each.reviewer === reviewer).slice(-10);
    await load([...queue.slice(0, fetchAtOnce - 10), ...recent.map(({ row }) => row)]);
  };
  const write = (...entries: Parameters<typeof log.append>): void => {
    log.append(...entries);
    state = foldLog([...before, ...log.entries]);
  };
  const draw = (): Parameters<typeof log.append> => {
    if (announced) return [];
    announced = true;
    return [loaded.version?.draw ?? drawEntry(log.stamp(), request, population)];
  };
  const needed = (): ReviewRow => {
    const row = queue[0] === undefined ? undefined : rows.get(queue[0]);
    if (!row) throw new Error('there is no row to judge');
    return row;
  };
  type Said = Pick<VerdictEntry, 'reason' | 'note' | 'edit'> & { verdict: VerdictEntry['verdict'] };
  const judge = ({ verdict, ...said }: Said): void => {
    const row = needed();
    const codes = [...new Set(row.findings.map(({ code }) => code))].sort();
    const before = draw();
    const about = { dataset, row: row.fingerprint, ...said };
    if (what === 'disputes' && verdict !== 'skip') {
      const of = [...(state.rows.get(row.fingerprint)?.verdicts.values() ?? [])].map(({ id }) => id);
      const entry: SettleEntry = { v: logVersion, ...log.stamp(), type: 'settle', ...about, verdict, of };
      write(...before, entry);
    } else if (what !== 'disputes') {
      const position = what === 'drawn' ? (positions.get(row.fingerprint) ?? null) : null;
      write(...before, {
        v: logVersion,
        ...log.stamp(),
        type: 'verdict',
        ...about,
        verdict,
        position,
        codes,
      });
    }
    if (verdict !== 'skip') given += 1;
    queue.shift();
  };

  await refresh();
  // If all rows were judged before, the draw is the only thing to record.
  if (what === 'drawn' && queue.length === 0 && target > 0 && state.standing.length > 0) {
    const noted = draw();
    if (noted.length > 0) write(...noted);
  }
  return {
    population,
    logPath,
    what,
    get state() {
      return state;
    },
    current: () => (queue[0] === undefined ? null : (rows.get(queue[0]) ?? null)),
    position: () => (queue[0] === undefined || what !== 'drawn' ? null : (positions.get(queue[0]) ?? null)),
    review: () => (queue[0] === undefined ? null : (state.rows.get(queue[0]) ?? null)),
    draft() {
      if (what !== 'disputes' || queue[0] === undefined) return null;
      const verdicts = [...(state.rows.get(queue[0])?.verdicts.values() ?? [])];
      const edit = verdicts.find((verdict) => verdict.edit)?.edit;
      return edit ? editableText(edit.text) : null;
    },
    async ready() {
      if (queue[0] !== undefined && !rows.has(queue[0])) await load(queue.slice(0, fetchAtOnce));
    },
    loaded: () => queue.flatMap((row) => rows.get(row) ?? []),
    left: () => queue.length,
    target: () => (what === 'drawn' ? target : what === 'findings' ? flagged.length : given + queue.length),
    given: () => given,
    judgement: () =>
      judgeReview(
        state,
        {
          drawn: drawnOf(state, dataset, order),
          rows: list.rows,
          present: population.index.has,
          trained: population.index.has,
          trainedRows: population.index.rows,
          earlier: loaded.earlier,
        },
        rule,
      ),
    accept: () => judge({ verdict: 'accept' }),
    reject: (reason, note) => judge({ verdict: 'reject', reason, ...(note && { note }) }),
    edit(text) {
      const edited = judgeEdit(request, population, needed(), text);
      if (edited.outcome === 'changed')
        judge({ verdict: 'edit', edit: { text: edited.text, fingerprint: edited.fingerprint } });
      return edited;
    },
    note(text) {
      const row = needed().fingerprint;
      write(...draw(), { v: logVersion, ...log.stamp(), type: 'note', dataset, row, text });
    },
    skip: () => judge({ verdict: 'skip' }),
    async undo() {
      // A verdict on a parent file must be taken back there.
      const last = state.standing.findLast((each) => each.reviewer === reviewer && !inherited.has(each.id));
      if (!last) return null;
      write({ v: logVersion, ...log.stamp(), type: 'undo', of: last.id });
      if (last.type === 'verdict' && last.verdict !== 'skip') given = Math.max(0, given - 1);
      const said = 'verdict' in last ? last.verdict : 'note';
      if (!population.index.has(last.row)) return `${said} (its row is no longer in the dataset)`;
      await load([last.row]);
      queue = [last.row, ...queue.filter((row) => row !== last.row)];
      return said;
    },
    async more(count) {
      target = Math.min(target + count, list.rows);
      order = orderOf(dataset, list, Math.max(target, order.length));
      positions = new Map(order.map((row, i) => [row, i]));
      await refresh();
    },
    close: () => log.close(),
  };
}

/** Rows with findings, one code after another in turn, so that rows of each check are read. */
function flaggedOrder(population: Population, count: number): string[] {
  const byCode = [...population.flagged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => each.map((row) => numberOf(population, row)).filter((number) => number >= 0));
  const rows = new Set<number>();
  const longest = Math.max(0, ...byCode.map((each) => each.length));
  for (let i = 0; i < longest && rows.size < Math.min(count, flaggedRows); i += 1)
    for (const list of byCode) {
      const row = list[i];
      if (row !== undefined && rows.size < count) rows.add(row);
    }
  return [...rows].map((row) => population.index.at(row));
}
