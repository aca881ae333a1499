import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findConfigFile, hookNames } from '../../config';
import type { HookName } from '../../config';
import type { DaftYml } from '../../config/daft-yml';
import { DaftError } from '../../daft-error';
import { publishExclusive } from '../../fs';
import type { Messages } from '../../output';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { findCurrentWorktree, loadConfig } from './hooks-worktree';

/** @param launcher absolute path of bin/daft.js, in the package that also has the schema */
const header = (launcher: string) => [
  `# yaml-language-server: $schema=${asOneWord(resolve(launcher, '../../dist/daft.schema.json'))}`,
  '# daft runs these jobs when worktrees come and go.',
  '# A job is a shell command; `needs`, `background`, `skip` and others say when and how it runs.',
  '# See what would happen with `daft hooks run <hook> --dry-run`.',
  '',
];

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { root } = await findCurrentWorktree(context, 'Not in a git worktree');
  const wanted = parsed.variadic('hook');
  const requested = wanted.length === 0 ? [...hookNames] : [...new Set(wanted.map(knownHook))];
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const path = join(root, 'daft.yml');
  const existing = findConfigFile(root);
  if (existing === undefined && publishExclusive(path, `${[...header(context.launcher.script), 'hooks:', ...snippet(requested)].join('\n')}\n`) === 'published') {
    messages.info(`Created ${path}`);
    for (const hook of requested) messages.info(`  added ${hook}`);
    return 0;
  }
  adviseOn({ root, file: existing ?? 'daft.yml', config: await loadConfig(root, context) }, requested, messages);
  return 0;
}

/** Editors read the path up to the first blank. */
function asOneWord(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : pathToFileURL(path).href;
}

function knownHook(name: string): HookName {
  const known = hookNames.find((hook) => hook === name);
  if (known === undefined) throw new DaftError(`Unknown hook name: '${name}'. Valid hooks: ${hookNames.join(', ')}`);
  return known;
}

/** An existing file is the user's: they get what they would have to write into it. */
function adviseOn({ root, file, config }: { root: string; file: string; config: DaftYml | undefined }, requested: readonly HookName[], messages: Messages): void {
  messages.info(`Config file already exists: ${join(root, file)}`);
  const defined = requested.filter((hook) => Object.hasOwn(config?.hooks ?? {}, hook));
  const missing = requested.filter((hook) => !defined.includes(hook));
  if (missing.length === 0) {
    messages.info('All requested hooks are already defined.');
    return;
  }
  if (defined.length > 0) messages.info(`Already defined: ${defined.join(', ')}`);
  messages.info(`Not yet defined: ${missing.join(', ')}`);
  messages.info(`Add them to your ${file} under the hooks key:\n`);
  for (const line of snippet(missing)) messages.info(line);
}

/** Indented to stand below `hooks:`. Without the outer quotes, YAML would take the colon for the end of a key. */
function snippet(hooks: readonly HookName[]): string[] {
  return hooks.flatMap((hook) => [`  ${hook}:`, '    jobs:', '      - name: setup', `        run: 'echo "TODO: add your ${hook} command"'`]);
}
