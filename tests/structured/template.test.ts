import { describe, expect, test } from 'vitest';
import { templateVariables } from '../../src/output/structured';
import { temporaryHome, temporaryRepository } from '../support';

describe('a template knows', () => {
  test('rows as items, every column of them', () => {
    const items = [{ a: 1, b: null }];
    expect(templateVariables({ shape: 'tabular', columns: ['a', 'b'], rows: [{ a: 1, c: 2 }] })).toEqual({ items, data: items });
  });

  test('a matrix by its row key, and cell by cell', () => {
    const cells = [{ row: '.env', column: 'main', value: 'linked' }];
    expect(templateVariables({ shape: 'matrix', rowKey: 'path', columnKey: 'worktree', cellKey: 'state', rows: ['.env', 'cfg'], columns: ['main'], cells })).toEqual({
      path: { '.env': { main: 'linked' }, cfg: {} },
      items: [{ path: '.env', worktree: 'main', state: 'linked' }],
    });
  });

  test('sections by their names', () => {
    const sections = [{ name: 'worktree-post-create', columns: ['job_name'], rows: [{ job_name: 'x' }] }, { name: 'post-clone', columns: ['job_name'], rows: [] }];
    expect(templateVariables({ shape: 'sectioned', sections })).toEqual({ worktree_post_create: [{ job_name: 'x' }], post_clone: [] });
  });

  test('a document by its keys, or as items', () => {
    expect(templateVariables({ shape: 'document', value: { a: 1, b: [2] } })).toEqual({ a: 1, b: [2] });
    expect(templateVariables({ shape: 'document', value: [1, 2] })).toEqual({ items: [1, 2], data: [1, 2] });
  });
});

test('list prints its rows by a template, with a newline at the end', async () => {
  await using repo = await temporaryRepository();
  await repo.git('branch', 'feature/x');
  const template = '{% for r in items %}{{ r.kind }}:{{ r.name }}{% if r.is_current %}*{% endif %} {% endfor %}{{ data | length }}';
  expect(await repo.daft('list', '-b', '--template', template)).toEqual(expect.objectContaining({ exitCode: 0, stdout: 'worktree:main* branch:feature/x 2\n', stderr: '' }));
  expect((await repo.daft('list', '--template', '{% for r in items %}{{ r.name }}\n{% endfor %}')).stdout).toBe('main\n');
  expect((await repo.daft('list', '--template', '')).stdout).toBe('\n');
  expect((await repo.home.run('git-worktree-list', ['--template={{ items.0.name }}'], { cwd: repo.path })).stdout).toBe('main\n');
});

test('hooks jobs prints its rows by a template, also without any', async () => {
  await using repo = await temporaryRepository();
  expect((await repo.daft('hooks', 'jobs', '--template', '{% for j in items %}{% else %}none{% endfor %}')).stdout).toBe('none\n');
  repo.configure('hooks:\n  worktree-post-create:\n    jobs:\n      - {name: a, run: "true"}\n      - {name: b, run: "true", needs: [a]}\n');
  await repo.daft('hooks', 'trust', '--force');
  await repo.daft('hooks', 'run', 'worktree-post-create');
  const template = '{% for j in items %}{{ j.name }} {{ j.status }} {{ j.exit_code }} {{ j.duration_secs is number }};{% endfor %}';
  expect(await repo.daft('hooks', 'jobs', '--template', template)).toMatchObject({ exitCode: 0, stdout: 'a completed 0 true;b completed 0 true;\n', stderr: '' });
});

test('hooks trust list prints its rows by a template', async () => {
  await using repo = await temporaryRepository();
  await repo.daft('hooks', 'trust', '--force');
  const template = '{{ items | map(attribute="repo_path") | join }} {{ items.0.trust_level }} {{ items[0].timestamp | date(format="%Y") }}';
  expect((await repo.daft('hooks', 'trust', 'list', '--template', template)).stdout).toMatch(new RegExp(`^${repo.path} allow 20\\d\\d\n$`));
});

test('hooks run lists hooks by a template, each a variable', async () => {
  await using repo = await temporaryRepository();
  repo.configure('hooks:\n  worktree-post-create:\n    jobs:\n      - {name: a, run: "true", tags: [x, y]}\n  post-clone:\n    jobs:\n      - {name: b, run: "true", description: clones}\n');
  const template = '{% for j in worktree_post_create %}{{ j.job_name }}[{{ j.tags }}]{% endfor %} {{ post_clone.0.description }}';
  expect(await repo.daft('hooks', 'run', '--template', template)).toMatchObject({ exitCode: 0, stdout: 'a[x,y] clones\n', stderr: '' });
});

describe('a wrong template', () => {
  test('is shown where it is wrong, with nothing on stdout', async () => {
    await using repo = await temporaryRepository();
    expect(await repo.daft('list', '--template', '{% for r in items %}{{ r.name | shout }}{% endfor %}')).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: [
        "error: template error: unknown filter 'shout'",
        ' --> 1:33',
        '  |',
        '1 | {% for r in items %}{{ r.name | shout }}{% endfor %}',
        '  |                                 ^',
        '',
      ].join('\n'),
    });
  });

  test('is wrong although something could have been printed before', async () => {
    await using repo = await temporaryRepository();
    const ran = await repo.daft('list', '--template', 'much\n{% for r in items %}{{ r.name }}\n{{ r.nmae }}{% endfor %}');
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toBe("error: template error: Variable 'r.nmae' not found in context\n --> 3:4\n  |\n3 | {{ r.nmae }}{% endfor %}\n  |    ^\n");
  });

  test.each([
    ['hooks', 'jobs'],
    ['hooks', 'trust', 'list'],
    ['hooks', 'run'],
  ])('fails in the same way in %s %s %s', async (...words) => {
    await using repo = await temporaryRepository();
    repo.configure('hooks:\n  post-clone:\n    jobs:\n      - {name: b, run: "true"}\n');
    expect(await repo.daft(...words.filter((word) => word !== undefined), '--template', '{{ x')).toMatchObject({
      exitCode: 2, stdout: '', stderr: "error: template error: '{{' is never closed\n --> 1:1\n  |\n1 | {{ x\n  | ^\n",
    });
  });
});

test.each([[['list']], [['hooks', 'jobs']], [['hooks', 'trust', 'list']], [['hooks', 'run']]])('%o takes a format or a template, not both', async (words) => {
  await using home = await temporaryHome();
  const ran = await home.daft([...words, '--template', 'x', '--format', 'json']);
  expect(ran.stderr).toContain("error: the argument '--format <FORMAT>' cannot be used with '--template <STR>'\n");
  expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
});

test('--no-headers is said to have no effect', async () => {
  await using repo = await temporaryRepository();
  expect(await repo.daft('list', '--no-headers', '--template', 'x')).toMatchObject({ exitCode: 0, stdout: 'x\n', stderr: 'warning: --no-headers has no effect with --template (only tsv/csv)\n' });
});

test('a template sees the environment, and no more than the data', async () => {
  await using repo = await temporaryRepository();
  expect((await repo.daft('list', '--template', '{{ get_env(name="HOME") }}')).stdout).toBe(`${repo.home.env['HOME']}\n`);
  expect((await repo.daft('list', '--template', '{{ process.env.HOME }}')).exitCode).toBe(2);
});
