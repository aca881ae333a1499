/** What a hook looks like while it runs (hooks.md 15): every event in, words on stderr out. */
export { createHookRenderer, type HookRenderer, type HookRendererOptions } from './renderer';
export { complaints } from './complaints';
export { framed } from './framed';
export { JobOutput } from './job-output';
