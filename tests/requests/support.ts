/** A repository on a forge: `origin` is github.com/acme/app, its fork is ada/app, and `gh` and `glab` are programs of the test. */

import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { playground, type Playground } from '../create/support';

export interface ForgePlayground extends Playground {
  readonly fork: string;
  /** What the tools are asked, a line for each question, since this was called last. */
  asked(): string[];
  /** Names and values that the tool saw in its environment the last time. */
  toolEnv(): Record<string, string>;
  /** What `gh pr view <number>` prints; undefined values leave the field out. */
  pull(number: number, fields?: Record<string, unknown>): void;
  /** What `glab mr view <number>` prints. */
  merge(number: number, fields?: Record<string, unknown>): void;
  /** Replaces a tool by a shell script; undefined removes it. */
  tool(name: 'gh' | 'glab', script: string | undefined): void;
  config(key: string, cwd?: string): Promise<string>;
  /** Adds a commit to a branch of the fork, and lets the refs of the requests in the base follow. */
  pushToFork(branch: 'feature' | 'main', file: string, options?: { amend?: boolean; content?: string }): Promise<string>;
  commitIn(worktree: string, file: string): Promise<string>;
  /** Commits a daft.yml to `main` of the repository. */
  publishHooks(hooks: Record<string, unknown>): Promise<void>;
}

/**
 * Request 7 is `feature` of the fork, 8 is `main` of the fork, 9 is `topic` of the repository itself; the base has the
 * heads of all as `refs/pull/N/head` and `refs/merge-requests/N/head`.
 */
export async function forgePlayground(): Promise<ForgePlayground> {
  const repo = await playground({
    main: { commits: [{ message: 'first', files: { 'a.txt': 'a\n', 'b.txt': 'b\n' } }] },
    topic: { commits: [{ message: 'topic', files: { 'topic.txt': 'topic\n' } }] },
  });
  const { home } = repo;
  const fork = join(home.root, 'remotes', 'fork.git');
  const forge = join(home.root, 'forge');
  mkdirSync(forge);
  cpSync(repo.remote, fork, { recursive: true });
  const scratch = join(home.root, 'tmp', 'scratch');
  await home.git(home.root, 'clone', '--quiet', repo.remote, scratch);
  await home.git(scratch, 'branch', '--quiet', 'topic', 'origin/topic');

  for (const [path, name] of [[repo.remote, 'acme/app.git'], [fork, 'ada/app.git']]) {
    const written = [`https://github.com/${name}`, `git@github.com:${name}`, `https://gitlab.com/${name}`, `git@gitlab.com:${name}`];
    appendFileSync(join(home.home, '.gitconfig'), `[url "file://${path}"]\n${written.map((url) => `insteadOf = ${url}\n`).join('')}`);
  }
  const origin = readFileSync(join(repo.path, '.git/config'), 'utf8').replace(repo.remote, 'https://github.com/acme/app.git');
  writeFileSync(join(repo.path, '.git/config'), origin);

  const heads: Record<number, 'feature' | 'main' | 'topic'> = { 7: 'feature', 8: 'main', 9: 'topic' };
  const requestRefs = Object.entries(heads).flatMap(([number, branch]) => [`+${branch}:refs/pull/${number}/head`, `+${branch}:refs/merge-requests/${number}/head`]);
  const publish = async (): Promise<void> => {
    await home.git(scratch, 'push', '--quiet', '--force', fork, 'feature', 'main');
    await home.git(scratch, 'push', '--quiet', 'origin', ...requestRefs);
  };
  const commitIn = async (worktree: string, file: string, { content = `${file}\n`, options = [] }: { content?: string | undefined; options?: string[] } = {}): Promise<string> => {
    writeFileSync(join(worktree, file), content);
    await home.git(worktree, 'add', file);
    await home.git(worktree, 'commit', '--quiet', '-m', file, ...options);
    return home.git(worktree, 'rev-parse', 'HEAD');
  };
  await home.git(scratch, 'switch', '--quiet', '-c', 'feature', 'main');
  const feature = await commitIn(scratch, 'feature.txt');
  await home.git(scratch, 'switch', '--quiet', 'main');
  const tips = { feature, main: await commitIn(scratch, 'forked.txt'), topic: await home.git(scratch, 'rev-parse', 'topic') };
  await publish();

  const log = join(forge, 'asked');
  const tool = (name: string, script: string | undefined): void => {
    const path = join(home.root, 'bin', name);
    rmSync(path, { force: true });
    if (script !== undefined) writeFileSync(path, `#!/bin/sh\nprintf '%s %s\\n' ${name} "$*" >>${log}\nenv >${forge}/env\n${script}\n`, { mode: 0o755 });
  };
  const answer = (name: string, json: Record<string, unknown>): void => writeFileSync(join(forge, `${name}.json`), JSON.stringify(json));
  const world: ForgePlayground = Object.assign(repo, {
    fork,
    asked() {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
      rmSync(log, { force: true });
      return lines;
    },
    toolEnv: () => Object.fromEntries(readFileSync(join(forge, 'env'), 'utf8').split('\n').map((line) => line.split(/=(.*)/s, 2) as [string, string])),
    pull(number: number, fields: Record<string, unknown> = {}) {
      const own = number === 9;
      const branch = heads[number] ?? 'topic';
      answer(`gh-${number}`, {
        headRefName: branch,
        headRefOid: tips[branch],
        headRepository: { id: 'R_kgDO', name: 'app' },
        headRepositoryOwner: { id: 'MDQ6', login: own ? 'acme' : 'ada' },
        isCrossRepository: !own,
        maintainerCanModify: !own,
        number,
        state: 'OPEN',
        title: own ? 'Sort topics' : 'Count VAT',
        url: `https://github.com/acme/app/pull/${number}`,
        ...fields,
      });
    },
    merge(number: number, fields: Record<string, unknown> = {}) {
      const own = number === 9;
      const branch = heads[number] ?? 'topic';
      answer(`glab-${number}`, {
        id: 1000 + number,
        iid: number,
        title: own ? 'Sort topics' : 'Count VAT',
        state: 'opened',
        source_branch: branch,
        source_project_id: own ? 1 : 2,
        target_project_id: 1,
        sha: tips[branch],
        web_url: `https://gitlab.com/acme/app/-/merge_requests/${number}`,
        allow_collaboration: !own,
        ...fields,
      });
    },
    tool,
    config: async (key: string, cwd = repo.path) => (await home.run('git', ['config', key], { cwd })).stdout.trim(),
    async pushToFork(branch: 'feature' | 'main', file: string, { amend = false, content }: { amend?: boolean; content?: string } = {}) {
      await home.git(scratch, 'switch', '--quiet', branch);
      const commit = await commitIn(scratch, file, { content, options: amend ? ['--amend'] : [] });
      await publish();
      tips[branch] = commit;
      for (const number of [7, 8]) {
        world.pull(number);
        world.merge(number);
      }
      return commit;
    },
    commitIn: (worktree: string, file: string) => commitIn(worktree, file),
    async publishHooks(hooks: Record<string, unknown>) {
      writeFileSync(join(repo.path, 'daft.yml'), JSON.stringify({ hooks }));
      await repo.git('add', '--force', 'daft.yml');
      await repo.git('commit', '--quiet', '-m', 'hooks');
      await repo.git('push', '--quiet', 'origin', 'main');
    },
  });
  tool('gh', `cat "${forge}/gh-$3.json" 2>/dev/null || { echo "GraphQL: Could not resolve to a PullRequest with the number of $3. (repository.pullRequest)" >&2; exit 1; }`);
  tool(
    'glab',
    `case "$1" in
api) cat "${forge}/glab-$(echo "$4" | tr / -).json" 2>/dev/null || { echo 'glab: 404 Project Not Found (HTTP 404)' >&2; exit 1; };;
*) cat "${forge}/glab-$3.json";;
esac`,
  );
  for (const number of [7, 8, 9]) {
    world.pull(number);
    world.merge(number);
  }
  answer('glab-projects-2', { id: 2, path_with_namespace: 'ada/app', ssh_url_to_repo: 'git@gitlab.com:ada/app.git' });
  return world;
}

