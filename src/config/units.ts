export type Quantity = { kind: 'valid'; value: number } | { kind: 'invalid'; message: string };

const secondsPer: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };

/** Reads `7d`, `24h`, `5m`, `30s` as seconds; the unit is mandatory and lower case, blanks around are fine. */
export function parseDuration(text: string): Quantity {
  const trimmed = text.trim();
  const factor = secondsPer[trimmed.slice(-1)];
  if (factor === undefined) return { kind: 'invalid', message: `invalid duration: ${text} (expected suffix d/h/m/s)` };
  const digits = trimmed.slice(0, -1).trim();
  if (!/^\d+$/.test(digits)) return { kind: 'invalid', message: `invalid duration: ${text}` };
  const seconds = Number(digits) * factor;
  return Number.isSafeInteger(seconds) ? { kind: 'valid', value: seconds } : { kind: 'invalid', message: `duration overflow: ${text}` };
}

const bytesIn = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };
const bytesPer: Readonly<Record<string, number>> = { '': 1, ...bytesIn };

/** In the way {@link parseSize} reads it, with the largest unit that leaves no rest. */
export function formatSize(bytes: number): string {
  const unit = (['GB', 'MB', 'KB'] as const).find((name) => bytes > 0 && bytes % bytesIn[name] === 0) ?? 'B';
  return `${bytes / bytesIn[unit]}${unit}`;
}

/** A number that counts something. */
export function parseCount(count: number): Quantity {
  return Number.isSafeInteger(count) && count >= 0 ? { kind: 'valid', value: count } : { kind: 'invalid', message: `invalid count: ${count}` };
}

/** Reads `10MB`, `512 kb`, `1024` as bytes; units are powers of 1024 in any case, none means bytes. */
export function parseSize(text: string): Quantity {
  const parts = /^(\d+)\s*([a-z]*)$/i.exec(text.trim());
  const factor = parts === null ? undefined : bytesPer[parts[2]!.toUpperCase()];
  if (parts === null || factor === undefined) return { kind: 'invalid', message: `invalid size: ${text}` };
  const bytes = Number(parts[1]) * factor;
  return Number.isSafeInteger(bytes) ? { kind: 'valid', value: bytes } : { kind: 'invalid', message: `size overflow: ${text}` };
}
