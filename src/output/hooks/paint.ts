import { Chalk } from 'chalk';

/** Colours of hook output, by index into the 256-colour palette where the house's own names do not reach. */
export type HookPaint = ReturnType<typeof createHookPaint>;

export function createHookPaint(colour: boolean) {
  const chalk = new Chalk({ level: colour ? 2 : 0 });
  return {
    product: chalk.ansi256(208),
    bar: chalk.ansi256(208),
    name: chalk.ansi256(208),
    hook: chalk.bold.whiteBright,
    frame: chalk.ansi256(245),
    duration: chalk.ansi256(245),
    description: chalk.ansi256(240),
    noOutput: chalk.ansi256(240).italic,
    skipReason: chalk.ansi256(220),
    background: chalk.ansi256(75),
    backgroundLabel: chalk.ansi256(80),
    warning: chalk.yellow,
    succeeded: chalk.green,
    failed: chalk.red,
    skipped: chalk.yellow,
    later: chalk.blue,
  };
}
