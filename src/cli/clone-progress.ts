/** How a clone tells about the worktrees it makes: line by line, or in a table on the terminal. */
import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import type { Settings } from '../config';
import { DaftError } from '../daft-error';
import type { Git } from '../git';
import type { Messages } from '../output';
import { createCloneTable } from '../output/clone';
import type { HookLog } from '../output/live-table';
import type { CloneEvent } from '../worktree';
import { collectRows, emptyRow, surveyBranches, type ColumnName, type Row } from '../worktree/list';
import type { CommandContext } from './context';
import { ownershipOf } from './ownership';

export interface CloneProgress {
  tell: (event: CloneEvent) => void;
  /** Hears the hooks; undefined where they show themselves. */
  hookLog: HookLog | undefined;
  /** Says what is left to be said. */
  end(ending: 'finished' | 'interrupted'): Promise<void>;
}

/** Each event in its turn, as a line. */
export function tellInLines(messages: Messages): CloneProgress {
  let planned = 0;
  let failed = 0;
  return {
    hookLog: undefined,
    tell(event) {
      switch (event.type) {
        case 'planned':
          planned = event.worktrees.length;
          return;
        case 'creating':
          return messages.step(`Creating worktree '${event.path}'`);
        case 'not-created':
          failed += 1;
          return messages.warning(event.message);
        case 'created': case 'settled':
          return;
      }
    },
    end() {
      if (failed > 0) messages.warning(`Created ${planned - failed} of ${planned} worktrees (${failed} failed)`);
      return Promise.resolve();
    },
  };
}

/** A row for each worktree, which fills with what the columns ask for as soon as it has been created. */
export function tellInTable(
  context: CommandContext,
  { git, settings, columns, messages, verbose }: { git: Git; settings: Settings; columns: readonly ColumnName[]; messages: Messages; verbose: boolean },
): CloneProgress {
  const { stderr, now, cwd } = context;
  const table = createCloneTable({ stream: stderr.stream, colour: stderr.colour, columns, verbose, now });
  const here = realpathSync(cwd);
  const created = new Set<string>();
  const ownership = ownershipOf(settings, context);
  let projectRoot = '';
  let collecting: Promise<void> = Promise.resolve();
  let collectionWaits = false;
  context.beforeDying(() => table.close('interrupted'));

  function open({ repository, defaultBranch, worktrees }: Extract<CloneEvent, { type: 'planned' }>): void {
    projectRoot = repository.projectRoot;
    messages.spinner.finish();
    messages.hold();
    table.open(
      worktrees.map(({ branch, path }): Row => ({ ...emptyRow('worktree', branch), path, shownPath: relative(here, path) || '.', isDefaultBranch: branch === defaultBranch })),
    );
    if (worktrees[0] !== undefined) created.add(worktrees[0].branch);
  }

  /** One survey after the other: the next one knows more than the last. */
  function collect(): void {
    if (collectionWaits) return;
    collectionWaits = true;
    collecting = fillAfter(collecting);
  }

  async function fillAfter(previous: Promise<void>): Promise<void> {
    await previous;
    collectionWaits = false;
    const known = new Set(created); // a worktree that is being made right now has nothing to say yet
    table.fill((await survey()).filter(({ name }) => known.has(name)));
  }

  async function survey(): Promise<readonly Row[]> {
    try {
      const found = await surveyBranches(git, projectRoot);
      if (found === undefined) return [];
      const rows = await collectRows(git, found, {
        columns,
        sort: [],
        stat: 'summary',
        cwd: here,
        branches: false,
        remotes: false,
        remote: settings.remote,
        ownership,
        me: settings.raw.get('user.email'),
      });
      return rows.map((row) => ({ ...row, isCurrent: false })); // nobody is there yet
    } catch (error) {
      if (error instanceof DaftError) return []; // the worktrees are there, whether or not something can be told about them
      throw error;
    }
  }

  return {
    hookLog: table.hooks,
    tell(event) {
      table.tell(event);
      switch (event.type) {
        case 'planned':
          open(event);
          return collect();
        case 'created':
          created.add(event.branch);
          return collect();
        case 'settled':
          return collect(); // its hooks may have changed something
        case 'creating': case 'not-created':
          return;
      }
    },
    async end(ending) {
      if (ending === 'finished') await collecting;
      table.close(ending);
      messages.release();
    },
  };
}
