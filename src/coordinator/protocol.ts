import * as z from 'zod';
import { isInvocationId } from '../logstore';

/** Version of the request/response messages (jobs.md 7.2). */
export const protocolVersion = 1;

// Strict: what is not understood of a filter would make it choose more than was meant.
const cancelMatching = z.strictObject({
  worktree: z.string().optional(),
  hook: z.string().optional(),
  invocation_prefix: z.string().optional(),
  older_than_secs: z.int().optional(),
  kill: z.boolean().optional(),
});

export const request = z.union([
  z.literal('ListJobs'),
  z.literal('CancelAll'),
  z.literal('Shutdown'),
  z.literal('Ping'),
  z.literal('Drain'),
  z.strictObject({ CancelJob: z.object({ name: z.string(), invocation_id: z.string().optional(), kill: z.boolean().optional() }) }),
  z.strictObject({ CancelMatching: cancelMatching }),
  z.strictObject({ Wake: z.object({ invocation_id: z.string().refine(isInvocationId).optional() }) }),
]);
export type CancelMatching = z.infer<typeof cancelMatching>;
export type Request = z.infer<typeof request>;

const jobInfo = z.object({
  name: z.string(),
  hook_type: z.string(),
  worktree: z.string(),
  status: z.string(),
  elapsed_secs: z.int().nullable(),
  exit_code: z.int().nullable(),
  invocation_id: z.string(),
});
export type JobInfo = z.infer<typeof jobInfo>;

export const response = z.union([
  z.strictObject({ Jobs: z.array(jobInfo) }),
  z.strictObject({ Ack: z.object({ message: z.string(), daft_version: z.string().optional(), protocol: z.int().optional() }) }),
  z.strictObject({ Cancelled: z.object({ count: z.int(), names: z.array(z.string()) }) }),
  z.strictObject({
    Pong: z.object({ pid: z.int(), daft_version: z.string(), protocol: z.int(), running: z.int(), pending: z.int() }),
  }),
  z.strictObject({ Error: z.object({ message: z.string() }) }),
]);
export type Response = z.infer<typeof response>;
