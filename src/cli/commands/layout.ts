import type { CommandContext } from '../context';
import { showLayout } from './layout-show';

export function run(context: CommandContext): Promise<number> {
  return showLayout('.', context);
}
