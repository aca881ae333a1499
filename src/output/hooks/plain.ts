import { LineMarker } from './line-marker';
import type { HookView, ViewOptions } from './view';

const newline = 0x0a;

/**
 * A line per event, in the order of events: for pipes, files and `no_tty`. Where jobs may print at the same time, each line
 * tells whose it is.
 */
export function createPlainView({ stream, paint, quiet, verbose, sideBySide }: ViewOptions): HookView {
  const bar = paint.bar('┃');
  const running = new Map<string, { mark: Buffer; silent: boolean }>();
  const marker = new LineMarker(() => stream.writableLength === 0);
  /** Whose last line has not been ended. */
  let open: string | undefined;
  const markOf = (job: string): Buffer => Buffer.from(sideBySide ? `${bar}  ${paint.name(`[${job}]`)} ` : `${bar}  `);

  function endLine(): void {
    if (open !== undefined) stream.write('\n');
    open = undefined;
  }
  function print(text: string): void {
    if (text === '') return;
    endLine();
    stream.write(text);
  }

  return {
    print,
    started({ job, description, command, interactive }) {
      running.set(job, { mark: markOf(job), silent: !interactive });
      print(`${bar}  ${paint.name(job)} ${paint.name('❯')}\n`);
      if (description !== null) print(`${bar}    ${paint.description(description)}\n`);
      if (verbose) print(`${bar}    ${command.replaceAll('\n', `\n${bar}    `)}\n`);
    },
    printed({ job, chunk }) {
      const output = running.get(job);
      if (output === undefined || chunk.length === 0) return;
      output.silent = false;
      if (quiet) return;
      const goesOn = open === job;
      if (!goesOn) endLine(); // only a very long line comes in pieces, between which another job may have something to say
      // One write for all the lines of a chunk: a write for each would take more time and memory than the job itself.
      stream.write(marker.mark(chunk, output.mark, { atStart: !goesOn }));
      open = chunk.at(-1) === newline ? undefined : job;
    },
    ended({ job }) {
      const output = running.get(job);
      running.delete(job);
      if (open === job) endLine();
      if (!quiet && output?.silent === true) print(`${output.mark.toString()}${paint.noOutput('No output')}\n`);
    },
    backgrounded({ job, description }) {
      print(`  ${paint.background(job)} ${paint.backgroundLabel('(background)')}${description === null ? '' : ` -- ${description}`}\n`);
    },
    close() {},
  };
}
