import { Chalk } from 'chalk';
import type { CloneEvent } from '../../worktree';
import type { ColumnName, Row } from '../../worktree/list';
import { createLiveRegion, type LiveRegionOptions } from '../live';
import { createHookLog, phaseOf, renderLiveTable, type HookLog, type LiveRow } from '../live-table';

export interface CloneTableOptions {
  /** stderr, a terminal. */
  stream: LiveRegionOptions['stream'] & { readonly writableLength?: number };
  colour: boolean;
  columns: readonly ColumnName[];
  /** Tells about the jobs of hooks, and the work in progress. */
  verbose: boolean;
  now: () => Date;
}

/** One row for each worktree of a clone of several branches (worktrees-create.md 6.5). */
export interface CloneTable {
  /** Puts the rows on the screen; of what has been created already, the base, all cells are to come. */
  open(rows: readonly Row[]): void;
  tell(event: CloneEvent): void;
  /** What was found out about these rows. */
  fill(rows: readonly Row[]): void;
  /** Of the clone. */
  readonly hooks: HookLog;
  /** Leaves the table as it is, with what there is to say below it; again does nothing. */
  close(ending: 'finished' | 'interrupted'): void;
}

export function createCloneTable({ stream, colour, columns, verbose, now }: CloneTableOptions): CloneTable {
  const paint = new Chalk({ level: colour ? 2 : 0 });
  const rows = new Map<string, LiveRow>();
  const failures: { branch: string; message: string }[] = [];
  const region = createLiveRegion({ stream, render: ({ columns: width }) => lines(width - 1) });
  const log = createHookLog({ stream, colour, lendTerminal: () => region.stop(), takeTerminalBack: () => region.start() });
  let startedMs = 0;
  let ending: 'finished' | 'interrupted' | undefined;
  /** The hook that runs. */
  let current: { branch: string; hook: string } | undefined;
  /** Branches of which a hook had something to complain about. */
  const warned = new Set<string>();

  function change(branch: string, values: Partial<LiveRow>): void {
    const row = rows.get(branch);
    if (row !== undefined) rows.set(branch, { ...row, ...values });
  }

  function lines(width: number): string[] {
    const elapsedMs = performance.now() - startedMs;
    const shown = [...rows.values()].map((row) => (verbose ? { ...row, details: log.details(row.row.name) } : row));
    const table = renderLiveTable(shown, { columns, now: now(), elapsedMs, ended: ending !== undefined, colour, width });
    if (!verbose) return table;
    const inFlight = shown.filter(({ status }) => status.kind === 'working').length;
    const cancelled = ending === 'interrupted' ? ' · cancelled' : '';
    return [...table, paint.dim(` inflight: ${inFlight} · elapsed: ${(elapsedMs / 1000).toFixed(1)}s${cancelled}`)];
  }

  function settle(branch: string): void {
    change(branch, { status: { kind: 'done', what: 'created', warned: warned.has(branch) } });
  }

  return {
    open(given) {
      startedMs = performance.now();
      for (const [index, row] of given.entries()) {
        rows.set(row.name, { row, status: index === 0 ? { kind: 'done', what: 'created', warned: false } : { kind: 'waiting' }, filled: false, details: [] });
      }
      region.start();
    },
    tell(event) {
      switch (event.type) {
        case 'creating':
          return change(event.branch, { status: { kind: 'working', doing: 'creating' } });
        case 'created':
          return settle(event.branch);
        case 'not-created':
          failures.push(event);
          return change(event.branch, { status: { kind: 'failed', what: event.because === 'hook' ? 'hook failed' : 'failed' } });
        case 'planned': case 'settled':
          return;
      }
    },
    fill(found) {
      for (const row of found) change(row.name, { row, filled: true });
    },
    hooks: {
      ...log,
      begin(firing) {
        log.begin(firing);
        current = firing;
        change(firing.branch, { status: { kind: 'working', doing: phaseOf(firing.hook) } });
      },
      end(result) {
        log.end(result);
        if (current === undefined || result.kind === 'interrupted') return;
        const { branch, hook } = current;
        if (result.kind === 'failed') warned.add(branch);
        if (result.kind === 'failed' && result.mode === 'abort') change(branch, { status: { kind: 'failed', what: 'hook failed' } });
        else if (hook === 'worktree-pre-create') change(branch, { status: { kind: 'working', doing: 'creating' } });
        else settle(branch);
      },
    },
    close(how) {
      if (ending !== undefined) return;
      ending = how;
      region.stop();
      if (rows.size === 0) return;
      for (const [branch, { status }] of rows) if (status.kind === 'working') change(branch, { status: { kind: 'failed', what: 'cancelled' } });
      for (const line of lines(Math.max(stream.columns || 80, 2))) stream.write(`${line}\n`);
      log.report();
      if (failures.length === 0) return;
      stream.write(`Created ${rows.size - failures.length} of ${rows.size} worktrees (${failures.length} failed)\n`);
      for (const { branch, message } of failures) stream.write(`  ${branch}: ${message}\n`);
    },
  };
}
