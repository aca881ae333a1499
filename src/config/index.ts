/** Everything a user sets, each parsed once: directories, git config, config.toml, the registry, daft.yml. */

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Directories {
  config: string;
  data: string;
  state: string;
  cache: string;
}
/** shell.md 3.1. Throws DaftError `DAFT_..._DIR must be an absolute path, got: ...`. */
export declare function readDirectories(env: Environment): Directories;

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
  hooks: {
    enabled: boolean;
    defaultTrust: TrustLevel;
    userDirectory: string | null;
    /** 0: none. */
    timeoutSecs: number;
    trustPrune: boolean;
    output: { quiet: boolean; verbose: boolean; timerDelaySecs: number; tailLines: number };
    /** By hook name, e.g. `worktree-post-create`. */
    perHook: Readonly<Record<string, { enabled: boolean; failMode: FailMode | null; invalidFailMode: string | null }>>;
  };
  /** Last value of any key, by its exact (git-normalised) name. */
  raw: ReadonlyMap<string, string>;
}
/** Parses the output of `git config --null --list` (all scopes in git's order of precedence). */
export declare function parseSettings(gitConfigNullList: string): Settings;

/** hooks.md 14.2: `repos.json`. */
export interface TrustEntry {
  level: TrustLevel;
  grantedAt: number;
  grantedBy: string;
  fingerprint: string | null;
}
export interface RegistryEntry {
  trust: TrustEntry | null;
  layout: string | null;
}
export interface TrustPattern {
  pattern: string;
  level: TrustLevel;
  comment: string | null;
}
export interface Registry {
  /** By canonical common dir. */
  repositories: ReadonlyMap<string, RegistryEntry>;
  patterns: readonly TrustPattern[];
}
export { readRegistry, updateRegistry } from './registry';

/** `daft.yml` is read behind the door `config/daft-yml`; finding it costs nothing. */
export { configCandidates, findConfigFile } from './daft-yml/discover';
export { hookNames } from './daft-yml/hook-names';
export type { HookName } from './daft-yml/hook-names';

export { parseDuration, parseSize } from './units';
export type { Quantity } from './units';

export interface LayoutDefinition {
  name: string;
  template: string;
  bare: boolean | null;
}
/** `config.toml`, worktrees-create.md 5.5. */
export interface ConfigToml {
  defaultLayout: string | null;
  layouts: readonly LayoutDefinition[];
}
export declare function readConfigToml(configDir: string, warn: (text: string) => void): Promise<ConfigToml>;
