/** Plans the way of a repository from one layout to another. Pure: what lies on the disk is asked of a `Ground`. */
export { describeOperation } from './describe';
export { planTransform } from './plan';
export { groundWhileStashed, withStashes } from './stashes';
export { stagingName } from './types';
export type { Goal, Ground, Operation, Planned, Premises, Relocation, Site, TransformPlan } from './types';
