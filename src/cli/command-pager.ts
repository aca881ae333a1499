import { type LongText, page } from '../output';
import type { CommandContext } from './context';

/** Shows long text through the user's pager on a terminal, and just writes it elsewhere. */
export async function showLongText(context: CommandContext, text: LongText): Promise<void> {
  const { stdout, env } = context;
  await context.whileChildHasTerminal(() => page(text, { stdout, env }));
}
