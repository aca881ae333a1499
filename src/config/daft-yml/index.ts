/**
 * `daft.yml` and the files around it: found, parsed, merged, dumped. Behind this door are yaml and zod, so reach it by
 * `import()`, after `findConfigFile` (src/config) has told that there is something to read.
 */
export { dumpConfig } from './dump';
export { loadConfigLayers, loadWorktreeConfig, parseConfig } from './load';
export type { ConfigLayer, LayeredConfig, LoadedConfig } from './load';
export { allJobs, mergeConfigs, replaceHook } from './merge';
export { daftYml, knownKeys } from './schema';
export type {
  Annotated,
  Architecture,
  CommandByOs,
  CommandDefinition,
  Condition,
  DaftYml,
  GroupDefinition,
  HookDefinition,
  JobDefinition,
  LogSettings,
  OperatingSystem,
  Rule,
} from './schema';
