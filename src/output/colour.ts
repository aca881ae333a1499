/** Whether a stream is coloured, and the palette that everybody paints with. */

import { Chalk, type ChalkInstance } from 'chalk';

/** NO_COLOR beats CLICOLOR_FORCE beats the terminal. */
export function decideColour(env: Readonly<Record<string, string | undefined>>, { isTTY }: { isTTY: boolean }): boolean {
  if (env['NO_COLOR'] !== undefined) return false;
  const forced = env['CLICOLOR_FORCE'];
  if (forced !== undefined && forced !== '0') return true;
  return isTTY;
}

export interface Palette {
  success: ChalkInstance;
  warning: ChalkInstance;
  error: ChalkInstance;
  command: ChalkInstance;
  blue: ChalkInstance;
  purple: ChalkInstance;
  accent: ChalkInstance;
  dim: ChalkInstance;
  bold: ChalkInstance;
  underline: ChalkInstance;
  /** Titles of the overview. */
  title: ChalkInstance;
}

/** One per stream; with colour off every entry returns its text untouched. */
export function createPalette(colour: boolean): Palette {
  // An instance of our own: chalk's default one decides by itself, and by other rules.
  const chalk = new Chalk({ level: colour ? 2 : 0 });
  return {
    success: chalk.green,
    warning: chalk.yellow,
    error: chalk.red,
    command: chalk.cyan,
    blue: chalk.blueBright,
    purple: chalk.magentaBright,
    accent: chalk.ansi256(208),
    dim: chalk.dim,
    bold: chalk.bold,
    underline: chalk.underline,
    title: chalk.bold.underline,
  };
}
