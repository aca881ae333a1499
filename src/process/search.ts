import { allProcesses, commandLines, hasArgument, hasEnvironment } from './table';

/** What a process was started with. */
export interface StartedWith {
  /** All of these are among its arguments. */
  args?: readonly string[];
  /** All of these are in its environment; counts for nothing where that cannot be seen. */
  env?: Readonly<Record<string, string>>;
}

/** Whether any process lives that was started with one of these. Looks at all there are, so it is for rare moments. */
export function anyStartedWith(wanted: readonly StartedWith[]): boolean {
  if (process.platform !== 'linux') {
    const lines = commandLines();
    return wanted.some(({ args }) => args !== undefined && lines.some((line) => args.every((argument) => line.includes(argument))));
  }
  for (const { pid, zombie } of allProcesses()) {
    if (!zombie && wanted.some((one) => wasStartedWith(pid, one))) return true;
  }
  return false;
}

function wasStartedWith(pid: number, { args, env }: StartedWith): boolean {
  if (args?.every((argument) => hasArgument(pid, argument) === true) === false) return false;
  return env === undefined || hasEnvironment(pid, env);
}
