/** The shell around every command: the only place that looks at `process`, prints fatal errors and decides the exit code. */

import { createPalette, decideColour } from '../output';
import { changeDirectory } from './change-directory';
import { splitterFor } from './command-line';
import { type CommandContext, Interrupted, type Terminal } from './context';
import { tellDeferredNotices } from './deferred-notices';
import { watchInterruption } from './interruption';
import { overview } from './overview';
import { parse } from './parse';
import { reportError } from './report-error';
import { nameOfExecutable, route, type Spelling, spellingOf, subcommandsOf } from './routing';
import { similarTo } from './similar';
import type { CommandSpec } from './spec';
import { hasStartup, startHelpers } from './startup';
import { commandTable } from './table';

export interface Start {
  /** Path the program was started through: its name says which command is meant. */
  startedAs: string;
  argv: readonly string[];
  /** Absolute path of the launcher itself, links followed. */
  script: string;
}

/** Runs one invocation. Never rejects; sets `process.exitCode` and leaves the end to the event loop. */
export async function main({ startedAs, argv: given, script }: Start): Promise<void> {
  const name = nameOfExecutable(startedAs);
  let argv: readonly string[];
  try {
    argv = changeDirectory(given, { chdir: (path) => process.chdir(path), env: process.env });
  } catch (error) {
    const { text, exitCode } = reportError(error, { spec: undefined, table: commandTable, paintError: (word) => word });
    process.stderr.write(`${text}\n`);
    process.exitCode = exitCode;
    return;
  }
  let exitCode: number | undefined;
  let outputFailed = false;
  const settleExitCode = (): void => {
    process.exitCode = exitCode === 0 && outputFailed ? 1 : exitCode;
  };
  const world = enterWorld(spellingOf(name), script, (error) => {
    if (outputFailed) return; // each of the writes to come fails as well
    process.stderr.write(`Error: cannot write to standard output: ${error.message}\n`);
    outputFailed = true;
    settleExitCode(); // the last write may fail after the command has ended
  });
  const way = route(name, argv, { table: commandTable, splitter: await splitterFor(argv) });
  const spec = way.kind === 'command' ? way.spec : undefined;
  let interrupted = false;
  const ordinary = hasStartup(argv[0], world.env);
  try {
    if (ordinary) {
      warnOfRedirection(world);
      startHelpers(world, commandTable);
    }
    exitCode = await follow(way, world);
  } catch (error) {
    exitCode = tellFailure(error, spec, world);
    interrupted = error instanceof Interrupted;
  }
  if (ordinary && spec !== undefined && !interrupted) await tellDeferredNotices(world, argv);
  settleExitCode();
}

/** A `CommandContext` before the command is known. */
type World = Omit<CommandContext, 'commandName'>;

function enterWorld(exe: Spelling, script: string, tellWriteFailure: (error: Error) => void): World {
  const env = process.env;
  const interruption = watchInterruption(process, { ending: env['DAFT_CD_FILE'] ? 'by-exit-code' : 'by-signal' });
  const stdout = watchTerminal(process.stdout, tellWriteFailure);
  const stderr = watchTerminal(process.stderr, () => {}); // there is nowhere left to say it
  return {
    env,
    cwd: currentDirectory(),
    now: () => new Date(),
    // Touching process.stdin opens it, so that only a command which reads pays for it.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    exe,
    launcher: { node: process.execPath, script, env },
    table: commandTable,
    ...interruption,
  };
}

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    // Deleted under our feet. The shell remembers its name, and whoever needs it to exist will say so.
    const remembered = process.env['PWD'];
    return remembered?.startsWith('/') ? remembered : '/';
  }
}

function watchTerminal(stream: NodeJS.WriteStream, tellWriteFailure: (error: Error) => void): Terminal {
  const readerGone = new AbortController();
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') tellWriteFailure(error); // else `| head` has seen enough
    readerGone.abort();
  });
  return {
    stream,
    isTTY: stream.isTTY,
    columns: stream.isTTY ? stream.columns : undefined,
    colour: decideColour(process.env, stream),
    readerGone: readerGone.signal,
  };
}

/** Returns the exit code. */
async function follow(way: ReturnType<typeof route>, world: World): Promise<number> {
  const { stdout, stderr } = world;
  switch (way.kind) {
    case 'overview': {
      const palette = createPalette(stdout.colour);
      stdout.stream.write(overview(way.spelling, commandTable, { title: palette.title, name: palette.bold }));
      return 0;
    }
    case 'version':
      stdout.stream.write(`daft ${DAFT_VERSION}\n`);
      return 0;
    case 'unknown-executable':
      stderr.stream.write(`Unknown command: ${way.name}\nRun 'daft --help' or 'git daft --help' for the commands there are.\n`);
      return 1;
    case 'unknown-word':
      stderr.stream.write(unknownWord(way.spelling, way.word));
      return 1;
    case 'command':
      return runCommand(way.spec, way.argv, world);
  }
}

function unknownWord(label: Spelling, word: string): string {
  const visible = commandTable.filter(({ hidden }) => !hidden).flatMap(({ words }) => words);
  const similar = similarTo(
    word,
    visible.filter((words) => !words.includes(' ')),
  );
  const title = similar.length === 1 ? 'The most similar command is' : 'The most similar commands are';
  const suggestion = similar.length === 0 ? [] : ['', title, ...similar.map((name) => `\t${name}`)];
  return `${[`${label}: '${word}' is not a ${label} command. See '${label} --help'.`, ...suggestion].join('\n')}\n`;
}

async function runCommand(spec: CommandSpec, argv: readonly string[], world: World): Promise<number> {
  const subcommands = spec.words.some((words) => subcommandsOf(words, commandTable).length > 0);
  const request = parse(spec, argv, { subcommands, splitter: await splitterFor(argv) });
  const { stdout } = world;
  switch (request.kind) {
    case 'help': {
      const { helpText } = await import('./help');
      stdout.stream.write(helpText(spec, commandTable, { length: request.length, columns: stdout.columns }));
      return 0;
    }
    case 'version':
      stdout.stream.write(`${spec.usageName} ${DAFT_VERSION}\n`);
      return 0;
    case 'run': {
      const command = await request.load();
      return command.run(Object.assign(world, { commandName: spec.usageName }), request.parsed);
    }
  }
}

function warnOfRedirection({ env, stderr }: World): void {
  const directory = env['DAFT_CONFIG_DIR'];
  if (!directory) return;
  const { warning } = createPalette(stderr.colour);
  stderr.stream.write(`${warning('warning:')} config directory overridden via DAFT_CONFIG_DIR\n  -> ${directory}\n`);
}

/** Returns the exit code. */
function tellFailure(error: unknown, spec: CommandSpec | undefined, { stdout, stderr }: World): number {
  if (error instanceof Interrupted) return error.exitCode;
  if (stdout.readerGone.aborted && isFailedWrite(error)) return 0;
  const { text, exitCode } = reportError(error, { spec, table: commandTable, paintError: createPalette(stderr.colour).error });
  stderr.stream.write(`${text}\n`);
  return exitCode;
}

/** What a pipeline into a pipe without reader rejects with. */
function isFailedWrite(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}
