import type { HookEvent } from '../../hooks';
import { printable } from '../printable';
import type { Spinner } from '../spinner';
import { complaints } from './complaints';
import { hookHeader } from './header';
import { createInteractiveView } from './interactive';
import { createHookPaint } from './paint';
import { createPlainView } from './plain';
import { hookSummary, type SummaryEntry } from './summary';
import type { HookView, ViewOptions } from './view';

export interface HookRendererOptions {
  /** Of stderr. */
  stream: ViewOptions['stream'];
  isTTY: boolean;
  colour: boolean;
  /** DAFT_TESTING is set: warnings and notes alone are printed. */
  silent: boolean;
  /** `daft.hooks.output.quiet`. */
  quiet: boolean;
  /** `daft.hooks.output.verbose`, or `-v` of the command. */
  verbose: boolean;
  timerDelaySecs: number;
  tailLines: number;
  /** Of the command around the hooks: out of the way while one runs. */
  spinner?: Spinner | undefined;
}

/** Shows the hooks that one command fires, one after the other. */
export interface HookRenderer {
  tell(event: HookEvent): void;
  /** Takes the live lines off the screen, where a hook has not come to its end. */
  abandon(): void;
}

/** The hook that runs now. */
interface Firing {
  hook: string;
  view: HookView;
  headed: boolean;
  entries: SummaryEntry[];
}

export function createHookRenderer(options: HookRendererOptions): HookRenderer {
  const { stream, isTTY, silent, verbose, spinner } = options;
  let paint = createHookPaint(options.colour);
  let firing: Firing | undefined;

  function begin({ hook, presentation, sideBySide = false }: Extract<HookEvent, { type: 'hook-started' }>): void {
    spinner?.pause();
    paint = createHookPaint(options.colour && presentation?.colourless !== true);
    const viewOptions = { ...options, paint, quiet: options.quiet || presentation?.quiet === true, sideBySide };
    const live = isTTY && presentation?.plain !== true;
    firing = { hook, view: live ? createInteractiveView(viewOptions) : createPlainView(viewOptions), headed: false, entries: [] };
  }

  /** The view of the running hook, header printed. */
  function headedView(current: Firing): HookView {
    if (!current.headed) current.view.print(hookHeader(current.hook, { version: DAFT_VERSION, paint }));
    current.headed = true;
    return current.view;
  }

  function print(text: string): void {
    const write = (): void => void stream.write(text);
    if (firing !== undefined) firing.view.print(text);
    else if (spinner !== undefined) spinner.aside(write);
    else write();
  }

  /** Events of a hook that shows itself. */
  function show(event: HookEvent, current: Firing): void {
    switch (event.type) {
      case 'job-started':
        headedView(current).started(event);
        return;
      case 'job-printed':
        current.view.printed(event);
        return;
      case 'job-ended':
        current.view.ended(event);
        current.entries.push(entryOf(event));
        for (const line of complaints(event)) current.view.print(`${line}\n`);
        return;
      case 'job-skipped':
        if (event.by === 'condition' && !verbose) return;
        headedView(current).print(`${paint.bar('┃')}  ${paint.name(event.job)} (skip) ${paint.skipReason(event.reason)}\n`);
        current.entries.push({ kind: 'skipped', job: event.job });
        return;
      case 'job-backgrounded':
        headedView(current).backgrounded(event);
        current.entries.push({ kind: 'background', job: event.job, description: event.description });
        return;
      case 'hook-ended':
        current.view.close();
        current.view.print(hookSummary(current.entries, { durationMs: event.durationMs, paint }));
        firing = undefined;
        spinner?.resume();
        return;
      case 'hook-started': case 'job-promoted': case 'dispatched': case 'warning': case 'note':
        return; // answered by `tell`
    }
  }

  return {
    tell(told) {
      const event = shown(told);
      if (event.type === 'warning') return print(`${paint.warning('warning:')} ${event.text}\n`);
      if (event.type === 'note') return print(`${event.text}\n`);
      if (silent) return;
      if (event.type === 'hook-started') return begin(event);
      if (event.type === 'job-promoted') return print(`${paint.warning('⚠')} Job '${event.job}' promoted to foreground (${event.because})\n`);
      if (event.type === 'dispatched') return print(dispatchedLine(event.count));
      if (firing !== undefined) show(event, firing);
    },
    abandon() {
      firing?.view.close();
    },
  };

  function dispatchedLine(count: number): string {
    return count === 0 ? '' : `${paint.later('⟳')} ${count} background job${count === 1 ? '' : 's'} running — daft hooks jobs to manage\n`;
  }
}

/** Names come from a file: none may move the cursor or break a line. */
function shown(event: HookEvent): HookEvent {
  if (!('job' in event)) return event;
  const job = printable(event.job);
  if (event.type !== 'job-started' && event.type !== 'job-backgrounded') return { ...event, job };
  return { ...event, job, description: event.description === null ? null : printable(event.description.trim().replaceAll(/\s+/g, ' ')) };
}

function entryOf({ job, outcome, durationMs }: Extract<HookEvent, { type: 'job-ended' }>): SummaryEntry {
  switch (outcome.kind) {
    case 'completed':
      return { kind: 'succeeded', job, durationMs };
    case 'failed': case 'timed-out': case 'not-started':
      return { kind: 'failed', job, durationMs };
    case 'cancelled':
      return { kind: 'skipped', job };
  }
}
