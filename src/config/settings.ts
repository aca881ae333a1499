import { hookNames, type HookName } from './daft-yml/hook-names';
import { parseSize } from './units';

export type TrustLevel = 'deny' | 'prompt' | 'allow';
export type FailMode = 'abort' | 'warn';

/** shell.md 3.4 and hooks.md 17, defaults applied; the raw values of keys with dynamic names through `raw`. */
export interface Settings {
  autocd: boolean;
  remote: string;
  checkoutFetch: boolean;
  checkoutPush: boolean;
  checkoutUpstream: boolean;
  checkoutCarry: boolean;
  checkoutBranchCarry: boolean;
  copyEnabled: boolean;
  branchDeleteRemote: boolean;
  goAutoStart: boolean;
  multiRemoteEnabled: boolean;
  multiRemoteDefaultRemote: string;
  pruneCdTarget: 'root' | 'default-branch';
  listColumns: string | null;
  listSort: string | null;
  listStat: 'summary' | 'lines';
  ownershipStrategy: string | null;
  jobsMaxParallel: number;
  /** A value that is no number of jobs, to be complained of when there are background jobs. */
  invalidJobsMaxParallel: string | null;
  /** From what size of its log on a background job is stopped; null: never. */
  jobsLogLimitBytes: number | null;
  /** The same: a value that is no size. */
  invalidJobsLogLimit: string | null;
  hooks: {
    enabled: boolean;
    defaultTrust: TrustLevel;
    userDirectory: string | null;
    /** 0: none. */
    timeoutSecs: number;
    trustPrune: boolean;
    output: { quiet: boolean; verbose: boolean; timerDelaySecs: number; tailLines: number };
    perHook: Readonly<Record<HookName, HookSettings>>;
  };
  /** Last value of any key, by its exact (git-normalised) name: section and last part in lower case, the middle as written. */
  raw: ReadonlyMap<string, string>;
}

export interface HookSettings {
  enabled: boolean;
  failMode: FailMode | null;
  /** A value that is neither, to be complained of when the hook fires. */
  invalidFailMode: string | null;
}

/** As git config names a hook; the second name is deprecated and counts where the first is unset. */
const configNames: Readonly<Record<HookName, readonly string[]>> = {
  'post-clone': ['postClone'],
  'worktree-pre-create': ['worktreePreCreate', 'preCreate'],
  'worktree-post-create': ['worktreePostCreate', 'postCreate'],
  'worktree-pre-remove': ['worktreePreRemove', 'preRemove'],
  'worktree-post-remove': ['worktreePostRemove', 'postRemove'],
};

/** Parses the output of `git config --null --list` (all scopes in git's order of precedence). */
export function parseSettings(gitConfigNullList: string): Settings {
  const raw = parseNullList(gitConfigNullList);
  const flag = (key: string, preset: boolean) => asBoolean(raw.get(key)) ?? preset;
  const text = (key: string) => raw.get(key) || null;
  const count = (key: string, preset: number) => asCount(raw.get(key)) ?? preset;
  const logLimit = text('daft.jobs.loglimit');
  const logLimitSize = logLimit === null ? undefined : parseSize(logLimit);
  const places = count('daft.jobs.maxparallel', 0);
  const choice = <Value extends string>(key: string, values: readonly Value[], preset: Value) =>
    values.find((value) => value === raw.get(key)?.toLowerCase()) ?? preset;

  return {
    autocd: flag('daft.autocd', true),
    remote: text('daft.remote') ?? 'origin',
    checkoutFetch: flag('daft.checkout.fetch', false),
    checkoutPush: flag('daft.checkout.push', false),
    checkoutUpstream: flag('daft.checkout.upstream', true),
    checkoutCarry: flag('daft.checkout.carry', false),
    checkoutBranchCarry: flag('daft.checkoutBranch.carry', true),
    copyEnabled: flag('daft.copy.enabled', true),
    branchDeleteRemote: flag('daft.branchDelete.remote', false),
    goAutoStart: flag('daft.go.autostart', false),
    multiRemoteEnabled: flag('daft.multiRemote.enabled', false),
    multiRemoteDefaultRemote: text('daft.multiRemote.defaultremote') ?? 'origin',
    pruneCdTarget: choice('daft.prune.cdtarget', ['root', 'default-branch'], 'root'),
    listColumns: text('daft.list.columns'),
    listSort: text('daft.list.sort'),
    listStat: choice('daft.list.stat', ['summary', 'lines'], 'summary'),
    ownershipStrategy: text('daft.ownership.strategy'),
    jobsMaxParallel: places || 64,
    invalidJobsMaxParallel: places === 0 ? text('daft.jobs.maxparallel') : null,
    jobsLogLimitBytes: (logLimitSize?.kind === 'valid' && logLimitSize.value) || null,
    invalidJobsLogLimit: logLimitSize?.kind === 'invalid' ? logLimit : null,
    hooks: {
      enabled: flag('daft.hooks.enabled', true),
      defaultTrust: choice('daft.hooks.defaulttrust', ['deny', 'prompt', 'allow'], 'deny'),
      userDirectory: text('daft.hooks.userdirectory'),
      timeoutSecs: count('daft.hooks.timeout', 300),
      trustPrune: flag('daft.hooks.trustprune', true),
      output: {
        quiet: flag('daft.hooks.output.quiet', false),
        verbose: flag('daft.hooks.output.verbose', false),
        timerDelaySecs: count('daft.hooks.output.timerdelay', 5),
        tailLines: count('daft.hooks.output.taillines', 6),
      },
      perHook: Object.fromEntries(hookNames.map((hook) => [hook, hookSettings(raw, hook)])) as Record<HookName, HookSettings>,
    },
    raw,
  };
}

function hookSettings(raw: ReadonlyMap<string, string>, hook: HookName): HookSettings {
  const value = (key: string) => configNames[hook].map((name) => raw.get(`daft.hooks.${name}.${key}`)).find((found) => found !== undefined);
  const failMode = value('failmode');
  const known = (['abort', 'warn'] as const).find((mode) => mode === failMode?.toLowerCase()) ?? null;
  return {
    enabled: asBoolean(value('enabled')) ?? true,
    failMode: known,
    invalidFailMode: known === null ? (failMode ?? null) : null,
  };
}

/** Entries are `key LF value NUL`, or `key NUL` for a key without a value, which git takes for true. */
function parseNullList(list: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const entry of list.split('\0')) {
    if (entry === '') continue;
    const end = entry.indexOf('\n');
    if (end < 0) values.set(entry, 'true');
    else values.set(entry.slice(0, end), entry.slice(end + 1));
  }
  return values;
}

function asBoolean(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (/^(true|yes|on|1)$/i.test(value)) return true;
  if (/^(false|no|off|0)$/i.test(value)) return false;
  return undefined;
}

function asCount(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
