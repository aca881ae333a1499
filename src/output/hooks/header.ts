import type { HookPaint } from './paint';

/** The box that opens a hook, three lines. */
export function hookHeader(hook: string, { version, paint }: { version: string; paint: HookPaint }): string {
  const dashes = '─'.repeat(` daft hooks v${version}  hook: ${hook} `.length);
  const title = ` ${paint.product('daft hooks')} v${version}  hook: ${paint.hook(hook)} `;
  return [paint.frame(`┌${dashes}┐`), `${paint.frame('│')}${title}${paint.frame('│')}`, paint.frame(`└${dashes}┘`)].map((line) => `${line}\n`).join('');
}
