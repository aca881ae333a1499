import { resolve } from 'node:path';
import { parseSettings } from '../../config';
import { DaftError } from '../../daft-error';
import type { Git, Survey } from '../../git';
import type { Messages } from '../../output';
import { createBranch, goBack, openBranch, requestLabel, type CheckoutContext, type CheckoutRequest, type Opened, type RequestForm } from '../../worktree';
import { refuseHalfWay } from '../../worktree/half-way';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { openWorktreeCommand } from '../worktree-command';
import { writeDestination } from '../destination';
import { execAfter } from '../exec-after';
import { hintAtShellIntegration } from '../hints';
import { layoutAdviser } from '../layout-adviser';
import { similarTo } from '../similar';
import { tellApart } from './request-apart';
import type { ParsedArguments } from '../spec';
import type { CheckoutOrder } from './checkout-run';

/**
 * Opens or creates, once the repository is known.
 *
 * @param order.form what the branch is a request by, if it is one
 */
export async function performCheckout(
  { branch, base, mode, form }: CheckoutOrder & { form: RequestForm | undefined },
  { git, survey }: { git: Git; survey: Survey },
  context: CommandContext,
  parsed: ParsedArguments,
): Promise<number> {
  const quiet = parsed.flag('quiet');
  const verbose = parsed.count('verbose');
  const at = parsed.text('at');
  const messages = commandMessages(context, { quiet, verbose });
  refuseHalfWay(survey.repository.commonDir);
  const settings = parseSettings(survey.config);

  const arrive = async (path: string, finish: () => void = () => {}) => {
    writeDestination(path, { env: context.env, settings, stay: parsed.flag('no-cd'), messages });
    finish();
    hintAtShellIntegration(context, messages, { quiet });
    await execAfter(parsed.texts('exec'), path, context);
    return 0;
  };
  if (branch === '-') {
    const { path, label } = goBack(survey);
    messages.result(`Switched to worktree '${label}'`);
    return arrive(path);
  }

  const remote = parsed.text('remote');
  if (remote !== undefined && settings.multiRemoteEnabled) {
    const { readMultiRemote, requireRemote } = await import('../../worktree/multi-remote');
    requireRemote(remote, readMultiRemote(survey));
  }
  using command = openWorktreeCommand(context, { git, settings, messages, quiet, verbose: verbose > 0 });
  const request: CheckoutRequest = {
    branch,
    at: at === undefined ? undefined : resolve(context.cwd, at),
    carry: parsed.flag('carry') ? true : parsed.flag('no-carry') ? false : undefined,
    remote,
    local: parsed.flag('local'),
  };
  const checkout: CheckoutContext = {
    ...survey,
    services: command.services,
    get adviser() {
      return layoutAdviser(context, messages);
    },
  };
  messages.spinner.start(`Preparing '${branch}'`);

  const path = await (mode === 'create' ? create() : open());
  return arrive(path, () => command.hooks.finish());

  async function create(): Promise<string> {
    const created = await createBranch({ ...request, base }, checkout);
    messages.spinner.finish();
    messages.result(`Created worktree '${created.branch}' from '${created.startPoint}'`);
    return created.path;
  }

  async function open(): Promise<string> {
    if (form !== undefined) {
      const { openRequest } = await import('../../worktree/requests');
      const { opened, apart } = await openRequest(form, request, checkout);
      messages.spinner.finish();
      tellOpened(opened, messages);
      if (apart) tellApart({ branch: opened.branch, label: requestLabel(form), ...apart }, messages);
      return opened.path;
    }
    const opened = await openBranch(request, checkout);
    messages.spinner.finish();
    if (opened.kind === 'not-found') {
      if (mode === 'open' && !settings.goAutoStart) throw notFound(opened, at !== undefined);
      messages.info(`Branch '${branch}' not found, creating new worktree...`);
      return create();
    }
    tellOpened(opened, messages);
    return opened.path;
  }
}

function tellOpened(opened: Exclude<Opened, { kind: 'not-found' }>, messages: Messages): void {
  switch (opened.kind) {
    case 'switched':
      messages.result(`Switched to existing worktree '${opened.branch}'`);
      if (opened.detached) messages.warning(recovery(opened));
      return;
    case 'prepared':
      messages.result(`Prepared worktree '${opened.branch}'`);
  }
}

function recovery({ path, branch }: { path: string; branch: string }): string {
  return [
    `The worktree at '${path}' may be in detached HEAD state, for example after an interrupted rebase.`,
    `  To end a rebase there: git rebase --continue, or git rebase --abort`,
    `  To get back on the branch: git switch ${branch}`,
  ].join('\n');
}

function notFound({ branch, remote, unreachable, known }: Opened & { kind: 'not-found' }, placed: boolean): DaftError {
  if (placed) return new DaftError(`--at requires --start (or daft.go.autoStart=true) when branch '${branch}' does not exist`);
  const similar = similarTo(branch, known);
  const parts = [
    unreachable
      ? `Branch '${branch}' not found -- could not reach remote '${remote}' to check`
      : `Branch '${branch}' not found -- it does not exist locally or on remote '${remote}'`,
    ...(unreachable ? [] : [`  tip: Use \`daft go --start ${branch}\` or \`daft start ${branch}\` to create it`]),
    ...(similar.length === 0
      ? []
      : [[similar.length === 1 ? '  Did you mean this?' : '  Did you mean one of these?', ...similar.map((name) => `    ${name}`)].join('\n')]),
  ];
  return new DaftError(parts.join('\n\n'), { prefix: 'error' });
}
