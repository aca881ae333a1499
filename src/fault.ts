/**
 * Marks a point at which a test may strike: `if (DAFT_FAULTS) fault('plan: published')`. In the shipped bundle the
 * condition is false and the line vanishes.
 *
 * `DAFT_FAULT=<point>[@<k>]:<action>` strikes at the k-th passage (default 1) of that point in a process; actions are
 * `kill`, `stop`, `exit`, and `ENOSPC`, `EIO`, ... which throw. `DAFT_FAULT_LOG=<file>` gets the name of every point
 * that is passed, one per line.
 */
export declare function fault(point: string): void;
