/** Everything a user sets, each parsed once: directories, git config, config.toml, the registry, daft.yml. */

export type Environment = Readonly<Record<string, string | undefined>>;

export { readDirectories } from './directories';
export type { Directories } from './directories';

export { parseSettings } from './settings';
export type { FailMode, HookSettings, Settings, TrustLevel } from './settings';
import type { TrustLevel } from './settings';

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
export { saving } from './saving';

/** `daft.yml` is read behind the door `config/daft-yml`, and taken apart behind `config/grammar`. */
export { configCandidates, findConfigFile } from './daft-yml/discover';
export { hookNames } from './daft-yml/hook-names';
export type { HookName } from './daft-yml/hook-names';

export { formatSize, parseCount, parseDuration, parseSize } from './units';
export type { Quantity } from './units';

export { readConfigToml, withDefaultLayout } from './config-toml';
export { saveDefaultLayout } from './default-layout';
export type { ConfigToml, LayoutDefinition } from './config-toml';
