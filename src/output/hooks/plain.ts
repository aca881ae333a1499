import type { HookView, ViewOptions } from './view';

/** Bytes of an unfinished line that wait for its end; a longer one is shown in pieces. */
const longestLine = 1 << 20;

/**
 * A line per event, in the order of events: for pipes, files and `no_tty`. Where jobs may print at the same time, each line
 * tells whose it is.
 */
export function createPlainView({ stream, paint, quiet, verbose, sideBySide }: ViewOptions): HookView {
  const bar = paint.bar('┃');
  /** What running jobs have written, up to the end of a line that has not come yet. */
  const open = new Map<string, { mark: Buffer; parts: Buffer[]; sizeBytes: number; silent: boolean }>();
  const print = (text: string): void => void stream.write(text);
  const markOf = (job: string): Buffer => Buffer.from(sideBySide ? `${bar}  ${paint.name(`[${job}]`)} ` : `${bar}  `);
  const newline = Buffer.from('\n');

  return {
    print,
    started({ job, description, command, interactive }) {
      open.set(job, { mark: markOf(job), parts: [], sizeBytes: 0, silent: !interactive });
      print(`${bar}  ${paint.name(job)} ${paint.name('❯')}\n`);
      if (description !== null) print(`${bar}    ${paint.description(description)}\n`);
      if (verbose) print(`${bar}    ${command.replaceAll('\n', `\n${bar}    `)}\n`);
    },
    printed({ job, chunk }) {
      const output = open.get(job);
      if (output === undefined) return;
      output.silent = false;
      if (quiet) return;
      // One write for all the lines of a chunk: a write for each would take more time and memory than the job itself.
      const lines: Uint8Array[] = [];
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        lines.push(output.mark, ...output.parts.splice(0), chunk.subarray(start, end + 1));
        start = end + 1;
      }
      if (start > 0) output.sizeBytes = 0;
      if (start < chunk.length) output.parts.push(chunk.subarray(start));
      output.sizeBytes += chunk.length - start;
      if (output.sizeBytes >= longestLine) {
        lines.push(output.mark, ...output.parts.splice(0), newline);
        output.sizeBytes = 0;
      }
      if (lines.length > 0) stream.write(Buffer.concat(lines));
    },
    ended({ job }) {
      const output = open.get(job);
      open.delete(job);
      if (quiet || output === undefined) return;
      if (output.parts.length > 0) stream.write(Buffer.concat([output.mark, ...output.parts, newline]));
      if (output.silent) print(`${output.mark.toString()}${paint.noOutput('No output')}\n`);
    },
    backgrounded({ job, description }) {
      print(`  ${paint.background(job)} ${paint.backgroundLabel('(background)')}${description === null ? '' : ` -- ${description}`}\n`);
    },
    close() {},
  };
}
