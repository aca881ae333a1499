import { join, relative } from 'node:path';
import { isWithin } from '../place';
import type { Ground, Site } from './types';

/** What is in the way at a place. */
export interface Obstacles {
  /** Worktrees; the one that is to get there itself, if its present place lies above or below. */
  sites: readonly Site[];
  /** Files that stay. */
  content: boolean;
}

/**
 * The disk while a plan is carried out in thought: worktrees have moved, and their files with them. What is said about a
 * path is what the disk had at the place that its content came from.
 */
export class Picture {
  private readonly positions: Map<Site, string>;

  constructor(
    private readonly sites: readonly Site[],
    private readonly ground: Ground,
  ) {
    this.positions = new Map(sites.map((site) => [site, site.path]));
  }

  positionOf(site: Site): string {
    return this.positions.get(site) ?? site.path;
  }

  move(site: Site, to: string): void {
    this.positions.set(site, to);
  }

  /** What keeps `mover` from getting to `to` now; `willMove` are worktrees that no other may settle inside of. */
  obstacles(to: string, mover: Site, willMove: (site: Site) => boolean): Obstacles {
    const sites = this.sites.filter((site) => {
      const position = this.positionOf(site);
      if (position === to) return site !== mover;
      if (isWithin(position, to)) return true;
      return isWithin(to, position) && (site === mover || willMove(site));
    });
    return { sites, content: this.hasContent(to, mover) };
  }

  /** Worktrees that lie inside this one now: moving it would take them along. */
  carriedBy(site: Site): readonly Site[] {
    return this.sites.filter((other) => other !== site && isWithin(this.positionOf(other), this.positionOf(site)));
  }

  /** Whether files lie at `path` that belong to no worktree, or to one that `path` is inside of. */
  hasContent(path: string, except?: Site): boolean {
    if (this.ownerOf(path) === undefined && this.isSolid(path)) return true;
    const host = this.innermost(path, (site) => this.positionOf(site), except);
    if (host === undefined) return false;
    const origin = join(host.path, relative(this.positionOf(host), path));
    return this.ownerOf(origin) === host && this.isSolid(origin);
  }

  /** Whether the files of `site` have anything where `path` would be, or something that is no directory above it. */
  holds(site: Site, path: string): boolean {
    const kind = this.ground.kindOf(path);
    return kind === 'unreachable' || (kind !== 'absent' && this.ownerOf(path) === site);
  }

  /** The worktree that a path belonged to in the beginning. */
  private ownerOf(path: string): Site | undefined {
    return this.innermost(path, (site) => site.path);
  }

  private innermost(path: string, place: (site: Site) => string, except?: Site): Site | undefined {
    return this.sites
      .filter((site) => site !== except && isWithin(path, place(site)))
      .toSorted((one, other) => place(other).length - place(one).length)[0];
  }

  /** A directory that leads to worktrees and has nothing else in it goes when they go. */
  private isSolid(path: string): boolean {
    switch (this.ground.kindOf(path)) {
      case 'absent': return false;
      case 'other': case 'unreachable': return true;
      case 'directory': {
        if (this.sites.some((site) => site.path === path)) return false;
        if (!this.sites.some((site) => isWithin(site.path, path))) return true;
        return this.ground.entries(path).some((entry) => this.isSolid(join(path, entry)));
      }
    }
  }
}
