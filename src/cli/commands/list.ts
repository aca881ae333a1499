import { DaftError } from '../../daft-error';
import { parseSettings } from '../../config';
import { createGit } from '../../git';
import { emptyListing, listKeys, listRecords, renderListing } from '../../output/list';
import { collectRows, parseColumns, parseSort, sortRows, surveyBranches } from '../../worktree/list';
import type { CommandContext } from '../context';
import { ownershipOf } from '../ownership';
import type { ParsedArguments } from '../spec';
import { requestedOutput } from '../structured-output';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { cwd, env, now, stdout } = context;
  // Before anything else, and again below for what the configuration says: a bad spec must not cost a wait.
  parseColumns(parsed.text('columns'));
  parseSort(parsed.text('sort'));
  const structured = requestedOutput(context, parsed, 'git-worktree-list', 'tabular');

  const git = createGit(env);
  const listing = await surveyBranches(git, cwd);
  if (listing === undefined) throw new DaftError('Not inside a Git repository');
  const settings = parseSettings(listing.survey.config);
  const columns = parseColumns(parsed.text('columns') ?? settings.listColumns ?? undefined);
  const sortSpec = parsed.text('sort') ?? settings.listSort ?? undefined;
  const sort = parseSort(sortSpec);
  const stat = parsed.text('stat') === undefined ? settings.listStat : parsed.text('stat') === 'lines' ? 'lines' : 'summary';

  const rows = await collectRows(git, listing, {
    columns,
    sort,
    stat,
    cwd,
    branches: parsed.flag('branches') || parsed.flag('all'),
    remotes: parsed.flag('remotes') || parsed.flag('all'),
    remote: settings.remote,
    ownership: ownershipOf(settings, context),
    me: settings.raw.get('user.email'),
  });
  const sorted = sortRows(rows, sort, stat);

  if (structured !== undefined) {
    await structured.print({ shape: 'tabular', columns: listKeys({ columns, stat }), rows: listRecords(sorted, { columns, stat, now: now() }) });
  } else if (sorted.length === 0) {
    stdout.stream.write(emptyListing);
  } else {
    const style = { columns, stat, sort: sortSpec === undefined ? [] : sort, now: now(), colour: stdout.colour, width: stdout.columns };
    stdout.stream.write(renderListing(sorted, style));
  }
  return 0;
}
