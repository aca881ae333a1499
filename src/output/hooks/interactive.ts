import { stripControlSequences } from '../control-sequences';
import { createLiveRegion, createOutputTail, fitLine, type OutputTail, type RegionSize, spinnerFrame } from '../live';
import { framed } from './framed';
import { JobOutput } from './job-output';
import type { HookView, ViewOptions } from './view';

export interface InteractiveOptions extends ViewOptions {
  timerDelaySecs: number;
  tailLines: number;
}

interface RunningJob {
  name: string;
  description: string | undefined;
  /** The command on one line. */
  preview: string;
  startedMs: number;
  output: JobOutput;
  tail: OutputTail | undefined;
}

/** Running jobs in a live region, each with its last lines; a job that ends leaves all of its output above it. */
export function createInteractiveView({ stream, paint, quiet, timerDelaySecs, tailLines }: InteractiveOptions): HookView {
  const bar = paint.bar('┃');
  const running = new Map<string, RunningJob>();
  const beganMs = performance.now();
  const region = createLiveRegion({ stream, render });

  function render({ columns, rows }: RegionSize): readonly string[] {
    const jobs = [...running.values()];
    const blocks = fitBlocks(jobs, { rows, columns });
    return blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]));
  }

  /** One block per job; on a low screen tails go first, then descriptions, then the jobs that started last. */
  function fitBlocks(jobs: readonly RunningJob[], size: RegionSize): string[][] {
    for (let tail = tailLines; tail > 0; tail -= 1) {
      const blocks = jobs.map((job) => liveBlock(job, size.columns, { description: true, tail }));
      if (height(blocks) <= size.rows) return blocks;
    }
    for (const description of [true, false]) {
      const blocks = jobs.map((job) => liveBlock(job, size.columns, { description, tail: 0 }));
      if (height(blocks) <= size.rows) return blocks;
    }
    const lines = jobs.map((job) => liveBlock(job, size.columns, { description: false, tail: 0 }).join(''));
    if (lines.length <= size.rows) return [lines];
    const shown = lines.slice(0, size.rows - 1);
    return [[...shown, `${bar}  … and ${lines.length - shown.length} more`]];
  }

  function liveBlock(job: RunningJob, columns: number, wanted: { description: boolean; tail: number }): string[] {
    const tail = wanted.tail === 0 ? [] : (job.tail?.lines() ?? []).slice(-wanted.tail);
    return [
      heading(job, columns),
      ...(wanted.description && job.description !== undefined ? [`${bar}  ${paint.description(job.description)}`] : []),
      ...(tail.length > 0 ? [bar] : []),
      ...tail.map((line) => `${bar}  ${line}`),
    ];
  }

  function heading({ name, preview, startedMs }: RunningJob, columns: number): string {
    const now = performance.now();
    const elapsedSecs = Math.floor((now - startedMs) / 1000);
    const timer = elapsedSecs >= timerDelaySecs ? `  ${paint.duration(`[${clock(elapsedSecs)}]`)}` : '';
    const room = columns - 1 - (timer === '' ? 0 : '  [00:00:00]'.length);
    const start = `${bar}  ${paint.bar(spinnerFrame(now - beganMs))} ${paint.name(name)}  ${paint.bar('❯')} `;
    return `${fitLine(`${start}${preview}`, room)}${timer}`;
  }

  function printOutput(name: string, output: JobOutput): void {
    stream.write(`${bar}  ${paint.name(name)} ${paint.name('❯')}\n`);
    if (!quiet && output.empty) stream.write(`${bar}  ${paint.noOutput('No output')}\n`);
    if (!quiet) for (const piece of framed(output.read(), Buffer.from(`${bar}  `), { isDoneWith: () => stream.writableLength === 0 })) stream.write(piece);
    stream.write('\n');
  }

  return {
    started({ job, description, command, interactive }) {
      if (interactive) {
        // It has the terminal for itself, and nothing of it comes back to us.
        region.stop();
        stream.write(`${bar}  ${paint.name(job)} ${paint.name('❯')}\n`);
        return;
      }
      running.set(job, {
        name: job,
        description: description === null ? undefined : oneLine(description),
        preview: oneLine(command),
        startedMs: performance.now(),
        output: new JobOutput(),
        tail: quiet || tailLines === 0 ? undefined : createOutputTail(tailLines),
      });
      region.start();
    },
    printed({ job, chunk }) {
      if (quiet) return;
      const found = running.get(job);
      found?.output.append(chunk);
      found?.tail?.append(chunk);
    },
    ended({ job }) {
      const found = running.get(job);
      if (found === undefined) {
        stream.write('\n');
        return;
      }
      using output = found.output;
      running.delete(job);
      region.above(() => printOutput(job, output));
      if (running.size === 0) region.stop();
    },
    backgrounded({ job, description }) {
      const blue = paint.background('┃');
      const lines = [`${blue}  ${paint.background(job)} ${paint.backgroundLabel('(background)')}`];
      if (description !== null) lines.push(`${blue}  ${paint.description(description)}`);
      region.above(() => stream.write(`${lines.join('\n')}\n\n`));
    },
    print(text) {
      if (text !== '') region.above(() => stream.write(text));
    },
    close() {
      region.stop();
      for (const { output } of running.values()) output[Symbol.dispose]();
    },
  };
}

/** Lines of blocks with a line between each two. */
function height(blocks: readonly string[][]): number {
  return blocks.reduce((sum, block) => sum + block.length + 1, -1);
}

function oneLine(text: string): string {
  return stripControlSequences(text.replaceAll(/\s+/g, ' ')).trim();
}

function clock(seconds: number): string {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
