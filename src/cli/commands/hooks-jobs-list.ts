import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { requestedOutput } from '../structured-output';
import { findJobsPlace } from './hooks-jobs-place';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const structured = requestedOutput(context, parsed, 'hooks jobs', 'tabular');
  // While git looks for the repository, the rest is loaded.
  const [place, { showListing }] = await Promise.all([findJobsPlace(context), import('./hooks-jobs-listing')]);
  return showListing(place, { context, parsed, structured });
}
