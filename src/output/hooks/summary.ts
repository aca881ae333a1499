import type { HookPaint } from './paint';

/** How one job came out, in the words of the summary. */
export type SummaryEntry =
  | { kind: 'succeeded'; job: string; durationMs: number }
  | { kind: 'failed'; job: string; durationMs: number }
  | { kind: 'skipped'; job: string }
  | { kind: 'background'; job: string; description: string | null };

/** What ends a hook; nothing if no job is to be listed. */
export function hookSummary(entries: readonly SummaryEntry[], { durationMs, paint }: { durationMs: number; paint: HookPaint }): string {
  if (entries.length === 0) return '';
  const title = `summary: ${paint.duration(`(done in ${spokenDuration(durationMs)})`)}`;
  return ['', '', '─'.repeat(40), title, ...entries.map((entry) => `  ${summaryLine(entry, paint)}`)].map((line) => `${line}\n`).join('');
}

function summaryLine(entry: SummaryEntry, paint: HookPaint): string {
  switch (entry.kind) {
    case 'succeeded':
      return `${paint.succeeded('✔')} ${entry.job} ${paint.duration(`(${spokenDuration(entry.durationMs)})`)}`;
    case 'failed':
      return `${paint.failed('✘')} ${entry.job} ${paint.duration(`(${spokenDuration(entry.durationMs)})`)}`;
    case 'skipped':
      return `${paint.skipped('⊘')} ${entry.job}`;
    case 'background':
      return `${paint.later('↻')} ${entry.job} (background)${entry.description === null ? '' : ` — ${entry.description}`}`;
  }
}

/** `112ms`, `2.3s`, `1m 5s`; cut off, never rounded up. */
export function spokenDuration(ms: number): string {
  if (ms < 1_000) return `${Math.floor(ms)}ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)}s`;
  return `${Math.floor(ms / 60_000)}m ${Math.floor((ms % 60_000) / 1_000)}s`;
}
