/** Durations, ages and sizes as jobs.md 11.3 writes them. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `36ms`, `12s`, `1m32s`, `1h5m`, `2d3h`; cut off, never rounded up; negative durations are `0ms`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.trunc(ms));
  if (whole < second) return `${whole}ms`;
  if (whole < minute) return `${Math.trunc(whole / second)}s`;
  if (whole < hour) return `${Math.trunc(whole / minute)}m${Math.trunc((whole % minute) / second)}s`;
  if (whole < day) return `${Math.trunc(whole / hour)}h${Math.trunc((whole % hour) / minute)}m`;
  return `${Math.trunc(whole / day)}d${Math.trunc((whole % day) / hour)}h`;
}

/** How long ago, in one unit: `42s`, `5m`, `3h`, `2d`, `3w`, `5mo`, `2y`; the future is `0s`. */
export function formatAge(then: Date, now: Date): string {
  const ms = Math.max(0, now.getTime() - then.getTime());
  if (ms < minute) return `${Math.trunc(ms / second)}s`;
  if (ms < hour) return `${Math.trunc(ms / minute)}m`;
  if (ms < day) return `${Math.trunc(ms / hour)}h`;
  const days = Math.trunc(ms / day);
  if (days < 7) return `${days}d`;
  if (days < 30) return `${Math.trunc(days / 7)}w`;
  if (days < 365) return `${Math.trunc(days / 30)}mo`;
  return `${Math.trunc(days / 365)}y`;
}

/** `640 B`, then one decimal on base 1024: `1.2 KB`, `4.0 MB`, `1.5 GB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}

/** Local wall-clock time, `12:01:00`. */
export function formatClock(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Local date and time, `2026-04-10 12:01:00`. */
export function formatLocalTime(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${formatClock(at)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
