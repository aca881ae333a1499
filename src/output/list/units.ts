const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** `42s`, `5m`, `3h`, `2d`, `3w`, `5mo`, `2y`; cut off, and the future is `0s`. */
export function shortAge(thenSecs: number, now: Date): string {
  const secs = Math.max(0, Math.floor(now.getTime() / 1000) - thenSecs);
  if (secs < minute) return `${secs}s`;
  if (secs < hour) return `${Math.floor(secs / minute)}m`;
  if (secs < day) return `${Math.floor(secs / hour)}h`;
  const days = Math.floor(secs / day);
  if (days < 7) return `${days}d`;
  if (days < 30) return `${Math.floor(days / 7)}w`;
  if (days < 365) return `${Math.floor(days / 30)}mo`;
  return `${Math.floor(days / 365)}y`;
}

/** Over a week: what is told of it is dimmed. */
export function isOld(thenSecs: number, now: Date): boolean {
  return now.getTime() / 1000 - thenSecs > 7 * day;
}

/** `<1K`, `12K`, `3.4M`, `1.2G`, `1.0T`; base 1024. */
export function formatTreeSize(bytes: number): string {
  if (bytes < 1024) return '<1K';
  if (bytes < 1024 ** 2) return `${Math.floor(bytes / 1024)}K`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)}M`;
  if (bytes < 1024 ** 4) return `${(bytes / 1024 ** 3).toFixed(1)}G`;
  return `${(bytes / 1024 ** 4).toFixed(1)}T`;
}
