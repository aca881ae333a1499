/**
 * `daft.yml` and the files around it: found, read, merged. What they were parsed to is remembered by their text, so that
 * only a text that is new here needs the door `config/grammar`.
 */
export { loadConfigLayers, loadWorktreeConfig, parseConfig } from './load';
export type { ConfigLayer, LayeredConfig, LoadedConfig } from './load';
export { allJobs, mergeConfigs, replaceHook } from './merge';
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
} from '../grammar/schema';
