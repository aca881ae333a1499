/** Pull and merge requests: from what the tools of the forges tell to a branch that pulls from the request's head. */
export { openRequest } from './open-request';
export type { OpenedRequest } from './open-request';
