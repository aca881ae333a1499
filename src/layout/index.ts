/** Where worktrees go. Pure: template to path, structure, resolution, detection. */
export { detectLayout } from './detect';
export type { Arrangement, Detection } from './detect';
export { allLayouts, builtinLayout, builtinLayouts, defaultLayout, layoutNamed, readLayout, standardLayout } from './layouts';
export type { BuiltinName, Layout, ReadLayout, Structure } from './layouts';
export { isWithin, placementProblem, placeWorktree } from './place';
export type { Place } from './place';
export { configuredDefault, findLayout, resolveLayout } from './resolve';
export type { FoundLayout, LayoutSource, Resolution } from './resolve';
