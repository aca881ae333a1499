import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { requestedOutput } from '../structured-output';
import { invalidValue } from '../usage-error';
import { lastOption } from './hooks-jobs-options';
import { findJobsPlace } from './hooks-jobs-place';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const last = readLast(parsed.text('last'));
  const structured = requestedOutput(context, parsed, 'hooks jobs', 'tabular');
  // While git looks for the repository, the rest is loaded.
  const [place, { showListing }] = await Promise.all([findJobsPlace(context), import('./hooks-jobs-listing')]);
  return showListing(place, { context, parsed, structured, last });
}

function readLast(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^0*[1-9]\d{0,14}$/.test(text)) throw invalidValue(lastOption, text, 'not a positive integer');
  return Number(text);
}
