import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { DaftError } from '../daft-error';
import { randomBytes } from '../fs';
import { quoteForPosix } from '../process';

export interface GitAnswer {
  /** 128 + N for signal N. */
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface AskOptions {
  input?: string;
  env?: Readonly<Record<string, string>>;
  /** Ctrl-C on the terminal does not reach this git: it moves or deletes the user's files, and must not stop half-way. */
  untilDone?: boolean;
  /** Called once it runs, and must not throw. */
  started?: (pid: number) => void;
}

export interface Git {
  /**
   * Asks git in `cwd` under a C locale, with inherited GIT_DIR & co. removed (worktrees-create.md 2.4). Never throws for
   * a non-zero exit, a directory that is gone included (128, as `git -C` has it); throws DaftError `Missing required
   * dependencies: git` when there is no git.
   */
  ask(cwd: string, args: readonly string[], options?: AskOptions): Promise<GitAnswer>;
  /**
   * Asks the same in each of these worktrees, one after the other and in the time of little more than git itself: node
   * starts one shell, which is small and starts all gits. What they say on stderr is dropped. One that has lost its `.git`
   * file is a failure, also where git would find another repository further up.
   */
  askEach(cwds: readonly string[], args: readonly string[]): Promise<Pick<GitAnswer, 'exitCode' | 'stdout'>[]>;
  /** Like `ask`, but a non-zero exit throws a DaftError `<attempt>: <git's stderr>`; returns stdout without final newline. */
  run(cwd: string, args: readonly string[], attempt: string, options?: AskOptions): Promise<string>;
  /** What every git gets, for porcelain that is not started by `ask`. */
  readonly env: Readonly<Record<string, string>>;
}

/** Set by git itself for hooks and aliases: they would point every answer at the repository daft was started from. */
const repositoryVariables = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_COMMON_DIR',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_PREFIX',
];

export function createGit(env: Readonly<Record<string, string | undefined>>): Git {
  const childEnv = environmentOfGit(env);
  const git: Git = {
    env: childEnv,
    ask: (cwd, args, options = {}) => ask(['git', ...args], { ...options, cwd, env: { ...childEnv, ...options.env } }),
    askEach: (cwds, args) => askEach(cwds, args, childEnv),
    async run(cwd, args, attempt, options) {
      const answer = await git.ask(cwd, args, options);
      if (answer.exitCode !== 0) throw gitFailure(attempt, answer);
      return answer.stdout.replace(/\n$/, '');
    },
  };
  return git;
}

/** The same git, which fails where it would have to ask for a password on the terminal. */
export function withoutPrompts(git: Git): Git {
  return createGit({ ...git.env, GIT_TERMINAL_PROMPT: '0' });
}

export function gitFailure(attempt: string, answer: Pick<GitAnswer, 'exitCode' | 'stderr'>, { hint }: { hint?: string | undefined } = {}): DaftError {
  return new DaftError(`${attempt}: ${gitsComplaint(answer)}`, { hint });
}

/** What git had to say about its failure, without its own prefixes of a single line. */
export function gitsComplaint({ exitCode, stderr }: Pick<GitAnswer, 'exitCode' | 'stderr'>): string {
  const text = stderr.trim();
  if (text === '') return `git exited with status ${exitCode}`;
  return text.includes('\n') ? text : text.replace(/^(fatal|error): /, '');
}

function environmentOfGit(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !repositoryVariables.includes(name)) kept[name] = value;
  }
  // Questions must not take the index lock for a refresh nobody asked for: somebody may be committing.
  return { ...kept, LC_ALL: 'C', LANGUAGE: 'C', GIT_OPTIONAL_LOCKS: '0' };
}

/** Milliseconds of silence after git's own end before we stop waiting for whoever still holds its pipes. */
const lingeringMs = 100;

async function askEach(cwds: readonly string[], args: readonly string[], env: Readonly<Record<string, string>>): Promise<Pick<GitAnswer, 'exitCode' | 'stdout'>[]> {
  if (cwds.length === 0) return [];
  const separator = randomBytes(16).toString('hex');
  // `command`: bash, where that is sh, takes exported functions along, and somebody may have made one of this name.
  const script = `for cwd; do GIT_CEILING_DIRECTORIES="\${cwd%/*}" command git -C "$cwd" ${args.map(quoteForPosix).join(' ')} 2>/dev/null; printf '\\n%s %s\\n' ${separator} $?; done`;
  const { stdout } = await ask(['/bin/sh', '-c', script, 'git', ...cwds], { cwd: '/', env });
  const parts = stdout.split(new RegExp(`\\n${separator} (\\d+)\\n`));
  return cwds.map((_, at) => ({ stdout: parts[2 * at] ?? '', exitCode: Number(parts[2 * at + 1] ?? 1) }));
}

interface Environment {
  env: Readonly<Record<string, string>>;
}

function ask(command: readonly string[], options: AskOptions & Environment & { cwd: string }): Promise<GitAnswer> {
  const { cwd, env } = options;
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: 'pipe', detached: options.untilDone === true });
    if (child.pid !== undefined) options.started?.(child.pid);
    const said = { stdout: '', stderr: '' };
    let exitCode: number | undefined;
    let lingering: NodeJS.Timeout | undefined;

    const finish = () => {
      clearTimeout(lingering);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ exitCode: exitCode ?? 1, ...said });
    };
    // A hook of git's (post-checkout) may leave a process that keeps our pipes open for its life: 'close' would wait for
    // it. What git itself wrote is in the pipe when it exits, so a short silence after that is the end.
    const lingerOn = () => {
      clearTimeout(lingering);
      lingering = setTimeout(finish, lingeringMs);
    };
    const listen = (stream: 'stdout' | 'stderr') =>
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
        if (exitCode !== undefined) lingerOn();
      });
    listen('stdout');
    listen('stderr');

    child.on('exit', (code, signal) => {
      exitCode = code ?? 128 + signalNumber(signal);
      lingerOn();
    });
    child.on('close', () => {
      if (exitCode !== undefined) finish();
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      // Node says `spawn git ENOENT` for a missing directory too.
      if (error.code === 'ENOENT' && !existsSync(cwd)) {
        resolve({ exitCode: 128, stdout: '', stderr: `fatal: cannot change to '${cwd}': No such file or directory\n` });
      } else if (error.code === 'ENOENT') reject(new DaftError('Missing required dependencies: git'));
      else reject(new DaftError(`Could not start git: ${error.message}`, { cause: error }));
    });
    child.stdin.on('error', () => {}); // git ended without reading all of it: its answer says why
    child.stdin.end(options.input);
  });
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : (constants.signals[signal] ?? 0);
}
