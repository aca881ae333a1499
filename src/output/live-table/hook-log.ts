import { Chalk, type ChalkInstance } from 'chalk';
import type { HookEvent, HookResult } from '../../hooks';
import { complaints, framed, JobOutput, type HookRenderer } from '../hooks';
import { printable } from '../printable';

/** Hooks under a live table: they draw nothing themselves (hooks.md 15). What there is to say of them is kept until it has closed. */
export interface HookLog extends HookRenderer {
  /** The events that follow are about this firing. */
  begin(firing: { branch: string; hook: string }): void;
  end(result: HookResult): void;
  /** One line per job of the branch so far. */
  details(branch: string): readonly string[];
  /** Tells what was kept, and lets it go. */
  report(): void;
}

export interface HookLogOptions {
  stream: NodeJS.WritableStream & { readonly writableLength?: number };
  colour: boolean;
  /** An interactive job has the terminal to itself. */
  lendTerminal: () => void;
  takeTerminalBack: () => void;
}

interface FiringLog {
  branch: string;
  hook: string;
  /** Of its jobs. */
  durationMs: number;
  jobs: Map<string, JobState>;
  output: JobOutput;
}

type JobState = { kind: 'running'; interactive: boolean } | { kind: 'background' } | { kind: 'skipped'; reason: string } | { kind: 'ended'; succeeded: boolean; durationMs: number };

/** A firing that is told about at the end. */
interface Failure {
  firing: FiringLog;
  result: HookResult & { kind: 'failed' };
}

export function createHookLog({ stream, colour, lendTerminal, takeTerminalBack }: HookLogOptions): HookLog {
  const paint = new Chalk({ level: colour ? 2 : 0 });
  const firings: FiringLog[] = [];
  let failures: Failure[] = [];
  let said: string[] = [];
  let dispatched = 0;

  function tellOf(event: HookEvent, firing: FiringLog): void {
    switch (event.type) {
      case 'job-started':
        firing.jobs.set(event.job, { kind: 'running', interactive: event.interactive });
        if (event.interactive) lendTerminal();
        return;
      case 'job-printed':
        firing.output.append(event.chunk);
        return;
      case 'job-ended': {
        const before = firing.jobs.get(event.job);
        if (before?.kind === 'running' && before.interactive) takeTerminalBack();
        firing.jobs.set(event.job, { kind: 'ended', succeeded: event.outcome.kind === 'completed', durationMs: event.durationMs });
        firing.output.append(Buffer.from(complaints(event).map((line) => `${printable(line)}\n`).join('')));
        return;
      }
      case 'job-skipped':
        firing.jobs.set(event.job, { kind: 'skipped', reason: event.reason });
        return;
      case 'job-backgrounded':
        firing.jobs.set(event.job, { kind: 'background' });
        return;
      case 'dispatched':
        dispatched += event.count;
        return;
      case 'warning':
        said.push(`${paint.yellow('warning:')} ${event.text}`);
        return;
      case 'note':
        said.push(event.text);
        return;
      case 'hook-ended':
        firing.durationMs = event.durationMs;
        return;
      case 'hook-started': case 'job-promoted':
        return;
    }
  }

  const log: HookLog = {
    begin: ({ branch, hook }) => void firings.push({ branch, hook, durationMs: 0, jobs: new Map(), output: new JobOutput() }),
    tell(event) {
      const firing = firings.at(-1);
      if (firing !== undefined) tellOf(event, firing);
    },
    end(result) {
      const firing = firings.at(-1);
      if (firing === undefined) return;
      if (result.kind === 'failed') failures.push({ firing, result });
      else firing.output[Symbol.dispose]();
    },
    details: (branch) =>
      firings
        .filter((firing) => firing.branch === branch)
        .flatMap(({ hook, jobs }) => [...jobs].map(([job, state]) => `${phaseOf(hook)} ❯ ${printable(job)}  ${stateOf(state, paint)}`)),
    report() {
      for (const line of said) stream.write(`${line}\n`);
      if (dispatched > 0) stream.write(`${paint.blue('⟳')} ${dispatched} background job${dispatched === 1 ? '' : 's'} running — daft hooks jobs to manage\n`);
      if (failures.length > 0) stream.write('Hooks:\n');
      for (const failure of failures) reportFailure(failure);
      [failures, said, dispatched] = [[], [], 0];
    },
    abandon: () => {}, // there is nothing of it on the screen
  };
  return log;

  function reportFailure({ firing, result }: Failure): void {
    const outcome = result.mode === 'warn' ? paint.yellow('warned') : paint.red('failed');
    const status = result.exitCode === -1 ? 'error' : `exit ${result.exitCode}`;
    stream.write(`  ${firing.branch}: ${firing.hook} ${outcome} (${status}, ${Math.floor(firing.durationMs)}ms)\n`);
    using output = firing.output;
    for (const piece of framed(output.read(), Buffer.from('    '), { isDoneWith: () => stream.writableLength === 0 })) stream.write(piece);
  }
}

/** As the status of a row has it. */
export function phaseOf(hook: string): string {
  return hook.replace(/^worktree-/, '');
}

function stateOf(state: JobState, paint: ChalkInstance): string {
  switch (state.kind) {
    case 'running':
      return 'running';
    case 'background':
      return `${paint.blue('↻')} background`;
    case 'skipped':
      return `${paint.yellow('⊘')} ${state.reason}`;
    case 'ended':
      return `${state.succeeded ? paint.green('✓') : paint.red('✗')} ${Math.floor(state.durationMs)}ms`;
  }
}
