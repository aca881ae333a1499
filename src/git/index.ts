/** The one place that speaks to git: a question runner, parsers of its machine formats, and long-running porcelain. */

export interface GitAnswer {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface Git {
  /**
   * Asks git in `cwd` under a C locale, with inherited GIT_DIR & co. removed (worktrees-create.md 2.4). Never throws for
   * a non-zero exit; throws DaftError `Missing required dependencies: git` when there is no git.
   */
  ask(cwd: string, args: readonly string[], options?: { input?: string; env?: Readonly<Record<string, string>> }): Promise<GitAnswer>;
  /** Like `ask`, but a non-zero exit throws a DaftError `<attempt>: <git's stderr>`; returns stdout without final newline. */
  run(cwd: string, args: readonly string[], attempt: string, options?: { input?: string; env?: Readonly<Record<string, string>> }): Promise<string>;
}
export declare function createGit(env: Readonly<Record<string, string | undefined>>): Git;

/** A repository as found from a directory. All paths absolute and symlink-free. */
export interface Repository {
  commonDir: string;
  /** Parent of the common dir. */
  projectRoot: string;
  /** core.bare of the common dir's configuration. */
  bare: boolean;
  /** Root of the worktree the directory is in; undefined in a bare container. */
  worktreeRoot: string | undefined;
  /** Private git dir of that worktree (or the common dir). */
  gitDir: string;
}
/** Undefined outside a repository. */
export declare function findRepository(git: Git, cwd: string): Promise<Repository | undefined>;

export interface Worktree {
  path: string;
  head: string;
  /** Undefined when detached; a worktree paused in a rebase belongs to the branch being rebased (worktrees-create.md 2.3). */
  branch: string | undefined;
  /** The main working tree of a non-bare repository. */
  main: boolean;
  locked: boolean;
  /** The directory is gone. */
  missing: boolean;
}
/** Non-bare entries of `git worktree list --porcelain -z`, main working tree first. */
export declare function listWorktrees(git: Git, repository: Repository): Promise<Worktree[]>;

/** worktrees-create.md 2.3; `offline` leaves out `ls-remote`. */
export declare function findDefaultBranch(
  git: Git,
  repository: Repository,
  options: { remote: string; offline?: boolean },
): Promise<string | undefined>;

/** Current branch of a worktree, undefined when detached. */
export declare function findCurrentBranch(git: Git, worktree: string): Promise<string | undefined>;

/** Content of `<ref>:<path>`, undefined if either does not exist. */
export declare function readBlob(git: Git, cwd: string, ref: string, path: string): Promise<string | undefined>;
