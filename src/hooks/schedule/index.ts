/** The scheduler shared by the foreground runner and the coordinator. Pure: graph, endings, places -> what starts now. */
export { findGraphFault } from './graph-fault';
export { schedule } from './schedule';
export type { Decision, Ending, GraphFault, Progress, ScheduledJob } from './types';
