import type { CommandContext } from './context';
import { isYes, readLine } from './read-line';

/** Asks on stdout; anything but yes, the end of the input included, is told as `Aborted.` */
export async function isConfirmed({ stdin, stdout }: CommandContext, question: string): Promise<boolean> {
  stdout.stream.write(`${question}? [y/N] `);
  const answer = await readLine(stdin);
  if (isYes(answer)) return true;
  stdout.stream.write(`${answer === undefined ? '\n' : ''}Aborted.\n`);
  return false;
}
