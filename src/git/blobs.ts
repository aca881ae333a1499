import type { Git } from './run';

/** Content of `<ref>:<path>`, undefined if either does not exist. */
export async function readBlob(git: Git, cwd: string, ref: string, path: string): Promise<string | undefined> {
  const answer = await git.ask(cwd, ['cat-file', 'blob', `${ref}:${path}`]);
  return answer.exitCode === 0 ? answer.stdout : undefined;
}

export interface Blob {
  ref: string;
  path: string;
  content: string;
}

/** The first of these that is a committed file: one process to find out that there is none, one more to read it. */
export async function findBlob(git: Git, cwd: string, candidates: readonly { ref: string; path: string }[]): Promise<Blob | undefined> {
  const input = candidates.map(({ ref, path }) => `${ref}:${path}\n`).join('');
  const answer = await git.ask(cwd, ['cat-file', '--batch-check=%(objecttype)'], { input });
  const types = answer.stdout.split('\n');
  const found = candidates.find((_, index) => types[index] === 'blob');
  if (found === undefined) return undefined;
  const content = await readBlob(git, cwd, found.ref, found.path);
  return content === undefined ? undefined : { ...found, content };
}
