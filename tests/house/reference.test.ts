import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { referencePages } from '../../src/cli/reference';
import type { CommandSpec } from '../../src/cli/spec';
import { commandTable } from '../../src/cli/table';
import { checkout } from '../support';

describe('docs/reference (`npm run docs` writes it)', () => {
  const directory = join(checkout, 'docs/reference');
  const pages = referencePages(commandTable);

  test('is what the command table makes of it', () => {
    const written = new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
    const stale = [...new Set([...pages.keys(), ...written.keys()])].filter((name) => pages.get(name) !== written.get(name));
    expect(stale, 'the command table has changed: run `npm run docs`').toEqual([]);
  });

  test('has a page for each command of its contents, and all pages are in the contents', () => {
    const links = [...(pages.get('README.md') ?? '').matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    expect(links.toSorted()).toEqual([...pages.keys()].filter((name) => name !== 'README.md').toSorted());
    expect(links).toHaveLength(commandTable.filter(({ hidden }) => !hidden).length);
  });

  test('points to files and headings that exist', () => {
    const links = [...pages.values()].flatMap((page) => [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link));
    const broken = [...new Set(links)].filter((link) => {
      const [file = '', heading] = link.split('#');
      if (heading === undefined) return !pages.has(file) && !readdirSync(join(checkout, 'docs')).includes(file.replace('../', ''));
      const headings = readFileSync(join(directory, file), 'utf8').matchAll(/^#+ (.*)$/gm);
      return ![...headings].some(([, title = '']) => title.toLowerCase().replaceAll(' ', '-') === heading);
    });
    expect(broken).toEqual([]);
  });
});

test('a page tells all that the parser knows of a command, and Markdown shows it as it is', () => {
  const spec: CommandSpec = {
    id: 'move',
    words: ['move', 'worktree-move'],
    executables: ['git-worktree-move'],
    usageName: 'git-worktree-move',
    summary: 'Move <things>',
    description: 'Moves `<one>` or *all*.\n\n    daft move <one>',
    arguments: [{ name: 'BRANCH|PATH', required: true, variadic: true, description: 'What to move', choices: ['a', 'b'] }],
    options: [
      { long: 'to', short: 't', description: 'Place', value: { name: 'PATH', repeatable: true }, required: true },
      { long: 'all', description: 'Everything', conflictsWith: ['BRANCH|PATH', 'only'] },
      { long: 'only', description: 'One', value: { name: 'N', implied: '1', choices: ['1', '2'] }, requires: ['to'] },
      { long: 'secret', description: 'Not to be seen', hidden: true },
    ],
    load: () => Promise.reject(new Error('is not run')),
  };
  expect(referencePages([spec]).get('move.md')).toBe(`<!-- Written by \`npm run docs\` from the command table, src/cli/table/. -->

# git-worktree-move

Move \\<things>

\`\`\`text
Usage: git-worktree-move [OPTIONS] --to <PATH> <BRANCH|PATH>...
\`\`\`

Moves \`<one>\` or \\*all\\*.

    daft move <one>

Also called \`git worktree-move\`, \`daft move\`, \`daft worktree-move\`.

## Arguments

| Argument | |
|---|---|
| \`<BRANCH\\|PATH>...\` | What to move [possible values: a, b]; not with \`--all\` |

## Options

| Option | |
|---|---|
| \`-t, --to <PATH>...\` | Place; required |
| \`--all\` | Everything; not with \`--only [N]\`, \`<BRANCH\\|PATH>...\` |
| \`--only [N]\` | One [possible values: 1, 2]; not with \`--all\`; only with \`--to <PATH>\` |
| \`-h, --help\` | Print help (short with '-h', whole with '--help') |
| \`-V, --version\` | Print version |

## See also

- [Worktrees](../worktrees.md)
- [All commands](README.md)
`);
});
