import type { TrustLevel } from '../../config';
import { deprecatedScriptNames, hookNamesIn } from '../../hooks';
import type { HookSurvey } from '../../hooks';
import { createPalette, printable } from '../../output';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import type { CommandModule, ParsedArguments } from '../spec';
import { findHooksPlace, findTrustOf, spellPlace, surveyHooksOf } from './hooks-place';
import type { HooksPlace, TrustFound } from './hooks-place';

const meaning: Readonly<Record<TrustLevel, string>> = {
  deny: 'Hooks will NOT run for this repository.',
  prompt: 'You will be prompted before each hook execution.',
  allow: 'Hooks will run automatically without prompting.',
};

/** `daft hooks status` */
export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  await showStatus(context, parsed.argument('path'), { short: parsed.flag('short') });
  return 0;
}

/** `daft hooks` without a subcommand. */
export const overview: CommandModule = {
  async run(context, parsed) {
    await showStatus(context, parsed.argument('path'), { short: false });
    context.stdout.stream.write(`\nRun \`${context.exe} hooks --help\` to see all available commands.\n`);
    return 0;
  },
};

async function showStatus(context: CommandContext, path: string | undefined, { short }: { short: boolean }): Promise<void> {
  const { exe, cwd, stdout } = context;
  const place = await findHooksPlace(context, path);
  const trust = await findTrustOf(place);
  const survey = await surveyHooksOf(place);
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  if (survey.broken !== undefined) messages.warning(`Failed to load YAML config: ${survey.broken}`);
  for (const line of placeLines(place)) messages.info(line);
  const level = `${trust.effective.level}${trust.explicit ? '' : ' (default)'}`;
  if (short) {
    messages.info(`${hookNamesIn(survey).map(printable).join(', ') || 'none'} (${trust.effective.level})`);
    return;
  }
  const { bold } = createPalette(stdout.colour);
  messages.info(`\n${bold('Trust level:')} ${level}`);
  messages.info(`  ${meaning[trust.effective.level]}`);
  if (trust.effective.mismatch !== undefined) {
    const { trusted, current } = trust.effective.mismatch;
    messages.warning(`Trust fingerprint mismatch for ${place.repository.commonDir}\n  Trusted remote: ${trusted}\n  Current remote: ${current}`);
  }
  for (const line of hookLines(survey)) messages.info(line);
  const deprecated = deprecatedLines(survey, exe);
  if (deprecated.length > 0) messages.warning(deprecated.join('\n'));
  for (const line of adviceLines(trust, exe, spellPlace(place, cwd))) messages.info(line);
}

function placeLines({ path, repository }: HooksPlace): string[] {
  const { projectRoot, worktreeRoot } = repository;
  if (path === projectRoot) return [`${path} (repository)`];
  const kind = path === worktreeRoot ? 'worktree' : worktreeRoot === undefined ? 'unknown' : 'subdirectory';
  return [`${path} (${kind})`, `${projectRoot} (repository)`];
}

function hookLines({ configured, scripts }: HookSurvey): string[] {
  if (configured.length === 0 && scripts.length === 0) {
    return ['', 'No hooks found in .daft/hooks:', '  (Create scripts in .daft/hooks/ or configure daft.yml)'];
  }
  return [
    ...(configured.length === 0 ? [] : ['', 'Hooks configured in daft.yml:', ...configured.map((name) => ` - ${printable(name)}`)]),
    ...(scripts.length === 0
      ? []
      : ['', 'Shell hooks in .daft/hooks:', ...scripts.map(({ name, executable }) => ` - ${name}${executable ? '' : ' (not executable)'}`)]),
  ];
}

function deprecatedLines({ scripts }: HookSurvey, exe: string): string[] {
  const old = scripts.filter(({ name, hook }) => name === deprecatedScriptNames[hook]);
  if (old.length === 0) return [];
  return [
    'Deprecated hook names detected:',
    ...old.map(({ name, hook }) => `  ${name} -> ${hook}`),
    `  Run '${exe} hooks migrate' to rename them.`,
    '  Deprecated names will stop working in daft v2.0.0.',
  ];
}

function adviceLines({ effective }: TrustFound, exe: string, place: string): string[] {
  if (effective.level === 'deny') return ['', 'To enable hooks:', `  ${exe} hooks trust ${place}`, `  ${exe} hooks prompt ${place}`];
  return ['', 'To revoke trust:', `  ${exe} hooks deny ${place}  (explicitly deny)`, `  ${exe} hooks trust reset ${place}  (remove trust entry)`];
}
