import { parseSettings, readConfigToml } from '../../config';
import { DaftError } from '../../daft-error';
import { createGit, surveyRepository } from '../../git';
import { standardLayout, type Layout } from '../../layout';
import { describeOperation, type TransformPlan } from '../../layout/transform';
import { performTransform, prepareTransform, surveyAfterRecovery, type TransformServices } from '../../worktree/transform';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { tellWayOut, writeDestination } from '../destination';
import { namedLayout } from '../named-layout';
import type { ParsedArguments } from '../spec';
import { transformServices } from '../transform-services';
import { openWorktreeCommand } from '../worktree-command';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const quiet = parsed.flag('quiet');
  const verbose = parsed.count('verbose');
  const dryRun = parsed.flag('dry-run');
  const messages = commandMessages(context, { quiet, verbose });
  const git = createGit(context.env);
  const found = await surveyRepository(git, context.cwd);
  if (found === undefined) throw new DaftError('Not inside a Git repository. Run this command from within a repo.');
  const settings = parseSettings(found.config);

  using command = openWorktreeCommand(context, { git, settings, messages, quiet, verbose: verbose > 0 });
  const services = transformServices(context, command);
  const given = parsed.argument('layout') ?? '';
  const layout = await (given === 'default' ? configuredDefault(services) : namedLayout(given, services));
  const survey = await surveyAfterRecovery(found, { dryRun }, services);
  const prepared = await prepareTransform(
    {
      layout,
      include: parsed.flag('include-all') ? { kind: 'all' } : { kind: 'branches', branches: new Set(parsed.texts('include')) },
      force: parsed.flag('force'),
    },
    survey,
    services,
  );
  const { plan } = prepared;
  if (plan.notice !== undefined) messages.info(plan.notice);
  if (dryRun) {
    messages.raw(describePlan(plan));
    return 0;
  }
  if (plan.skipped.length > 0) messages.info(describeSkipped(plan).join('\n'));

  let wanted: string | undefined;
  messages.spinner.start(`Transforming to layout '${layout.name}'`);
  await performTransform(
    prepared,
    {
      command: 'layout-transform',
      commandLine: `${context.exe} layout transform ${layout.name}`,
      layoutName: layout.name,
      bare: layout.structure === 'bare',
      arrive(path) {
        messages.spinner.finish();
        if (path !== undefined && !writeDestination(path, { env: context.env, settings, stay: false, messages })) wanted = path;
      },
    },
    services,
  );
  command.hooks.finish();
  messages.result(`Transformed to layout '${layout.name}'.`);
  if (wanted !== undefined) tellWayOut(wanted, { cwd: context.cwd, messages });
  return 0;
}

async function configuredDefault(services: TransformServices): Promise<Layout> {
  const { defaultLayout: configured, layouts } = await readConfigToml(services.directories.config, services.narrator.warning);
  return configured === null ? standardLayout(layouts) : namedLayout(configured, services);
}

function describePlan(plan: TransformPlan): string {
  const lines = [
    `Transform plan (${plan.operations.length} operations):`,
    ...plan.operations.map((operation, index) => `  ${index + 1}. ${describeOperation(operation)}`),
    ...(plan.skipped.length > 0 ? describeSkipped(plan) : []),
  ];
  return `${lines.join('\n')}\n`;
}

function describeSkipped({ skipped }: TransformPlan): string[] {
  return [`Skipped (${skipped.length} non-conforming):`, ...skipped.map(({ branch, path }) => `  '${branch}': ${path} (use --include to relocate)`)];
}
