import { readlinkSync } from 'node:fs';
import { readDirectories } from '../config';
import type { Directories, Settings } from '../config';
import { isErrno } from '../fs';
import type { Git } from '../git';
import type { HookName, HookResult, HookServices } from '../hooks';
import type { Messages } from '../output';
import { createHookRenderer, type HookRenderer } from '../output/hooks';
import { killForeground } from '../process';
import type { CommandContext, Terminal } from './context';
import { isYes, readLine } from './read-line';
import { untrustedNotice } from './untrusted-notice';
import type { Untrusted } from './untrusted-notice';

export interface CommandHooks extends Disposable {
  services: HookServices;
  /** Takes the display away and prints what was collected on the way; again does nothing. Comes with disposal, too. */
  finish(): void;
}

/** What hooks need of a command. One for the whole command: it remembers what is to be told only once. */
export function createHookServices(
  context: CommandContext,
  options: {
    git: Git;
    settings: Settings;
    messages: Messages;
    /** `-v` of the command. */
    verbose: boolean;
    /** `-q` of the command: hooks are not shown. */
    quiet?: boolean;
    directories?: Directories;
    /** Hears the hooks instead of the terminal, on which there is a table: nobody can be asked. */
    log?: HookRenderer | undefined;
  },
): CommandHooks {
  const { env, exe, stderr } = context;
  const { git, settings, messages, verbose, directories = readDirectories(env) } = options;
  const untrusted: Untrusted[] = [];
  const told = new Set<string>();

  const { output } = settings.hooks;
  const renderer = options.log ?? createHookRenderer({
    stream: stderr.stream,
    isTTY: stderr.isTTY,
    colour: stderr.colour,
    silent: options.quiet === true || env['DAFT_TESTING'] !== undefined,
    quiet: output.quiet,
    verbose: verbose || output.verbose,
    timerDelaySecs: output.timerDelaySecs,
    tailLines: output.tailLines,
    spinner: messages.spinner,
  });
  // A second Ctrl-C ends us in the middle of stopping jobs, which lead sessions of their own and would stay.
  context.beforeDying(killForeground);
  if (stderr.isTTY) context.beforeDying(() => renderer.abandon());

  function finish(): void {
    const notice = untrustedNotice(untrusted, { exe, hints: env['DAFT_NO_HINTS'] === undefined });
    untrusted.length = 0;
    renderer.abandon();
    if (notice !== undefined) messages.spinner.aside(() => stderr.stream.write(`${notice}\n`));
  }

  return {
    services: {
      git,
      settings,
      directories,
      env,
      now: context.now,
      launcher: context.launcher,
      // Asked for when a hook runs, and not before: from then on the first Ctrl-C stops the jobs instead of us.
      get signal() {
        return context.interruptible();
      },
      tell: (event) => renderer.tell(event),
      caughtUp: () => flushed(stderr),
      verbose,
      exe,
      // Looking at stdin opens it, which only a question is worth.
      get confirm() {
        return options.log === undefined ? askerOf(context, messages) : undefined;
      },
      stderrTty: stderr.isTTY ? deviceOf(2) : null,
      notices: {
        add: (notice) => untrusted.push(notice),
        first(key) {
          const isFirst = !told.has(key);
          told.add(key);
          return isFirst;
        },
      },
    },
    finish,
    [Symbol.dispose]: finish,
  };
}

/** A pipe whose reader is slower than a job is waited for: what it has not taken yet would pile up in our memory. */
function flushed({ stream, readerGone }: Terminal): Promise<void> | undefined {
  if (!stream.writableNeedDrain || readerGone.aborted) return undefined;
  return new Promise((resolve) => {
    const settle = (): void => {
      stream.off('drain', settle);
      readerGone.removeEventListener('abort', settle);
      resolve();
    };
    stream.on('drain', settle);
    readerGone.addEventListener('abort', settle);
  });
}

/** Somebody can be asked on a terminal, and in tests, which answer on stdin. */
function askerOf(context: CommandContext, messages: Messages): HookServices['confirm'] {
  const { env, stderr } = context;
  if (env['DAFT_TESTING'] === undefined && !(stderr.isTTY && context.stdin.isTTY)) return undefined;
  return async (question) => {
    messages.spinner.aside(() => stderr.stream.write(`${question} [y/N] `));
    const answer = await readLine(context.stdin, context.interruptible());
    if (answer === undefined) stderr.stream.write('\n'); // nobody has ended the line of the question
    return isYes(answer);
  };
}

/** Path of the terminal behind a descriptor; null where the system does not tell. */
function deviceOf(descriptor: number): string | null {
  try {
    const path = readlinkSync(`/proc/self/fd/${descriptor}`);
    return path.startsWith('/dev/') ? path : null;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EACCES')) return null;
    throw error;
  }
}

/** Says that a hook failed, in the words of its fail mode (hooks.md 11); the rest is the operation's. */
export function presentHookFailure(hook: HookName, result: HookResult & { kind: 'failed' }, messages: Messages): void {
  const text = `${hook} hook failed with exit code ${result.exitCode}`;
  const stderr = result.stderr.trim();
  switch (result.mode) {
    case 'warn':
      messages.warning(`${text} (continuing anyway)`);
      if (stderr !== '') messages.warning(`Hook stderr: ${stderr}`);
      break;
    case 'abort':
      messages.error(text);
      if (stderr !== '') messages.error(`Hook stderr: ${stderr}`);
      break;
  }
}
