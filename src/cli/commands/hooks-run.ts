import { basename } from 'node:path';
import { findConfigFile, hookNames, readDirectories } from '../../config';
import type { HookName } from '../../config';
import { allJobs } from '../../config/daft-yml';
import type { DaftYml, HookDefinition, JobDefinition } from '../../config/daft-yml';
import { DaftError } from '../../daft-error';
import { findSelectionFault, findTrust, fireDefinition, previewHook } from '../../hooks';
import type { PreviewedJob, Selection } from '../../hooks';
import { printable } from '../../output';
import type { Messages } from '../../output';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { createHookServices, presentHookFailure } from '../hook-services';
import type { ParsedArguments } from '../spec';
import { requestedOutput } from '../structured-output';
import { findCurrentWorktree, loadConfig } from './hooks-worktree';
import type { CurrentWorktree } from './hooks-worktree';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const hook = parsed.argument('hook');
  const structured = hook === undefined ? requestedOutput(context, parsed, 'hooks run', 'sectioned') : undefined;
  const worktree = await findCurrentWorktree(context, 'Not in a git worktree. Run this command from within a worktree directory.');
  if (findConfigFile(worktree.root) === undefined) throw new DaftError('No daft.yml found in this worktree');
  const config = (await loadConfig(worktree.root, context)) ?? { unknownKeys: [] };
  const messages = commandMessages(context, { quiet: false, verbose: parsed.flag('verbose') ? 1 : 0 });

  if (hook === undefined) {
    const listed = listedHooks(config).map(({ name, definition }) => ({ name, jobs: allJobs(definition) }));
    if (structured === undefined) printListing(listed, context, messages);
    else {
      await structured.print({
        shape: 'sectioned',
        sections: listed.map(({ name, jobs }) => ({ name, columns: ['job_name', 'description', 'tags'], rows: jobs.map(listingRow) })),
      });
    }
    return 0;
  }

  const { name, definition } = findHook(config, hook);
  const jobs = allJobs(definition);
  const selection: Selection = { job: parsed.text('job'), tags: parsed.texts('tag') };
  const fault = findSelectionFault(jobs, name, selection);
  if (fault !== undefined) throw new DaftError(fault);
  if (parsed.flag('dry-run')) {
    printPreview(name, previewHook(jobs, definition, selection), messages);
    return 0;
  }
  await noteMissingTrust(worktree, context, messages);
  return fire(name, { config, definition, selection, worktree }, { context, messages, verbose: parsed.flag('verbose') });
}

function listedHooks({ hooks = {} }: DaftYml): { name: HookName; definition: HookDefinition }[] {
  return hookNames
    .toSorted()
    .flatMap((name) => (Object.hasOwn(hooks, name) ? [{ name, definition: hooks[name]! }] : []));
}

function findHook(config: DaftYml, given: string): { name: HookName; definition: HookDefinition } {
  const name = hookNames.find((known) => known === given);
  if (name === undefined) throw new DaftError(`Unknown hook type: '${given}'`, { hint: `Valid hook types: ${hookNames.join(', ')}` });
  const listed = listedHooks(config);
  if (listed.length === 0) throw new DaftError('No hooks defined in daft.yml');
  const found = listed.find((one) => one.name === name);
  if (found === undefined) {
    throw new DaftError(`Hook '${name}' is not defined in daft.yml`, { hint: `Configured hooks: ${listed.map((one) => one.name).join(', ')}` });
  }
  return found;
}

function listingRow({ name, description, tags }: JobDefinition): Record<string, string> {
  return { job_name: name ?? '', description: description ?? '', tags: (tags ?? []).join(',') };
}

function printListing(listed: readonly { name: string; jobs: readonly unknown[] }[], { exe }: CommandContext, messages: Messages): void {
  if (listed.length === 0) {
    messages.info('No hooks defined in daft.yml.');
    return;
  }
  messages.info('Available hooks:\n');
  for (const { name, jobs } of listed) messages.info(`  ${name} (${countOf(jobs)})`);
  messages.info(`\nRun a hook with: ${exe} hooks run <hook-type>`);
}

function countOf(jobs: readonly unknown[]): string {
  return `${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`;
}

function printPreview(hook: string, jobs: readonly PreviewedJob[], messages: Messages): void {
  if (jobs.length === 0) {
    messages.info('No jobs to run.');
    return;
  }
  messages.info(`Hook: ${hook} (${countOf(jobs)})`);
  for (const [index, job] of jobs.entries()) {
    messages.info(`\n  ${index + 1}. ${printable(job.name)}`);
    // Somebody may be looking at commands they do not trust: nothing in them may hide the rest.
    for (const line of previewLines(job).flatMap((text) => text.split('\n'))) messages.info(`     ${printable(line.replaceAll('\t', '    '))}`);
  }
}

function previewLines({ description, os, arch, what, needs, tags }: PreviewedJob): string[] {
  return [
    ...(description === undefined ? [] : [description]),
    ...(os.length === 0 ? [] : [`os: ${os.join(', ')}`]),
    ...(arch.length === 0 ? [] : [`arch: ${arch.join(', ')}`]),
    ...whatLine(what),
    ...(needs.length === 0 ? [] : [`needs: [${needs.join(', ')}]`]),
    ...(tags.length === 0 ? [] : [`tags: [${tags.join(', ')}]`]),
  ];
}

function whatLine(what: PreviewedJob['what']): string[] {
  switch (what.kind) {
    case 'run': {
      const { run } = what;
      if (typeof run === 'string') return [`run: ${run.trimEnd()}`];
      const variants = (['linux', 'macos', 'windows'] as const).flatMap((os) => (run[os] === undefined ? [] : [`${os}: ${run[os]}`]));
      return [`run: {${variants.join(', ')}}`];
    }
    case 'script': return [`script: ${what.script}`];
    case 'group': return ['(group)'];
    case 'nothing': return [];
  }
}

async function noteMissingTrust({ git, repository, settings }: CurrentWorktree, { env, exe }: CommandContext, messages: Messages): Promise<void> {
  const { level } = await findTrust(repository.commonDir, { git, settings, directories: readDirectories(env) });
  if (level === 'allow') return;
  messages.info(`Note: this repository is not in your trust list (${level}).`);
  messages.info(`  Tip: run \`${exe} hooks trust\` to allow hooks to run automatically.\n`);
}

async function fire(
  hook: HookName,
  { config, definition, selection, worktree }: { config: DaftYml; definition: HookDefinition; selection: Selection; worktree: CurrentWorktree },
  { context, messages, verbose }: { context: CommandContext; messages: Messages; verbose: boolean },
): Promise<number> {
  const { git, repository, root, settings, worktrees } = worktree;
  const branch = worktrees.find(({ path }) => path === root)?.branch;
  using hooks = createHookServices(context, { git, settings, messages, verbose });
  const result = await fireDefinition(
    {
      hook,
      command: 'hooks-run',
      repository,
      sourceWorktree: root,
      targetWorktree: root,
      branch: branch ?? 'HEAD',
      worktreeLabel: branch ?? basename(root),
      isNewBranch: false,
    },
    { config, definition, services: hooks.services, selection: selection.job === undefined && selection.tags.length === 0 ? undefined : selection },
  );
  switch (result.kind) {
    case 'succeeded':
      return 0;
    case 'skipped':
      messages.info(`Skipped: ${result.reason}`);
      return 0;
    case 'failed':
      presentHookFailure(hook, result, messages);
      return result.exitCode > 0 ? result.exitCode : 1;
    case 'interrupted':
      throw context.interruptible().reason;
  }
}
