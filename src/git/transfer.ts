import { Readable } from 'node:stream';
import { DaftError } from '../daft-error';
import { patiently } from './patience';
import type { Git, GitAnswer } from './run';

export interface TransferOptions {
  onProgress?: ((progress: TransferProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** `-c` settings for this one command. */
  config?: readonly string[];
}

export interface TransferProgress {
  /** In git's words: `Receiving objects`, `Resolving deltas`, ... */
  stage: string;
  percent: number;
}

/** simple-git guards programs that pass foreign text to git. Ours passes the user's own, who may do all of this by hand. */
const trusted = {
  allowUnsafeAlias: true,
  allowUnsafeAskPass: true,
  allowUnsafeCommandBinaries: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeDiffTextConv: true,
  allowUnsafeEditor: true,
  allowUnsafeExec: true,
  allowUnsafeFilter: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGitProxy: true,
  allowUnsafeGpgProgram: true,
  allowUnsafeHooksPath: true,
  allowUnsafeInclude: true,
  allowUnsafeMergeDriver: true,
  allowUnsafePack: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
  allowUnsafeSubmodule: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeUrlRewrite: true,
};

/**
 * Runs a git command that talks to a remote (`clone`, `fetch`, `push`, ...), with patience for neighbours, and tells its
 * progress. Like `Git.ask` it answers a failure of git's as a value.
 */
export function transfer(git: Git, cwd: string, args: readonly string[], options: TransferOptions = {}): Promise<GitAnswer> {
  return patiently(() => transferOnce(git, cwd, args, options), options);
}

async function transferOnce(git: Git, cwd: string, args: readonly string[], { onProgress, signal, config = [] }: TransferOptions): Promise<GitAnswer> {
  const { simpleGit } = await import('simple-git');
  let answer: GitAnswer | undefined;
  const porcelain = simpleGit({
    baseDir: cwd,
    unsafe: trusted,
    config: [...config],
    // Otherwise GIT_SSH_COMMAND, GIT_ASKPASS, PAGER and their like are kept from git.
    allowEnvironment: Object.keys(git.env),
    // Milliseconds after its exit; what git had to say is in the pipe by then. Its timer outlives the answer, so every
    // millisecond more may be one that the prompt waits.
    completion: { onClose: true, onExit: 20 },
    // Left alone it takes exit 1 with an empty stderr for success.
    errors(error, { exitCode, stdErr, stdOut }) {
      answer = { exitCode, stdout: Buffer.concat(stdOut).toString(), stderr: withoutProgress(Buffer.concat(stdErr).toString()) };
      return exitCode === 0 ? error : Buffer.from(answer.stderr);
    },
    ...(signal && { abort: signal }),
  }).env({ ...git.env });
  const pipes: NodeJS.ReadableStream[] = [];
  porcelain.outputHandler((_command, stdout, stderr) => {
    pipes.push(stdout, stderr);
    if (onProgress) stderr.on('data', (chunk: Buffer) => parseProgress(chunk.toString()).forEach(onProgress));
  });
  try {
    await porcelain.raw(onProgress ? withProgress(args) : [...args]);
  } catch (error) {
    signal?.throwIfAborted();
    if (answer === undefined || answer.exitCode === 0) throw error;
    // A process that could not be started has no exit code, and its error arrives as if git had printed it.
    if (answer.exitCode < 0 && answer.stderr.includes('ENOENT')) throw new DaftError('Missing required dependencies: git');
  } finally {
    // An ssh that stays behind as master of later connections holds them, and we would live as long as it does.
    for (const pipe of pipes) if (pipe instanceof Readable) pipe.destroy();
  }
  if (answer === undefined) throw new Error(`git ${args[0] ?? ''} ended without an answer`);
  return answer;
}

/** simple-git's own progress option comes last, where after a `--` it is taken for a directory, and hears of half the stages. */
function withProgress([command = '', ...rest]: readonly string[]): string[] {
  return [command, '--progress', ...rest];
}

/** `remote: Counting objects:  50% (1/2)` and their like. */
export function parseProgress(text: string): TransferProgress[] {
  return [...text.matchAll(/([A-Z][a-z]+ [a-z ]+): +(\d+)% \(/g)].map(([, stage = '', percent]) => ({ stage, percent: Number(percent) }));
}

/** Progress lines rewrite themselves with carriage returns; what counts of such a line is its end. */
function withoutProgress(stderr: string): string {
  return stderr
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').replace(/^.*\r/, ''))
    .filter((line) => !/^(remote: )?[A-Z][\w ]+: +\d+% \(\d+\/\d+\)/.test(line))
    .join('\n');
}
