import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { playground, registry } from '../create/support';
import { temporaryHome } from '../support';

describe('daft layout show', () => {
  test('names the source that decided, in the order of their priority', async () => {
    await using repo = await playground();
    const show = async () => (await repo.daft('layout')).stdout;
    expect(await show()).toBe('No layout (no worktrees to detect from)\n');

    await repo.git('worktree', 'add', '--quiet', '-b', 'dev', '../odd');
    expect(await show()).toBe("Unknown layout (worktrees don't match any known template)\n");

    await repo.git('worktree', 'move', '../odd', '../app.dev');
    expect(await show()).toBe('sibling {{ repo }}.{{ branch | sanitize }} (detected)\n');

    await repo.daft('layout', 'default', 'centralized');
    expect(await show()).toBe('centralized {{ daft_data_dir }}/worktrees/{{ repo }}/{{ branch | sanitize }} (global config)\n');

    repo.configure('layout: "../w/{{ branch }}"\n');
    expect(await show()).toBe('../w/{{ branch }} ../w/{{ branch }} (daft.yml)\n');

    mkdirSync(repo.home.config, { recursive: true });
    writeFileSync(join(repo.home.config, 'repos.json'), JSON.stringify({ version: 3, repositories: { [repo.at('app/.git')]: { layout: 'nested' } } }));
    expect(await show()).toBe('nested {{ repo }}/.worktrees/{{ branch | sanitize }} (repo setting)\n');
    expect((await repo.daftWith({ cwd: '/' }, 'layout', 'show', repo.at('app.dev'))).stdout).toContain('(repo setting)');
  });

  test('says so where worktrees match several templates', async () => {
    await using repo = await playground();
    mkdirSync(repo.home.config, { recursive: true });
    writeFileSync(join(repo.home.config, 'config.toml'), '[layouts.flat]\ntemplate = "../{{ branch | sanitize }}"\n');
    await repo.git('worktree', 'add', '--quiet', '-b', 'one', '../app.one');
    await repo.git('worktree', 'add', '--quiet', '-b', 'two', '../../two');
    expect(await repo.daft('layout', 'show')).toMatchObject({ exitCode: 0, stdout: 'Unknown layout (worktrees match multiple templates)\n' });
  });

  test('refuses what is no place, and no repository', async () => {
    await using home = await temporaryHome();
    expect(await home.daft(['layout'])).toMatchObject({ exitCode: 1, stderr: 'Error: Not inside a Git repository. Run this command from within a repo.\n' });
    expect(await home.daft(['layout', 'show', 'nowhere'])).toMatchObject({ exitCode: 1, stderr: 'Error: Cannot cd to nowhere\n' });
    expect(await home.daft(['layout', 'reset', 'nowhere'])).toMatchObject({ exitCode: 1, stderr: 'Error: Cannot resolve path: nowhere\n' });
    const file = join(home.root, 'file');
    writeFileSync(file, '');
    expect(await home.daft(['layout', 'show', file])).toMatchObject({ exitCode: 1, stderr: `Error: Cannot cd to ${file}\n` });
    expect(await home.daft(['layout', 'reset', file])).toMatchObject({ exitCode: 1, stderr: `Error: Cannot resolve path: ${file}\n` });
    expect(await home.daft(['layout', 'no-such-word'])).toMatchObject({ exitCode: 2 });
  });
});

describe('daft layout list', () => {
  test('shows built-in layouts in their order, custom ones by name, the default, and the one in force', async () => {
    await using repo = await playground();
    mkdirSync(repo.home.config, { recursive: true });
    writeFileSync(
      join(repo.home.config, 'config.toml'),
      '[defaults]\nlayout = "zoo"\n[layouts.zoo]\ntemplate = "../z/{{ branch }}"\n[layouts.ark]\ntemplate = "../a/{{ branch }}"\n[layouts.nested]\ntemplate = "../n/{{ branch }}"\n',
    );
    const { stdout } = await repo.daft('layout', 'list');
    expect(stdout.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      '  Layout  Template',
      '  contained  {{ repo_path }}/{{ branch }}',
      '  contained-classic  {{ repo_path }}/{{ branch | repo }}',
      '  contained-flat  {{ repo_path }}/{{ branch | sanitize }}',
      '  sibling  {{ repo }}.{{ branch | sanitize }}',
      '  nested  ../n/{{ branch }}',
      '  centralized  {{ daft_data_dir }}/worktrees/{{ repo }}/{{ branch | sanitize }}',
      '  ark  ../a/{{ branch }}',
      '> zoo (default)  ../z/{{ branch }}',
      '',
    ]);
  });

  test('is told to programs in every format, outside repositories too', async () => {
    await using home = await temporaryHome();
    const { stdout } = await home.daft(['layout', 'list', '--format', 'tsv']);
    expect(stdout.split('\n').slice(0, 2)).toEqual(['name\ttemplate\tis_default\tis_selected', 'contained\t{{ repo_path }}/{{ branch }}\tfalse\tfalse']);
    const rows = JSON.parse((await home.daft(['layout', 'list', '--format', 'json'])).stdout) as unknown[];
    expect(rows).toContainEqual({ name: 'sibling', template: '{{ repo }}.{{ branch | sanitize }}', is_default: true, is_selected: false });
    expect((await home.daft(['layout', 'list', '--template', '{% for row in items %}{{ row.name }} {% endfor %}'])).stdout).toBe(
      'contained contained-classic contained-flat sibling nested centralized \n',
    );
  });
});

describe('daft layout default', () => {
  test('edits one line of config.toml and nothing else', async () => {
    await using home = await temporaryHome();
    const path = join(home.config, 'config.toml');
    const around = { before: '# mine\n\n[layouts.x]\nlayout = 1 # not this one\ntemplate = "{{ branch }}"\n\n[defaults] # here\n', after: 'other = true\n[more]\nlayout = "stays"\n' };
    mkdirSync(home.config, { recursive: true });
    writeFileSync(path, around.before + around.after);
    chmodSync(path, 0o644);

    expect(await home.daft(['layout', 'default', '../"a"/{{ branch }}'])).toMatchObject({ exitCode: 0, stdout: `Default layout set to '../"a"/{{ branch }}'.\n` });
    expect(readFileSync(path, 'utf8')).toBe(`${around.before}layout = "../\\"a\\"/{{ branch }}"\n${around.after}`);
    expect((await home.daft(['layout', 'default'])).stdout).toBe('../"a"/{{ branch }} ../"a"/{{ branch }} (global config)\n');
    expect(statSync(path).mode & 0o777).toBe(0o644);

    expect((await home.daft(['layout', 'default', '--reset'])).stdout).toBe('Default layout reset to built-in (sibling).\n');
    expect(readFileSync(path, 'utf8')).toBe(around.before + around.after);
    expect((await home.daft(['layout', 'default'])).stdout).toBe('sibling {{ repo }}.{{ branch | sanitize }} (default)\n');
  });

  test('is the built-in one, with a warning, where config.toml names what is no layout', async () => {
    await using home = await temporaryHome();
    mkdirSync(home.config, { recursive: true });
    writeFileSync(join(home.config, 'config.toml'), '[defaults]\nlayout = "contaned"\n');
    const stderr = "warning: Ignoring the layout of global config: Unknown layout 'contaned'\n";
    expect(await home.daft(['layout', 'default'])).toMatchObject({ exitCode: 0, stderr, stdout: 'sibling {{ repo }}.{{ branch | sanitize }} (default)\n' });
    expect(await home.daft(['layout', 'list'])).toMatchObject({ exitCode: 0, stderr, stdout: expect.stringContaining('sibling (default)') });
  });

  test('creates the file where there is none, and resets without one', async () => {
    await using home = await temporaryHome();
    expect(await home.daft(['layout', 'default', '--reset'])).toMatchObject({ exitCode: 0 });
    expect(await home.daft(['layout', 'default', 'contained'])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(home.config, 'config.toml'), 'utf8')).toBe('[defaults]\nlayout = "contained"\n');
  });

  test('refuses what is no layout, and both at once', async () => {
    await using home = await temporaryHome();
    expect(await home.daft(['layout', 'default', 'contaned'])).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^Error: Unknown layout 'contaned'\n[^]*contained/) });
    expect(await home.daft(['layout', 'default', ''])).toMatchObject({ exitCode: 1, stderr: 'Error: Layout name cannot be empty.\n' });
    expect(await home.daft(['layout', 'default', '{{ branch'])).toMatchObject({ exitCode: 1, stderr: 'Error: Unclosed template expression in: {{ branch\n' });
    expect(await home.daft(['layout', 'default', 'nested', '--reset'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('cannot be used with') });
  });

  test('is not set where nothing can be written, and one line says why', async () => {
    await using home = await temporaryHome();
    const file = join(home.root, 'file');
    writeFileSync(file, '');
    expect(await home.daft(['layout', 'default', 'sibling'], { env: { DAFT_CONFIG_DIR: file, DAFT_TESTING: '1' } })).toMatchObject({
      exitCode: 1, stdout: '', stderr: `Error: Could not save the default layout in ${file}/config.toml: EEXIST: file already exists, mkdir '${file}'\n`,
    });
  });

  test('leaves alone what it does not understand, and a link a link', async () => {
    await using home = await temporaryHome();
    const path = join(home.config, 'config.toml');
    mkdirSync(home.config, { recursive: true });
    for (const text of ['[defaults\n', 'defaults = { layout = "nested" }\n']) {
      writeFileSync(path, text);
      expect(await home.daft(['layout', 'default', 'contained'])).toMatchObject({ exitCode: 1, stdout: '' });
      expect(await home.daft(['layout', 'default', '--reset'])).toMatchObject({ exitCode: 1, stdout: '' });
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
    writeFileSync(join(home.root, 'dotfile.toml'), '');
    writeFileSync(path, '');
    const linked = join(home.root, 'linked');
    mkdirSync(linked);
    symlinkSync(join(home.root, 'dotfile.toml'), join(linked, 'config.toml'));
    expect(await home.daft(['layout', 'default', 'nested'], { env: { DAFT_CONFIG_DIR: linked, DAFT_TESTING: '1' } })).toMatchObject({ exitCode: 0 });
    expect(lstatSync(join(linked, 'config.toml')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(home.root, 'dotfile.toml'), 'utf8')).toContain('layout = "nested"');
  });
});

test('daft layout reset forgets the layout and keeps the trust', async () => {
  await using repo = await playground();
  const key = repo.at('app/.git');
  mkdirSync(repo.home.config, { recursive: true });
  writeFileSync(
    join(repo.home.config, 'repos.json'),
    JSON.stringify({ version: 3, repositories: { [key]: { layout: 'nested', trust: { level: 'allow', granted_at: 1, granted_by: 'user' } } } }),
  );
  expect(await repo.daftWith({ env: { DAFT_FAULT: 'fs: before temp:ENOSPC' } }, 'layout', 'reset')).toMatchObject({
    exitCode: 1, stdout: '', stderr: expect.stringMatching(/^Error: Failed to save layout to repos\.json: ENOSPC.*\n$/),
  });
  expect((await repo.daft('layout', 'reset')).stdout).toBe('Layout setting cleared for this repository.\n');
  expect(registry(repo)).toEqual({ [key]: { trust: { level: 'allow', granted_at: 1, granted_by: 'user' } } });
  expect(await repo.daftWith({ cwd: '/' }, 'layout', 'reset', repo.path)).toMatchObject({ exitCode: 0, stdout: 'No layout setting found for this repository.\n' });
});
