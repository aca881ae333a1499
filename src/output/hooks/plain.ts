import type { HookView, ViewOptions } from './view';

/** Bytes of an unfinished line that wait for its end; a longer one is shown in pieces. */
const longestLine = 1 << 20;

/** A line per event, in the order of events: for pipes, files and `no_tty`. */
export function createPlainView({ stream, paint, quiet, verbose }: ViewOptions): HookView {
  const bar = paint.bar('┃');
  /** What running jobs have written, up to the end of a line that has not come yet. */
  const open = new Map<string, { parts: Buffer[]; sizeBytes: number; silent: boolean }>();
  const print = (text: string): void => void stream.write(text);
  const printLine = (parts: readonly Uint8Array[]): void => void stream.write(Buffer.concat([Buffer.from(`${bar}  `), ...parts, Buffer.from('\n')]));

  return {
    print,
    started({ job, description, command, interactive }) {
      open.set(job, { parts: [], sizeBytes: 0, silent: !interactive });
      print(`${bar}  ${paint.name(job)} ${paint.name('❯')}\n`);
      if (description !== null) print(`${bar}    ${paint.description(description)}\n`);
      if (verbose) print(`${bar}    ${command.replaceAll('\n', `\n${bar}    `)}\n`);
    },
    printed({ job, chunk }) {
      const output = open.get(job);
      if (output === undefined) return;
      output.silent = false;
      if (quiet) return;
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        printLine([...output.parts, chunk.subarray(start, end)]);
        output.parts = [];
        output.sizeBytes = 0;
        start = end + 1;
      }
      if (start === chunk.length) return;
      output.parts.push(chunk.subarray(start));
      output.sizeBytes += chunk.length - start;
      if (output.sizeBytes < longestLine) return;
      printLine(output.parts);
      output.parts = [];
      output.sizeBytes = 0;
    },
    ended({ job }) {
      const output = open.get(job);
      open.delete(job);
      if (quiet || output === undefined) return;
      if (output.parts.length > 0) printLine(output.parts);
      if (output.silent) print(`${bar}  ${paint.noOutput('No output')}\n`);
    },
    backgrounded({ job, description }) {
      print(`  ${paint.background(job)} ${paint.backgroundLabel('(background)')}${description === null ? '' : ` -- ${description}`}\n`);
    },
    close() {},
  };
}
