import { DaftError } from '../daft-error';
import { isErrno } from '../fs';

/**
 * Goes where `-C <path>` in front of everything else says, as git does: each path is relative to what those before it came to,
 * and an empty one changes nothing.
 *
 * @returns the rest of the command line
 * @throws DaftError without a path, and where nobody can go
 */
export function changeDirectory(argv: readonly string[], { chdir, env }: { chdir: (path: string) => void; env: NodeJS.ProcessEnv }): readonly string[] {
  const [option, path, ...rest] = argv;
  if (option !== '-C') return argv;
  if (path === undefined) throw complaint('option requires an argument');
  if (path !== '') {
    try {
      chdir(path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      const reason = isErrno(error, 'ENOENT', 'ENOTDIR') ? 'not a directory' : error.message.replace(/^\w+: |, chdir.*$/g, '');
      throw complaint(`'${path}': ${reason}`);
    }
    delete env['PWD']; // which names the directory we came from
  }
  return changeDirectory(rest, { chdir, env });
}

function complaint(text: string): DaftError {
  return new DaftError(`daft: -C: ${text}`, { prefix: 'none', exitCode: 2 });
}
