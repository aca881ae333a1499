import { isUnreadable } from '../../fs';
import { quoteForPosix } from '../quote';
import { capture } from './capture';
import { dialectOf, type Dialect } from './dialect';
import { readStored, store, type StoredSnapshot } from './snapshot';

export interface UserShellOptions {
  /** `SHELL` is their shell. */
  env: NodeJS.ProcessEnv;
  /** Where snapshots are kept for a day. */
  cacheDir: string;
  now: () => Date;
  signal: AbortSignal;
  /** Takes a new snapshot even if there is one. */
  refresh?: boolean;
  /** Milliseconds that startup files may take. */
  timeoutMs?: number;
  trace: (text: string) => void;
}

export interface ShellCommand {
  file: string;
  args: readonly string[];
}

export interface UserShell {
  /** How a command line is run in it. */
  commandFor(commandLine: string): ShellCommand;
}

/**
 * Learns the aliases and functions of the user's shell: from the last snapshot, or by taking one. Where none can be had, the
 * shell runs commands as they are; that is no error.
 */
export async function openUserShell(options: UserShellOptions): Promise<UserShell> {
  const shell = options.env['SHELL'] || 'sh';
  const dialect = dialectOf(shell);
  const plain = (commandLine: string): ShellCommand => ({ file: shell, args: ['-c', commandLine] });
  if (dialect === undefined) {
    options.trace(`${shell}: no aliases are taken from this shell`);
    return { commandFor: plain };
  }
  const snapshot = await findSnapshot(shell, dialect, options);
  if (snapshot === undefined) return { commandFor: plain };
  const script = scriptWith(snapshot, dialect);
  if (Buffer.byteLength(script) > longestScriptBytes) {
    options.trace(`${shell}: too many aliases (${Buffer.byteLength(script)} bytes)`);
    return { commandFor: plain };
  }
  return { commandFor: (commandLine) => ({ file: shell, args: ['-c', script, '--', commandLine] }) };
}

/** Linux takes 128 KiB in one argument. */
const longestScriptBytes = 120 * 1024;

async function findSnapshot(shell: string, dialect: Dialect, options: UserShellOptions): Promise<StoredSnapshot | undefined> {
  const { env, cacheDir, now, signal, refresh = false, timeoutMs = 10_000, trace } = options;
  const place = { cacheDir, dialect, shell, now: now() };
  const known = refresh ? undefined : readStored(place);
  if (known !== undefined) {
    trace(`${shell}: aliases as of the snapshot in ${cacheDir}`);
    return known;
  }
  try {
    const captured = await capture({ shell, dialect, env, signal, timeoutMs });
    if ('problem' in captured) {
      trace(`${shell}: no snapshot of aliases: ${captured.problem}`);
      return undefined;
    }
    const stored = store(captured, place);
    trace(`${shell}: took a snapshot of aliases into ${cacheDir}`);
    return stored;
  } catch (error) { // no permission, a full disk: the command runs all the same
    if (!isUnreadable(error)) throw error;
    trace(`${shell}: no snapshot of aliases: ${error.message}`);
    return undefined;
  }
}

/** `eval`, because aliases are expanded in text that is parsed after they were defined. */
function scriptWith({ aliases, functionsFile }: StoredSnapshot, { withoutAliases, withAliases }: Dialect): string {
  return [withoutAliases, `. ${quoteForPosix(functionsFile)} 2>/dev/null`, withAliases, aliases.trimEnd(), String.raw`\eval "$1"`, ''].join('\n');
}
