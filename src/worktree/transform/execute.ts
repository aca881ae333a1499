import { DaftError } from '../../daft-error';
import { fault } from '../../fault';
import type { Git } from '../../git';
import { describeOperation, type Premises, type TransformPlan } from '../../layout/transform';
import { readAllChanges } from './changes';
import { artifactsOf, bystandersOf, checkIntegrity } from './integrity';
import type { Journal } from './journal';
import type { RegistryServices } from './registry';
import { perform, type Progress } from './steps';
import { takeBack } from './undo';
import { Undertaking } from './undertaking';

export interface ExecutionServices extends RegistryServices {
  git: Git;
  signal: AbortSignal;
}

export interface Execution {
  premises: Premises;
  plan: TransformPlan;
  bare: boolean;
  /** Worktrees without changes, by their paths. */
  clean: readonly string[];
}

/** Those of the worktrees that have no changes. */
export async function findClean(
  worktrees: readonly { path: string }[],
  { premises, plan }: Pick<Execution, 'premises' | 'plan'>,
  { git, signal }: Pick<ExecutionServices, 'git' | 'signal'>,
): Promise<string[]> {
  const changes = await readAllChanges(git, worktrees, artifactsOf(premises, plan.relocations), { signal });
  return [...changes].flatMap(([path, { any }]) => (any ? [] : [path]));
}

/**
 * Carries out a plan, or takes back what was done of it: then a DaftError tells the step, and on Ctrl-C its reason is
 * thrown. The journal is still open after success.
 */
export async function execute({ premises, plan, bare, clean: cleanBefore }: Execution, journal: Journal, services: ExecutionServices): Promise<void> {
  const { git, narrator, signal } = services;
  const undertaking = new Undertaking(journal, git, premises.layoutRoot);
  const clean = new Set(cleanBefore);
  const bystanders = bystandersOf(premises, plan);
  const progress: Progress = {
    premises,
    plan,
    stashes: new Map(),
    registration: undefined,
    checkIntegrity: () => checkIntegrity({ premises, relocations: plan.relocations, bare, clean, bystanders }, journal.commonDir, services),
    warn: (text) => narrator.warning(text),
  };
  for (const [index, operation] of plan.operations.entries()) {
    try {
      signal.throwIfAborted();
      narrator.step(describeOperation(operation));
      if (DAFT_FAULTS) fault(`transform: before ${operation.kind}`);
      await perform(operation, progress, undertaking);
      // Not by the mere stashing: what is in submodules stays where it is.
      if (operation.kind === 'stash') for (const path of await findClean([operation], { premises, plan }, services)) clean.add(path);
      if (DAFT_FAULTS) fault(`transform: after ${operation.kind}`);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const failure = new DaftError(`Failed at step ${index + 1}/${plan.operations.length}: ${describeOperation(operation)}`, { cause: error });
      if (!signal.aborted) narrator.warning(error.message);
      await takeBack(journal, services, { because: signal.aborted ? signal.reason : failure });
      signal.throwIfAborted();
      throw failure;
    }
  }
}
