import type { JobInfo, Response } from '../protocol';

// By hand, because zod would cost every command more than its question to the coordinator does.

/** An answer of a coordinator, or undefined if it is none that we know. */
export function readResponse(line: string): Response | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined; // another protocol, or no coordinator at all
  }
  return isResponse(value) ? value : undefined;
}

function isResponse(value: unknown): value is Response {
  if (!isObject(value)) return false;
  const [[key, payload] = [], ...more] = Object.entries(value);
  if (more.length > 0) return false;
  switch (key) {
    case 'Jobs':
      return Array.isArray(payload) && payload.every(isJobInfo);
    case 'Ack':
      return isObject(payload) && isString(payload['message']) && isOptional(isString, payload['daft_version']) && isOptional(isInteger, payload['protocol']);
    case 'Cancelled':
      return isObject(payload) && isInteger(payload['count']) && Array.isArray(payload['names']) && payload['names'].every(isString);
    case 'Pong':
      return (
        isObject(payload) &&
        isString(payload['daft_version']) &&
        ['pid', 'protocol', 'running', 'pending'].every((name) => isInteger(payload[name]))
      );
    case 'Error':
      return isObject(payload) && isString(payload['message']);
    case undefined:
    default:
      return false;
  }
}

function isJobInfo(value: unknown): value is JobInfo {
  return (
    isObject(value) &&
    ['name', 'hook_type', 'worktree', 'status', 'invocation_id'].every((name) => isString(value[name])) &&
    ['elapsed_secs', 'exit_code'].every((name) => value[name] === null || isInteger(value[name]))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

function isOptional(is: (value: unknown) => boolean, value: unknown): boolean {
  return value === undefined || is(value);
}
