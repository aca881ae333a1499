import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryRepository, writeFiles } from '../support';

const config = 'hooks:\n  worktree-post-create:\n    jobs:\n      - {name: a, run: "echo hello {branch}", description: says hello, tags: [x, y]}\n      - {name: b, run: {linux: l, macos: m}, needs: [a], arch: [x86_64, aarch64], skip: true}\n      - {name: g, group: {jobs: [{name: m, script: s.sh, runner: sh, tags: [z]}, {name: n, run: x}]}}\n';

describe('trust', () => {
  test('granted on demand, asked for, taken away', async () => {
    await using repo = await temporaryRepository();
    repo.configure(config);
    const registry = () => JSON.parse(readFileSync(join(repo.home.config, 'repos.json'), 'utf8')) as { repositories: Record<string, { trust?: object }> };

    expect(await repo.daftWith({ stdin: 'n\n' }, 'hooks', 'trust')).toMatchObject({
      exitCode: 0, stdout: `${repo.path}\n  Hooks: worktree-post-create\n  Trust: deny -> allow? [y/N] Aborted.\n`,
    });
    expect(existsSync(repo.home.config)).toBe(false);
    expect((await repo.daftWith({ stdin: 'YES\n' }, 'hooks', 'trust')).stdout).toMatch(/\? \[y\/N\] Done\.\n$/);
    expect(registry().repositories[join(repo.path, '.git')]?.trust).toMatchObject({ level: 'allow', granted_by: 'user', fingerprint: repo.remote });
    expect((await repo.daft('hooks', 'trust')).stdout).toContain('  Trust: already at allow, nothing to do.\n');
    expect((await repo.daft('hooks', 'prompt', '--force')).stdout).toBe(`${repo.path}\n  Hooks: worktree-post-create\n  Trust: allow -> prompt\n`);
    expect((await repo.daft('hooks', 'deny', '-f', '.git')).stdout).toContain('  Trust: prompt -> deny\n');
    expect((await repo.daft('hooks', 'trust', 'list')).stdout).toMatch(/^No trusted repositories\./);
    expect((await repo.daft('hooks', 'trust', 'list', '--all', '--format', 'tsv', '--no-headers')).stdout).toMatch(new RegExp(`^${repo.path}\tdeny\t${repo.remote}\t20\\d\\d-`));
    expect((await repo.daft('hooks', 'trust', 'reset', '-f')).stdout).toBe(`${repo.path}\n  Trust: deny\n  Trust entry removed.\n`);
    expect((await repo.daft('hooks', 'trust', 'reset')).stdout).toBe(`${repo.path}\n  No explicit trust entry to remove.\n`);
    expect((await repo.daft('hooks', 'deny')).stdout).toBe(`${repo.path}\n  Not explicitly trusted\n`);
    expect((await repo.daft('hooks', 'trust', 'reset', 'all')).stdout).toBe('Trust database is already empty.\n');
  });

  test('list, prune and reset all over several repositories', async () => {
    await using repo = await temporaryRepository();
    mkdirSync(repo.home.config, { recursive: true });
    const gone = '/gone/repo/.git';
    writeFileSync(
      join(repo.home.config, 'repos.json'),
      JSON.stringify({
        version: 3,
        repositories: { [gone]: { trust: { level: 'allow', granted_at: 0 } }, [join(repo.path, '.git')]: { trust: { level: 'prompt', granted_at: 1777377600 }, layout: 'contained' } },
        patterns: [{ pattern: '/home/me/**', level: 'allow', comment: 'mine' }],
      }),
    );
    const list = await repo.daft('hooks', 'trust', 'list');
    expect(list.stdout).toBe(
      ['Trusted repositories:', '', '  /gone/repo', '    Level: allow  (trusted: 1970-01-01 00:00)', '', `  ${repo.path}`, '    Level: prompt  (trusted: 2026-04-28 12:00)', '', 'Trust patterns:', '  /home/me/** -> allow # mine', ''].join('\n'),
    );
    expect((await repo.daft('hooks', 'trust', 'prune')).stdout).toBe('Pruned stale entries:\n  /gone/repo\nRemoved 1 stale entry.\nBackfilled fingerprints for 1 repository.\n');
    expect((await repo.daft('hooks', 'trust', 'prune')).stdout).toBe('No stale entries found.\n');
    expect((await repo.daftWith({ stdin: 'y\n' }, 'hooks', 'trust', 'reset', 'all')).stdout).toBe('Trust database: 1 repositories, 1 patterns\nClear all trust settings? [y/N] Done.\n');
    expect(JSON.parse(readFileSync(join(repo.home.config, 'repos.json'), 'utf8'))).toEqual({ version: 3, repositories: { [join(repo.path, '.git')]: { layout: 'contained' } }, patterns: [] });
  });

  test('32 at once lose nothing, neither trust nor layouts', { timeout: 60_000 }, async () => {
    await using repo = await temporaryRepository();
    const paths = Array.from({ length: 32 }, (_, index) => join(repo.home.work, `r${index}`));
    for (const path of paths) await repo.home.git(repo.home.work, 'init', '--quiet', path);
    const layouts = Object.fromEntries(paths.map((path) => [join(path, '.git'), { layout: 'sibling' }]));
    writeFiles(repo.home.config, { 'repos.json': JSON.stringify({ version: 3, repositories: layouts, patterns: [] }) });
    const ran = await Promise.all(paths.map((path) => repo.home.daft(['hooks', 'trust', '--force'], { cwd: path })));
    expect(ran.filter(({ exitCode, stderr }) => exitCode !== 0 || stderr !== '')).toEqual([]);
    const { repositories } = JSON.parse(readFileSync(join(repo.home.config, 'repos.json'), 'utf8')) as { repositories: Record<string, { trust?: { level: string }; layout: string }> };
    for (const path of paths) expect(repositories[join(path, '.git')]).toMatchObject({ layout: 'sibling', trust: { level: 'allow' } });
  });

  test('a corrupt database trusts nobody, and is set aside loudly by the next write', async () => {
    await using repo = await temporaryRepository({ branches: { main: { commits: [{ message: 'first', files: { 'daft.yml': 'hooks: {worktree-post-create: {jobs: [{run: touch ran}]}}' } }] } } });
    writeFiles(repo.home.config, { 'repos.json': '{"version": 3, "repositories": {"/x/.git": {"trust": {"level": "allow"' });
    const start = await repo.daft('start', 'feat');
    expect(start.stderr).toContain('Untrusted repo — 1 daft.yml hook not run: worktree-post-create');
    expect(start.stderr).toMatch(/^warning: Trust database was unreadable \(.*repos\.json\.corrupt-/m);
    const [aside] = readdirSync(repo.home.config).filter((name) => /^repos\.json\.corrupt-\d+\.bak$/.test(name));
    expect(readFileSync(join(repo.home.config, aside!), 'utf8')).toContain('"/x/.git"');
  });

  test('an unreadable database is an error for who asks about trust', async () => {
    await using repo = await temporaryRepository();
    writeFiles(repo.home.config, { 'repos.json': '{' });
    for (const command of [['status'], ['trust'], ['trust', 'list']]) {
      expect(await repo.daft('hooks', ...command)).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(/^Error: Failed to load trust database\n/) as string });
    }
  });

  test('trust that cannot be written down is an error of one line', async () => {
    await using repo = await temporaryRepository();
    const file = join(repo.home.root, 'file');
    writeFileSync(file, '');
    expect(await repo.daftWith({ env: { DAFT_CONFIG_DIR: file, DAFT_TESTING: '1' } }, 'hooks', 'trust', '--force')).toMatchObject({
      exitCode: 1, stderr: `Error: Failed to save trust database in ${file}: EEXIST: file already exists, mkdir '${file}'\n`,
    });
  });

  test('places that are none', async () => {
    await using repo = await temporaryRepository();
    expect(await repo.daft('hooks', 'trust', 'nowhere')).toMatchObject({ exitCode: 1, stderr: 'Error: Path does not exist: nowhere\n' });
    expect(await repo.daft('hooks', 'status', repo.home.work)).toMatchObject({ exitCode: 1, stderr: `Error: Not in a git repository: ${repo.home.work}\n` });
  });
});

describe('status', () => {
  test('of a worktree: kinds of place, hooks, scripts and advice', async () => {
    await using repo = await temporaryRepository();
    repo.configure(config);
    writeFiles(repo.path, { '.daft/hooks/pre-remove': '#!/bin/sh\n', '.daft/hooks/unrelated': '' });
    const status = await repo.daft('hooks', 'status', '.daft');
    expect(status.stdout).toBe(
      [
        `${repo.path}/.daft (subdirectory)`, `${repo.path} (repository)`, '', 'Trust level: deny (default)', '  Hooks will NOT run for this repository.', '',
        'Hooks configured in daft.yml:', ' - worktree-post-create', '', 'Shell hooks in .daft/hooks:', ' - pre-remove (not executable)', '',
        'To enable hooks:', '  daft hooks trust .', '  daft hooks prompt .', '',
      ].join('\n'),
    );
    expect(status.stderr).toBe("warning: Deprecated hook names detected:\n  pre-remove -> worktree-pre-remove\n  Run 'daft hooks migrate' to rename them.\n  Deprecated names will stop working in daft v2.0.0.\n");
    expect((await repo.daft('hooks', 'status', '--short')).stdout).toBe(`${repo.path} (repository)\npre-remove, worktree-post-create (deny)\n`);
    await repo.daft('hooks', 'trust', '-f');
    const elsewhere = await repo.daftWith({ cwd: repo.home.work }, 'hooks', 'app');
    expect(elsewhere.stdout).toContain('Trust level: allow\n  Hooks will run automatically without prompting.\n');
    expect(elsewhere.stdout).toMatch(/To revoke trust:\n {2}daft hooks deny app {2}\(explicitly deny\)\n {2}daft hooks trust reset app {2}\(remove trust entry\)\n\nRun `daft hooks --help` to see all available commands\.\n$/);
  });

  test('without any hooks', async () => {
    await using repo = await temporaryRepository();
    expect((await repo.daft('hooks')).stdout).toContain('\nNo hooks found in .daft/hooks:\n  (Create scripts in .daft/hooks/ or configure daft.yml)\n');
  });
});

describe('run', () => {
  test('errors', async () => {
    await using repo = await temporaryRepository();
    const fails = async (message: string, ...args: string[]) => {
      const { exitCode, stderr } = await repo.daft('hooks', 'run', ...args);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `Error: ${message}\n` });
    };
    expect((await repo.daftWith({ cwd: repo.home.work }, 'hooks', 'run')).stderr).toBe('Error: Not in a git worktree. Run this command from within a worktree directory.\n');
    await fails('No daft.yml found in this worktree');
    repo.configure('hooks: {}');
    await fails('No hooks defined in daft.yml', 'post-clone');
    repo.configure(config);
    await fails("Unknown hook type: 'x'\nValid hook types: post-clone, worktree-pre-create, worktree-post-create, worktree-pre-remove, worktree-post-remove", 'x');
    await fails("Hook 'post-clone' is not defined in daft.yml\nConfigured hooks: worktree-post-create", 'post-clone');
    await fails("No job named 'z' found in hook 'worktree-post-create'", 'worktree-post-create', '--job', 'z');
    await fails('No jobs matching tags ["p", "q"] in hook \'worktree-post-create\'', 'worktree-post-create', '--tag', 'p', '--tag', 'q');
    expect(existsSync(repo.home.state)).toBe(false);
    repo.configure('hooks: [');
    expect((await repo.daft('hooks', 'run')).stderr).toMatch(/^Error: Failed to load YAML config\n\nCaused by:\n {4}Failed to parse YAML file: .*daft\.yml/);
  });

  test('listing', async () => {
    await using repo = await temporaryRepository();
    repo.configure(config);
    expect((await repo.daft('hooks', 'run')).stdout).toBe('Available hooks:\n\n  worktree-post-create (3 jobs)\n\nRun a hook with: daft hooks run <hook-type>\n');
    expect(JSON.parse((await repo.daft('hooks', 'run', '--format', 'json')).stdout)).toEqual({
      'worktree-post-create': [
        { job_name: 'a', description: 'says hello', tags: 'x,y' },
        { job_name: 'b', description: '', tags: '' },
        { job_name: 'g', description: '', tags: '' },
      ],
    });
    expect(await repo.daft('hooks', 'run', '--format', 'tsv')).toMatchObject({ exitCode: 1, stderr: "'hooks run' does not support --format tsv\n  supported formats: json, yaml, toon, markdown\n" });
  });

  test('dry run', async () => {
    await using repo = await temporaryRepository();
    repo.configure(config);
    expect((await repo.daft('hooks', 'run', 'worktree-post-create', '--dry-run')).stdout).toBe(
      [
        'Hook: worktree-post-create (3 jobs)', '', '  1. a', '     says hello', '     run: echo hello {branch}', '     tags: [x, y]', '',
        '  2. b', '     arch: x86_64, aarch64', '     run: {linux: l, macos: m}', '     needs: [a]', '', '  3. g', '     (group)', '',
      ].join('\n'),
    );
    expect((await repo.daft('hooks', 'run', 'worktree-post-create', '--dry-run', '--tag', 'z')).stdout).toBe('Hook: worktree-post-create (1 job)\n\n  1. m\n     script: sh s.sh\n     tags: [z]\n');
    expect(existsSync(repo.home.state)).toBe(false);
  });

  test('runs in spite of missing trust, shows skipped jobs with -v, records under its own trigger, exits as the job did', async () => {
    await using repo = await temporaryRepository();
    repo.configure(config);
    const ran = await repo.daft('hooks', 'run', 'worktree-post-create', '--job', 'a', '--job', 'a');
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'Note: this repository is not in your trust list (deny).\n  Tip: run `daft hooks trust` to allow hooks to run automatically.\n\n' });
    expect(ran.stderr).toContain('┃  a ❯\n┃    says hello\n┃  hello main\n');
    expect(repo.records().map(({ name, status }) => [name, status])).toEqual([['a', 'completed']]);
    const { directory } = repo.records()[0]!;
    expect(JSON.parse(readFileSync(join(directory, '../invocation.json'), 'utf8'))).toMatchObject({ trigger_command: 'hooks run worktree-post-create' });

    expect(await repo.daft('hooks', 'run', 'worktree-post-create', '--job', 'b')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\nSkipped: All jobs skipped\n$/) as string, stderr: '' });
    expect((await repo.daft('hooks', 'run', 'worktree-post-create', '--job', 'b', '-v')).stderr).toContain('┃  b (skip) skip: true\n');

    repo.configure('hooks: {worktree-pre-create: {jobs: [{run: "echo why >&2; exit 42"}]}}');
    const failed = await repo.daft('hooks', 'run', 'worktree-pre-create');
    expect(failed.exitCode).toBe(42);
    expect(failed.stderr).toMatch(/error: worktree-pre-create hook failed with exit code 42\nerror: Hook stderr: why\n$/);
    await repo.git('config', 'daft.hooks.worktreePreCreate.failMode', 'warn');
    const quiet = await repo.daftWith({ env: { DAFT_TESTING: '1' } }, 'hooks', 'run', 'worktree-pre-create');
    expect(quiet).toMatchObject({ exitCode: 42, stderr: 'warning: worktree-pre-create hook failed with exit code 42 (continuing anyway)\nwarning: Hook stderr: why\n' });
    repo.configure('hooks: {worktree-pre-create: {jobs: [{run: "kill -9 $$"}]}}');
    expect(await repo.daft('hooks', 'run', 'worktree-pre-create')).toMatchObject({ exitCode: 1 });
  });

  test('a detached head is called HEAD, its jobs by the directory', async () => {
    await using repo = await temporaryRepository();
    await repo.git('switch', '--quiet', '--detach');
    repo.configure('hooks: {post-clone: {jobs: [{name: a, run: "echo $DAFT_BRANCH_NAME"}]}}');
    await repo.daft('hooks', 'run', 'post-clone');
    expect(repo.records()).toMatchObject([{ worktree: 'app', log: 'HEAD\n' }]);
  });
});

describe('the configuration', () => {
  test('what it says is shown without obeying it', async () => {
    await using repo = await temporaryRepository();
    repo.configure('hooks: {post-clone: {jobs: [{name: "a\\e[8m", run: "echo\\tharmless\\e[1A\\nrm -rf /"}]}, "x\\e[2Jy": {jobs: []}}');
    expect((await repo.daft('hooks', 'run', 'post-clone', '--dry-run')).stdout).toContain('  1. a\uFFFD[8m\n     run: echo    harmless\uFFFD[1A\n     rm -rf /\n');
    for (const command of [['status'], ['status', '-s'], ['trust'], ['validate']]) {
      const { stdout, stderr } = await repo.daft('hooks', ...command);
      expect(stdout + stderr).toContain('x\uFFFD[2Jy');
      expect(stdout + stderr).not.toContain('\u001B');
    }
  });

  test('validate', async () => {
    await using repo = await temporaryRepository();
    expect(await repo.daft('hooks', 'validate')).toMatchObject({ exitCode: 0, stdout: 'No daft.yml found.\n' });
    repo.configure('hooks: {post-clone: {jobs: [{name: a, run: x}]}}');
    expect(await repo.daft('hooks', 'validate')).toMatchObject({ exitCode: 0, stdout: 'Configuration is valid.\n', stderr: '' });
    repo.configure('hooks: {post-clone: {jobs: [{name: a, rnu: x}]}}');
    expect(await repo.daft('hooks', 'validate')).toMatchObject({
      exitCode: 1, stdout: '',
      stderr: "warning: hooks.post-clone.jobs[a]: Unknown key 'rnu'; did you mean 'run'?\nerror: hooks.post-clone.jobs[a]: Job must have 'run', 'script', or 'group'\nerror: Configuration has errors (1 error(s), 1 warning(s))\n",
    });
    repo.configure('x: y');
    expect(await repo.daft('hooks', 'validate')).toMatchObject({ exitCode: 0, stdout: 'Configuration is valid (1 warning(s))\n' });
  });

  test('dump', async () => {
    await using repo = await temporaryRepository();
    expect((await repo.daft('hooks', 'dump')).stdout).toBe('No daft.yml found.\n');
    repo.configure('extends: [more.yml]\nhooks: {post-clone: {commands: {a: {run: x}}}}');
    writeFiles(repo.path, { 'more.yml': 'rc: more' });
    expect((await repo.daft('hooks', 'dump')).stdout).toBe('hooks:\n  post-clone:\n    jobs:\n      - name: a\n        run: x\nrc: more\n');
  });

  test('install writes a file to start from, and never over one', async () => {
    await using repo = await temporaryRepository();
    expect(await repo.daft('hooks', 'install', 'nope')).toMatchObject({
      exitCode: 1, stderr: "Error: Unknown hook name: 'nope'. Valid hooks: post-clone, worktree-pre-create, worktree-post-create, worktree-pre-remove, worktree-post-remove\n",
    });
    expect((await repo.daft('hooks', 'install', 'post-clone')).stdout).toBe(`Created ${repo.path}/daft.yml\n  added post-clone\n`);
    expect((await repo.daft('hooks', 'validate')).stdout).toBe('Configuration is valid.\n');
    const written = readFileSync(join(repo.path, 'daft.yml'), 'utf8');
    const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(written) ?? [];
    expect(JSON.parse(readFileSync(schema!, 'utf8'))).toMatchObject({ title: 'daft.yml' });
    expect(written).toContain('hooks:\n  post-clone:\n    jobs:\n      - name: setup\n        run: \'echo "TODO: add your post-clone command"\'\n');
    expect((await repo.daft('hooks', 'install', 'post-clone')).stdout).toBe(`Config file already exists: ${repo.path}/daft.yml\nAll requested hooks are already defined.\n`);
    expect((await repo.daft('hooks', 'install')).stdout).toContain('Already defined: post-clone\nNot yet defined: worktree-pre-create, worktree-post-create, worktree-pre-remove, worktree-post-remove\nAdd them to your daft.yml under the hooks key:\n');
    expect(readFileSync(join(repo.path, 'daft.yml'), 'utf8')).toBe(written);
  });

  test('migrate', async () => {
    await using repo = await temporaryRepository();
    expect((await repo.daft('hooks', 'migrate')).stdout).toBe('No .daft/hooks/ directory in this worktree.\n');
    writeFiles(repo.path, { '.daft/hooks/post-create': '', '.daft/hooks/pre-remove': 'old', '.daft/hooks/worktree-pre-remove': 'new' });
    expect((await repo.daft('hooks', 'migrate', '--dry-run')).stdout).toBe('Dry run - no files will be changed\n  would rename post-create -> worktree-post-create\n1 would be renamed, 1 conflicts\n');
    expect(await repo.daft('hooks', 'migrate')).toMatchObject({
      exitCode: 0,
      stdout: "  renamed post-create -> worktree-post-create\n1 renamed, 0 skipped, 1 conflicts\nRemember to 'git add' the renamed files if they are tracked.\n",
      stderr: "warning: conflict pre-remove: both 'pre-remove' and 'worktree-pre-remove' exist\n",
    });
    expect(existsSync(join(repo.path, '.daft/hooks/worktree-post-create'))).toBe(true);
  });
});
