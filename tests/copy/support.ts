import { playground, type Playground } from '../create/support';
import { writeFiles, type Files } from '../support/repository';

/** `app` on `main`, with a committed daft.yml and .gitignore, and ignored files. */
export async function orchard({ copy, hooks, ignored, ...files }: { copy?: readonly string[]; hooks?: object; ignored?: Files } & Record<string, unknown> = {}): Promise<Playground> {
  const committed = { '.gitignore': 'node_modules/\ntarget\n.env\nbuild/\n', ...(files as Files) };
  const repo = await playground({
    main: {
      commits: [
        { message: 'first', files: { ...committed, ...((copy ?? hooks) && { 'daft.yml': JSON.stringify({ copy, hooks }) }), 'packages/a/package.json': '{}' } },
      ],
    },
    other: { commits: [{ message: 'other', files: { 'other.txt': '' } }] },
  });
  writeFiles(repo.path, ignored ?? {});
  return repo;
}
