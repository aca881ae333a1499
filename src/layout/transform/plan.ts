import { dirname, join, relative } from 'node:path';
import { isWithin, placementProblem } from '../place';
import { isConforming } from './conforming';
import { Picture, type Obstacles } from './picture';
import { choosePivot, noticeOf } from './pivot';
import { changeStructure, type StructureChange } from './structure';
import { stagingName, type Goal, type Operation, type Planned, type Premises, type Refusal, type Site, type TransformPlan } from './types';

/** Plans how a repository gets from one layout to another, or says why it cannot (worktrees-create.md 11). */
export function planTransform(premises: Premises, goal: Goal): Planned {
  const unknown = goal.include.kind === 'branches' ? [...goal.include.branches].find((branch) => !premises.sites.some((site) => site.branch === branch)) : undefined;
  if (unknown !== undefined) return { kind: 'refused', message: `No worktree found for branch '${unknown}'` };
  const chosen = choosePivot(premises, goal);
  if (chosen.kind === 'refused') return chosen;
  const planner = new Planner(premises, goal, chosen.kind === 'pivot' ? chosen.site : undefined);
  try {
    return { kind: 'plan', plan: planner.plan() };
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

/** Leaves the planner from wherever the obstacle was found. */
class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

class Planner {
  private readonly picture: Picture;
  private readonly operations: Operation[] = [];
  /** Worktrees on their way to a place. */
  private readonly pending = new Map<Site, string>();
  private readonly skipped: { branch: string; path: string }[] = [];
  private readonly aside = new Set<Site>();
  private temporaries = 0;

  constructor(
    private readonly premises: Premises,
    private readonly goal: Goal,
    private readonly pivot: Site | undefined,
  ) {
    this.picture = new Picture(premises.sites, premises.ground);
  }

  plan(): TransformPlan {
    const { premises, pivot, picture } = this;
    const change = this.structureChange();
    this.chooseMovers(change?.commonDir ?? premises.commonDir);
    if (pivot && change && change.operations.length > 0) {
      this.vacate(pivot, change);
      this.changeStructure(pivot, change);
    }
    if (pivot && premises.structure === 'wrapped' && this.goal.structure === 'bare') this.pending.set(pivot, this.goal.place(pivot.branch ?? ''));
    this.moveTheRest();
    this.requireFreeStaging();

    const moved = premises.sites.filter((site) => picture.positionOf(site) !== site.path);
    const firstTouched = (site: Site) => this.operations.findIndex((operation) => 'from' in operation && operation.from === site.path);
    return {
      operations: [...this.operations, { kind: 'check' }],
      relocations: moved
        .toSorted((one, other) => firstTouched(one) - firstTouched(other))
        .map((site) => ({ branch: site.branch, from: site.path, to: picture.positionOf(site) })),
      skipped: this.skipped,
      notice: pivot && noticeOf(pivot, picture.positionOf(pivot), premises),
      pivot,
    };
  }

  private structureChange(): StructureChange | undefined {
    const { premises, goal, pivot } = this;
    if (!pivot) return undefined;
    const place = goal.structure === 'regular' ? premises.layoutRoot : goal.place(pivot.branch ?? '');
    const { structure: from, layoutRoot, commonDir } = premises;
    const change = changeStructure({ from, to: goal.structure, layoutRoot, commonDir }, pivot, place);
    if (goal.structure !== 'regular') this.requirePossible(place, change.commonDir === join(place, '.git') ? commonDir : change.commonDir);
    return change;
  }

  private requirePossible(place: string, commonDir: string): void {
    const message = placementProblem(place, { layoutRoot: this.premises.layoutRoot, commonDir });
    if (message !== undefined) throw new Refused({ kind: 'refused', message });
  }

  private chooseMovers(commonDir: string): void {
    for (const site of this.premises.sites) {
      const { branch, path, lock } = site;
      if (site.main || site === this.pivot || branch === undefined) continue;
      if (this.goal.include.kind === 'none') continue;
      const place = this.goal.place(branch);
      if (place === path) continue;
      if (!isConforming({ ...site, branch }, this.premises, this.goal)) {
        this.skipped.push({ branch, path });
        continue;
      }
      if (lock !== undefined && !this.goal.force) {
        throw new Refused({
          kind: 'refused',
          message: `Worktree '${branch}' is locked${lock === '' ? '' : ` (${lock})`} and would have to move`,
          hint: `To unlock it: git worktree unlock '${path}'. With --force it is moved and stays locked.`,
        });
      }
      this.requirePossible(place, commonDir);
      this.pending.set(site, place);
    }
  }

  /** Worktrees go that will leave the layout root anyway, and those in the way of what the main working tree does. */
  private vacate(pivot: Site, change: StructureChange): void {
    const { layoutRoot } = this.premises;
    const nests = change.operations.some(({ kind }) => kind === 'nest');
    const waiting = [...this.pending].filter(([site, place]) => {
      const inside = isWithin(site.path, layoutRoot);
      return (inside && !isWithin(place, layoutRoot)) || (inside && nests) || this.isInTheWay(site.path, pivot, change);
    });
    while (waiting.length > 0) {
      const ready = waiting.findIndex(([site, place]) => this.isFree(place, site) && !this.isInTheWay(place, pivot, change));
      const next = ready >= 0 ? ready : waiting.findIndex(([site]) => this.picture.carriedBy(site).length === 0);
      const [site, place] = waiting.splice(next, 1)[0] ?? this.inseparable(waiting.map(([stuck]) => stuck));
      if (ready >= 0) this.settle(site, place);
      else this.sidestep(site);
    }
  }

  /** Whether a worktree at `path` would meet what the pivot brings there. */
  private isInTheWay(path: string, pivot: Site, { operations }: StructureChange): boolean {
    return operations.some((operation) => {
      if (operation.kind === 'nest' || operation.kind === 'move') return isWithin(path, operation.to) || isWithin(operation.to, path);
      if (operation.kind !== 'collapse') return false;
      return isWithin(path, operation.to) && this.picture.holds(pivot, join(pivot.path, relative(operation.to, path)));
    });
  }

  private changeStructure(pivot: Site, change: StructureChange): void {
    for (const operation of change.operations) {
      if (operation.kind === 'move') {
        this.movePivot(pivot, operation.to);
        continue;
      }
      if (operation.kind === 'nest') this.requireNestable(pivot, operation.to);
      if (operation.kind === 'collapse') this.requireCollapsible(pivot, operation.to);
      if (operation.kind === 'nest' || operation.kind === 'collapse') this.picture.move(pivot, operation.to);
      // In a bare repository the pivot has its link there; and a file of the branch's name, above it, goes down with the others.
      if (operation.kind === 'move-git' && this.premises.structure !== 'bare' && ['directory', 'other'].includes(this.premises.ground.kindOf(operation.to))) throw occupied(operation.to);
      this.operations.push(operation);
    }
  }

  private movePivot(pivot: Site, to: string): void {
    if (this.picture.carriedBy(pivot).length > 0) this.inseparable([pivot]);
    const { sites, content } = this.obstacles(to, pivot);
    if (content || sites.some((site) => site !== pivot)) throw occupied(to);
    if (sites.length > 0) this.sidestep(pivot);
    this.pushMove(pivot, to, false);
  }

  /** All that is in the layout root goes down, but for worktrees: they alone can be in the way there. */
  private requireNestable(pivot: Site, to: string): void {
    const { sites, content } = this.obstacles(to, pivot);
    const outside = !isWithin(to, this.premises.layoutRoot);
    if (sites.some((site) => site !== pivot) || (outside && content)) throw occupied(to);
  }

  private requireCollapsible(pivot: Site, root: string): void {
    for (const entry of this.premises.ground.entries(pivot.path)) {
      if (entry === '.git') continue;
      const to = join(root, entry);
      if (this.picture.hasContent(to, pivot)) throw occupied(to);
    }
    // A git directory that is wrapped moves later: what comes to where it is can be a directory around it, but no file.
    const inItsPlace = this.premises.ground.kindOf(join(pivot.path, relative(root, pivot.path)));
    if (this.premises.structure === 'wrapped' && (inItsPlace === 'other' || inItsPlace === 'unreachable')) throw occupied(pivot.path);
    for (const site of this.premises.sites) {
      const position = this.picture.positionOf(site);
      if (site === pivot || !isWithin(position, root) || isWithin(position, pivot.path)) continue;
      if (this.picture.holds(pivot, join(pivot.path, relative(root, position)))) throw occupied(position);
    }
  }

  private moveTheRest(): void {
    while (this.pending.size > 0) {
      const waiting = [...this.pending];
      const ready = waiting.find(([site, place]) => this.isFree(place, site));
      if (ready) {
        this.settle(...ready);
        continue;
      }
      const blocking = new Set(waiting.flatMap(([site, place]) => this.blockers(place, site)));
      const aside = waiting.find(([site]) => blocking.has(site) && !this.aside.has(site) && this.picture.carriedBy(site).length === 0);
      if (!aside) throw this.whyStuck(waiting);
      this.sidestep(aside[0]);
    }
  }

  /** Worktrees that would have to go first; none where nothing helps. */
  private blockers(place: string, site: Site): readonly Site[] {
    const { sites, content } = this.obstacles(place, site);
    return content ? [] : sites;
  }

  private whyStuck(waiting: readonly (readonly [Site, string])[]): Refused {
    const occupiedPlace = waiting.find(([site, place]) => {
      const { sites, content } = this.obstacles(place, site);
      return content || sites.some((other) => !this.pending.has(other));
    });
    return occupiedPlace ? occupied(occupiedPlace[1]) : this.inseparable(waiting.map(([site]) => site));
  }

  private inseparable(stuck: readonly Site[]): never {
    const outer = stuck.find((site) => this.picture.carriedBy(site).length > 0);
    const inner = outer && this.picture.carriedBy(outer)[0];
    throw new Refused({
      kind: 'refused',
      message: `The worktree at '${inner?.path ?? ''}' lies inside that of '${outer?.branch ?? ''}', which would have to move`,
      hint: `To move it by hand: git worktree move '${inner?.path ?? ''}' <path>`,
    });
  }

  private obstacles(place: string, site: Site): Obstacles {
    return this.picture.obstacles(place, site, (other) => this.pending.has(other));
  }

  private isFree(place: string, site: Site): boolean {
    const { sites, content } = this.obstacles(place, site);
    return !content && sites.length === 0 && this.picture.carriedBy(site).length === 0;
  }

  private settle(site: Site, place: string): void {
    this.pending.delete(site);
    if (this.picture.positionOf(site) !== place) this.pushMove(site, place, false);
  }

  private sidestep(site: Site): void {
    const { layoutRoot } = this.premises;
    const position = this.picture.positionOf(site);
    this.temporaries += 1;
    this.aside.add(site);
    const base = isWithin(position, layoutRoot) ? layoutRoot : dirname(position);
    this.pushMove(site, join(base, stagingName, `worktree-${this.temporaries}`), true);
  }

  private pushMove(site: Site, to: string, temporary: boolean): void {
    this.operations.push({ kind: 'move', branch: site.branch ?? '', from: this.picture.positionOf(site), to, temporary, locked: site.lock !== undefined });
    this.picture.move(site, to);
  }

  private requireFreeStaging(): void {
    const used = this.operations.flatMap((operation) => {
      if (operation.kind === 'nest' || operation.kind === 'collapse') return [join(this.premises.layoutRoot, stagingName)];
      return operation.kind === 'move' && operation.temporary ? [dirname(operation.to)] : [];
    });
    const taken = used.find((path) => this.premises.ground.kindOf(path) !== 'absent');
    if (taken !== undefined) throw occupied(taken);
  }
}

function occupied(path: string): Refused {
  return new Refused({ kind: 'refused', message: `Target path already exists: ${path}` });
}
