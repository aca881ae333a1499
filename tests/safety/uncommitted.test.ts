/**
 * Nothing that is not committed is ever lost. Each command that moves or removes worktrees meets ones with modified, staged,
 * deleted, renamed, untracked and ignored files under odd names, with stashes, and with submodules that have all of that as
 * well. Either it refuses, and everything is bit for bit as it was, or everything is there afterwards. Only force discards,
 * and only what it was told to.
 */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Inventory, InventoryOfWorktree } from '../chaos/treasure.mjs';
import { temporaryHome, writeFiles, type Ran, type TemporaryHome } from '../support';
import { buildHoard, intendToAdd, places, type Contents, type Hoard, type Shape } from './hoard';

interface Situation {
  hoard: Hoard;
  shape: Shape;
  contents: Contents;
  /** Paths of the worktrees. */
  main: string;
  one: string;
  two: string;
  three: string;
}
interface State {
  exact: ReturnType<Hoard['exactState']>;
  inventory: Inventory;
}
type Ending = (ran: Ran, before: State, situation: Situation) => void;

interface Case {
  name: string;
  shape: Shape;
  prepare?: (situation: Situation) => void | Promise<void>;
  run: (situation: Situation) => Promise<Ran>;
  files: Ending;
  /** Where submodules make it another case: how it ends with them. */
  submodule?: Ending;
}

/** It says no, or fails, and nothing has happened. */
const unchanged = (...complaint: string[]): Ending => (ran, before, { hoard }) => {
  expect(ran.exitCode).toBe(1);
  for (const text of complaint) expect(ran.stderr).toContain(text);
  expect(hoard.exactState()).toEqual(before.exact);
};

/** It succeeds, and leaves all of it alone. */
const alone: Ending = (ran, before, { hoard }) => {
  expect(ran.exitCode, ran.stderr).toBe(0);
  const after = hoard.inventory();
  for (const [name, worktree] of Object.entries(before.inventory.worktrees)) expect(after.worktrees[name], name).toEqual(worktree);
  expect(after.stashes).toBe(before.inventory.stashes);
};

/** It succeeds, and all of it is there, wherever that is now; only these lines of the configuration are new. */
const kept = (...configured: string[]): Ending => (ran, before, { hoard }) => {
  expect(ran.exitCode, ran.stderr).toBe(0);
  const after = hoard.inventory();
  expect({ ...after, config: after.config.filter((line) => !configured.includes(line)) }).toEqual(before.inventory);
};

/** It succeeds; these worktrees are gone, and all of the others is there. */
const gone = (branches: readonly string[], { deleted = [] }: { deleted?: readonly string[] } = {}): Ending => (ran, before, { hoard }) => {
  expect(ran.exitCode, ran.stderr).toBe(0);
  const after = hoard.inventory();
  const rest = Object.entries(before.inventory.worktrees).filter(([name]) => !branches.some((branch) => name === `refs/heads/${branch}`));
  expect(after.worktrees).toEqual(Object.fromEntries(rest));
  expect(after.stashes).toBe(before.inventory.stashes);
  const branchesLeft = before.inventory.branches.split('\n').filter((line) => !deleted.some((branch) => line.startsWith(`refs/heads/${branch} `)));
  expect(after.branches.split('\n')).toEqual(branchesLeft);
};

/** Whether a line of an inventory is about what no stash takes from one worktree to another. */
function doesNotTravel(line: string): boolean {
  return / (at-top\.ignored|build(\/.*)?|untracked\/y\.ignored|libs(\/.*)?)$/.test(line);
}

/** The files that stay behind, without their directories. */
function stationary({ files }: InventoryOfWorktree): string[] {
  return files.filter((line) => doesNotTravel(line) && !line.startsWith('40'));
}

/** What goes from one worktree to another: all but ignored files and what is inside of submodules. */
function portable({ files, status, index }: InventoryOfWorktree): Pick<InventoryOfWorktree, 'files' | 'status' | 'index'> {
  return {
    files: files.filter((line) => !doesNotTravel(line)),
    status: status.filter((line) => !line.startsWith('! ') && !doesNotTravel(line)),
    index,
  };
}

/** The changes of `from` are in each of the others, and in `from` itself only if they were copied. */
const carried = (from: string, to: readonly string[], { copy = false } = {}): Ending => (ran, before, { hoard }) => {
  expect(ran.exitCode, ran.stderr).toBe(0);
  const after = hoard.inventory();
  const source = before.inventory.worktrees[`refs/heads/${from}`]!;
  const left = after.worktrees[`refs/heads/${from}`]!;
  for (const branch of to) expect(portable(after.worktrees[`refs/heads/${branch}`]!), branch).toEqual(portable(source));
  if (copy) expect(left).toEqual(source);
  else expect(left.status.filter((line) => !/^! |^$| libs\//.test(line))).toEqual([]);
  expect(stationary(left)).toEqual(stationary(source));
  expect(left.insideSubmodules).toBe(source.insideSubmodules);
  for (const [name, worktree] of Object.entries(before.inventory.worktrees)) {
    if (name !== `refs/heads/${from}` && !to.some((branch) => name === `refs/heads/${branch}`)) expect(after.worktrees[name], name).toEqual(worktree);
  }
  expect(after.stashes).toBe(before.inventory.stashes);
};

const cases: Case[] = [];
function check(found: Omit<Case, 'shape'>, ...shapes: Shape[]): void {
  for (const shape of shapes) cases.push({ ...found, shape });
}

/** One of each structure: the files go down, up, or stay where they are, and the git directory as well. */
for (const layout of ['contained', 'contained-classic', 'sibling']) {
  const transform = (...more: string[]) => ({ hoard, main }: Situation) => hoard.daft(main, ['layout', 'transform', layout, ...more]);
  const cannotMove = unchanged('working trees containing submodules cannot be moved or removed');
  // Of a container's worktrees one becomes the main working tree where it is, and git has to move none.
  const forced = (shape: Shape) => (shape === 'container' && layout === 'contained-classic' ? kept() : cannotMove);
  const stays = (shape: Shape) => (shape === 'regular' ? layout === 'sibling' : layout === 'contained');
  for (const shape of ['regular', 'container'] as const) {
    if (stays(shape)) {
      check({ name: `layout transform ${layout}, where it is`, run: transform(), files: kept() }, shape);
      continue;
    }
    check({ name: `layout transform ${layout}`, run: transform(), files: unchanged("Worktree 'main' has uncommitted changes") }, shape);
    check({ name: `layout transform ${layout} --force`, run: transform('--force'), files: kept(), submodule: forced(shape) }, shape);
    check(
      {
        name: `layout transform ${layout} --force, with files that no stash takes`,
        prepare: ({ hoard, main, one }) => [main, one].forEach((worktree) => intendToAdd(hoard, worktree)),
        run: transform('--force'),
        files: kept(),
      },
      shape,
    );
    check(
      {
        name: `layout transform ${layout}, with changes in a worktree that is not checked`,
        prepare: ({ hoard, main, one }) => {
          commitAll(hoard, main);
          intendToAdd(hoard, one);
        },
        run: transform(),
        files: kept(),
      },
      shape,
    );
  }
}

/** Nothing is left to say about this worktree, not even of its submodules. */
function commitAll(hoard: Hoard, worktree: string): void {
  // The innermost first.
  for (const path of ['libs/outer/deep/inner', 'libs/outer'].map((below) => `${worktree}/${below}`).filter((submodule) => existsSync(submodule))) {
    hoard.must(path, 'add', '.');
    hoard.must(path, 'commit', '--quiet', '--message=all');
  }
  hoard.must(worktree, 'add', '.');
  hoard.must(worktree, 'commit', '--quiet', '--message=all');
}

const EIO = (point: string) => ({ env: { DAFT_FAULT: `${point}:EIO` } });

check(
  {
    name: 'layout transform --force that fails when all but the last step is done',
    run: ({ hoard, shape, main }) => hoard.daft(main, ['layout', 'transform', shape === 'regular' ? 'contained-classic' : 'sibling', '--force'], EIO('transform: after check')),
    files: unchanged('Failed at step'),
    submodule: unchanged('Failed at step'),
  },
  'regular',
  'container',
);

check({ name: 'adopt', run: ({ hoard, main }) => hoard.daft(main, ['adopt']), files: kept(), submodule: kept() }, 'regular');
check(
  {
    name: 'adopt, with files that no stash takes',
    prepare: ({ hoard, main, one }) => [main, one].forEach((worktree) => intendToAdd(hoard, worktree)),
    run: ({ hoard, main }) => hoard.daft(main, ['adopt']),
    files: kept(),
  },
  'regular',
);
check({ name: 'adopt that fails late', run: ({ hoard, main }) => hoard.daft(main, ['adopt'], EIO('transform: after check')), files: unchanged('Failed at step') }, 'regular');

check({ name: 'eject', run: ({ hoard, main }) => hoard.daft(main, ['eject']), files: unchanged('The following worktrees have uncommitted changes:', 'app/one (one)\n'), submodule: unchanged('The following worktrees have uncommitted changes:', 'app/one (one)\n') }, 'container');
check({ name: 'eject -b, of a clean worktree', run: ({ hoard, main }) => hoard.daft(main, ['eject', '-b', 'two']), files: unchanged('app/main (main)\n') }, 'container');
check({ name: 'eject --force', run: ({ hoard, main }) => hoard.daft(main, ['eject', '--force']), files: gone(['one', 'two', 'three']), submodule: gone(['one', 'two', 'three']) }, 'container');
check(
  {
    name: 'eject, where only the worktree that is kept has changes',
    prepare: ({ hoard, main, one }) => {
      hoard.must(main, 'worktree', 'remove', '--force', one);
      intendToAdd(hoard, main);
    },
    run: ({ hoard, main }) => hoard.daft(main, ['eject']),
    files: gone(['two', 'three']),
  },
  'container',
);
check(
  {
    name: 'eject that fails late',
    prepare: ({ hoard, main, one, two, three }) => [one, two, three].forEach((worktree) => hoard.must(main, 'worktree', 'remove', '--force', worktree)),
    run: ({ hoard, main }) => hoard.daft(main, ['eject'], EIO('transform: after check')),
    files: unchanged('Failed at step'),
  },
  'container',
);

const grouped = ['daft.multiRemote.enabled=true', 'daft.multiRemote.defaultremote=origin'];
const enable = ({ hoard, main }: Situation) => hoard.daft(main, ['multi-remote', 'enable', '-f']);
const cannotMove = unchanged('working trees containing submodules cannot be moved or removed');
check({ name: 'multi-remote enable', run: enable, files: kept(...grouped), submodule: cannotMove }, 'container');
check({ name: 'multi-remote enable that fails late', run: ({ hoard, main }) => hoard.daft(main, ['multi-remote', 'enable', '-f'], EIO('transform: worktree moved@3')), files: unchanged('EIO'), submodule: cannotMove }, 'container');
/** In multi-remote mode, with a second remote. */
async function group(situation: Situation): Promise<void> {
  const { hoard } = situation;
  hoard.must(hoard.at('app'), 'remote', 'add', 'fork', `${hoard.home.root}/remotes/app.git`);
  expect(await enable(situation)).toMatchObject({ exitCode: 0 });
}
const inGroup = (...args: string[]) => ({ hoard }: Situation) => hoard.daft(hoard.at('app/origin/main'), ['multi-remote', ...args, '-f']);
const off = (ran: Ran, before: State, situation: Situation) => {
  const config = before.inventory.config.map((line) => line.replace('multiRemote.enabled=true', 'multiRemote.enabled=false'));
  kept()(ran, { ...before, inventory: { ...before.inventory, config } }, situation);
};
check({ name: 'multi-remote disable', prepare: group, run: inGroup('disable'), files: off }, 'container');
check({ name: 'multi-remote move', prepare: group, run: inGroup('move', 'one', '--to', 'fork'), files: kept() }, 'container');
check(
  {
    name: 'multi-remote move to a place that is taken',
    prepare: async (situation) => {
      await group(situation);
      writeFiles(situation.hoard.at('app/fork'), { 'one/mine': 'm\n' });
    },
    run: inGroup('move', 'one', '--to', 'fork'),
    files: unchanged('Target path already exists'),
  },
  'container',
);

const both = ['regular', 'container'] as const;
const two = 'two';
check({ name: 'start', run: ({ hoard, main }) => hoard.daft(main, ['start', 'new']), files: carried('main', ['new']) }, ...both);
check({ name: 'start from the branch of another worktree', run: ({ hoard, main }) => hoard.daft(main, ['start', 'new', 'one']), files: carried('one', ['new']), submodule: carried('one', ['new']) }, 'container');
check({ name: 'start --no-carry', run: ({ hoard, main }) => hoard.daft(main, ['start', 'new', '--no-carry']), files: alone }, 'regular');
check(
  {
    name: 'start with files that no stash takes',
    prepare: ({ hoard, main }) => intendToAdd(hoard, main),
    run: ({ hoard, main }) => hoard.daft(main, ['start', 'new']),
    files: unchanged('Failed to stash uncommitted changes'),
  },
  'container',
);
check(
  {
    name: 'start that an aborting hook stops',
    prepare: async ({ hoard, main }) => {
      writeFiles(main, { 'daft.yml': JSON.stringify({ hooks: { 'worktree-pre-create': { fail_mode: 'abort', jobs: [{ name: 'no', run: 'exit 1' }] } } }) });
      hoard.must(main, 'add', 'daft.yml');
      hoard.must(main, 'commit', '--quiet', '--message=hook', '--', 'daft.yml');
      expect(await hoard.daft(main, ['hooks', 'trust', '-f'])).toMatchObject({ exitCode: 0 });
    },
    run: ({ hoard, main }) => hoard.daft(main, ['start', 'new']),
    files: unchanged('hook failed'),
  },
  'container',
);
check({ name: 'start of a branch that is there', run: ({ hoard, main }) => hoard.daft(main, ['start', two]), files: unchanged('already') }, 'regular');
check(
  {
    name: 'start where something is in the way',
    prepare: ({ hoard }) => ['app.new', 'app/new'].forEach((place) => writeFiles(hoard.at(place), { mine: 'm\n' })),
    run: ({ hoard, main }) => hoard.daft(main, ['start', 'new']),
    files: unchanged('already exists'),
  },
  'regular',
);
check({ name: 'go of a worktree that is there', run: ({ hoard, main }) => hoard.daft(main, ['go', two]), files: alone }, 'container');
check({ name: 'go of a branch without one', run: ({ hoard, main }) => hoard.daft(main, ['go', 'four']), files: alone }, 'container');
check({ name: 'go --carry', run: ({ hoard, main }) => hoard.daft(main, ['go', 'four', '--carry']), files: carried('main', ['four']) }, 'regular');

check({ name: 'carry', run: ({ hoard, main }) => hoard.daft(main, ['carry', two]), files: carried('main', [two]) }, ...both);
check({ name: 'carry --copy', run: ({ hoard, main }) => hoard.daft(main, ['carry', '--copy', two]), files: carried('main', [two], { copy: true }), submodule: carried('main', [two], { copy: true }) }, ...both);
check({ name: 'carry to several', run: ({ hoard, main }) => hoard.daft(main, ['carry', two, 'three']), files: carried('main', [two, 'three'], { copy: true }) }, 'regular');
check({ name: 'carry to nobody', run: ({ hoard, main }) => hoard.daft(main, ['carry', two, 'nope']), files: unchanged('No changes were made.') }, 'regular');
check(
  {
    name: 'carry of files that no stash takes',
    prepare: ({ hoard, main }) => intendToAdd(hoard, main),
    run: ({ hoard, main }) => hoard.daft(main, ['carry', two]),
    files: unchanged('Failed to stash uncommitted changes'),
  },
  'regular',
);
/** What was to be carried is in a stash entry more, as a whole; the target is as it was. */
const preserved: Ending = (ran, before, { hoard, main, shape }) => {
  expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Stash preserved for recovery.') });
  const after = hoard.inventory();
  expect(after.stashes.split('\n').slice(1).join('\n')).toBe(before.inventory.stashes);
  expect(after.worktrees['refs/heads/one']).toEqual(before.inventory.worktrees['refs/heads/one']);
  hoard.must(main, 'stash', 'pop', '--quiet', '--index');
  expect(hoard.inventory().worktrees['refs/heads/main']).toEqual(before.inventory.worktrees['refs/heads/main']);
  expect(existsSync(hoard.at(places[shape].one))).toBe(true);
};
check({ name: 'carry to a worktree with changes of its own', run: ({ hoard, main }) => hoard.daft(main, ['carry', 'one']), files: preserved }, ...both);
check(
  {
    name: 'carry --copy to a worktree with changes of its own',
    run: ({ hoard, main }) => hoard.daft(main, ['carry', '--copy', 'one']),
    files(ran, before, { hoard }) {
      expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('these have changes there already') });
      expect(hoard.inventory()).toEqual(before.inventory);
    },
  },
  'container',
);
check(
  {
    name: 'carry --copy that fails on the way',
    run: ({ hoard, main }) => hoard.daft(main, ['carry', '--copy', two], EIO('carry: stashed')),
    files(ran, before, { hoard, main }) {
      expect(ran.exitCode).not.toBe(0);
      hoard.must(main, 'stash', 'pop', '--quiet', '--index');
      expect(hoard.inventory()).toEqual(before.inventory);
    },
  },
  'container',
);

const dirty = unchanged("cannot delete 'one': has uncommitted changes in worktree (use -D to force)");
check({ name: 'remove', run: ({ hoard, main }) => hoard.daft(main, ['remove', 'one']), files: dirty, submodule: dirty }, ...both);
check({ name: 'remove of several, of which one has changes', run: ({ hoard, main }) => hoard.daft(main, ['remove', two, 'one']), files: dirty }, 'regular');
check({ name: 'remove of the worktree one stands in', run: ({ hoard, one }) => hoard.daft(one, ['remove', '.']), files: dirty }, 'container');
check({ name: 'worktree-branch -d', run: ({ hoard, main }) => hoard.daft(main, ['worktree-branch', '-d', 'one']), files: dirty }, 'regular');
check({ name: 'worktree-branch-delete', run: ({ hoard, main }) => hoard.daft(main, ['worktree-branch-delete', 'one']), files: dirty }, 'container');
check({ name: 'remove --force', run: ({ hoard, main }) => hoard.daft(main, ['remove', '--force', 'one']), files: gone(['one'], { deleted: ['one'] }), submodule: gone(['one'], { deleted: ['one'] }) }, ...both);
check({ name: 'worktree-branch -D', run: ({ hoard, main }) => hoard.daft(main, ['worktree-branch', '-D', 'one']), files: gone(['one'], { deleted: ['one'] }) }, 'container');
check({ name: 'remove of the default branch', run: ({ hoard, two }) => hoard.daft(two, ['remove', 'main']), files: unchanged('refusing to delete the default branch') }, 'regular');
check({ name: 'remove --force of the main working tree', run: ({ hoard, two }) => hoard.daft(two, ['remove', '--force', 'main']), files: unchanged('this is the main working tree') }, 'regular');
check({ name: 'remove --force of the default branch', run: ({ hoard, two }) => hoard.daft(two, ['remove', '--force', 'main']), files: gone(['main']) }, 'container');

check({ name: 'clone to a place that is taken', run: ({ hoard }) => hoard.daft(hoard.at(), ['clone', `${hoard.home.root}/remotes/app.git`]), files: unchanged('already exists') }, 'regular');
check({ name: 'init at a place that is taken', run: ({ hoard }) => hoard.daft(hoard.at(), ['init', 'app']), files: unchanged('already exists') }, 'container');

describe.each<Contents>(['files', 'submodule'])('with %s', (contents) => {
  const states = new Map<Shape, { hoard: Hoard; first: State }>();
  let home: TemporaryHome;
  beforeAll(async () => {
    home = await temporaryHome();
    for (const shape of both) {
      const hoard = buildHoard(home, shape, contents);
      states.set(shape, { hoard, first: { exact: hoard.exactState(), inventory: hoard.inventory() } });
    }
  });
  afterAll(() => home[Symbol.asyncDispose]());

  const possible = cases.filter((found) => contents === 'files' || found.submodule !== undefined);
  test.each(possible.map((found) => [found.name, found.shape, found] as const))('%s (%s)', async (_name, _shape, found) => {
    const { hoard, first } = states.get(found.shape)!;
    hoard.restore();
    const at = (branch: keyof (typeof places)[Shape]) => hoard.at(places[found.shape][branch]);
    const situation: Situation = { hoard, shape: found.shape, contents, main: at('main'), one: at('one'), two: at('two'), three: at('three') };
    await found.prepare?.(situation);
    const before = found.prepare ? { exact: hoard.exactState(), inventory: hoard.inventory() } : first;
    const ran = await found.run(situation);
    const ending = (contents === 'submodule' ? found.submodule : undefined) ?? found.files;
    ending(ran, before, situation);
  });
});
