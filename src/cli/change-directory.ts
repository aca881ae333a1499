import { UsageError } from './usage-error';
import { DaftError } from '../daft-error';

/**
 * Goes where `-C <path>` in front of everything else says, as git does: each path is relative to what those before it came to,
 * and an empty one changes nothing.
 *
 * @returns the rest of the command line
 * @throws UsageError without a path, DaftError where nobody can go
 */
export function changeDirectory(argv: readonly string[], { chdir, env }: { chdir: (path: string) => void; env: NodeJS.ProcessEnv }): readonly string[] {
  const [option, path, ...rest] = argv;
  if (option !== '-C') return argv;
  if (path === undefined) throw new UsageError("a value is required for '-C <PATH>' but none was supplied");
  if (path !== '') {
    try {
      chdir(path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      throw new DaftError(`cannot change to '${path}': ${error.message.replace(/^\w+: |, chdir.*$/g, '')}`);
    }
    delete env['PWD']; // which names the directory we came from
  }
  return changeDirectory(rest, { chdir, env });
}
