import { readDirectories } from '../../config';
import type { TrustEntry, TrustPattern } from '../../config';
import { readTrustBook } from '../../hooks';
import { createPalette, page } from '../../output';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { requestedOutput } from '../structured-output';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const structured = requestedOutput(context, parsed, 'hooks trust list', 'tabular');
  const all = parsed.flag('all');
  const registry = readTrustBook(readDirectories(context.env).config);
  const entries = [...registry.repositories]
    .flatMap(([key, { trust }]) => (trust === null || (trust.level === 'deny' && !all) ? [] : [{ key, trust }]))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));

  if (structured !== undefined) {
    await structured.print({
      shape: 'tabular',
      columns: ['repo_path', 'trust_level', 'remote_fingerprint', 'timestamp'],
      rows: entries.map(({ key, trust }) => ({
        repo_path: withoutGit(key),
        trust_level: trust.level,
        remote_fingerprint: trust.fingerprint ?? '',
        timestamp: new Date(trust.grantedAt * 1000).toISOString().replace('.000Z', 'Z'),
      })),
    });
    return 0;
  }
  const { stdout, env, exe } = context;
  const { bold } = createPalette(stdout.colour);
  const lines = [
    ...(entries.length === 0 ? emptyNotice(all, exe) : [bold(all ? 'All repositories in trust database:' : 'Trusted repositories:'), '', ...entries.flatMap(entryLines)]),
    ...(registry.patterns.length === 0 ? [] : [...(entries.length === 0 ? [''] : []), bold('Trust patterns:'), ...registry.patterns.map(patternLine)]),
  ];
  while (lines.at(-1) === '') lines.pop();
  const text = `${lines.join('\n')}\n`;
  if (lines.length > 20) await page(() => [text], { stdout, env });
  else stdout.stream.write(text);
  return 0;
}

function emptyNotice(all: boolean, exe: string): string[] {
  if (all) return ['No repositories in trust database.'];
  return ['No trusted repositories.', '', 'To trust a repository, cd into it and run:', `  ${exe} hooks trust`];
}

function entryLines({ key, trust }: { key: string; trust: TrustEntry }): string[] {
  return [
    `  ${displayKey(key)}`,
    `    Level: ${trust.level}  (trusted: ${localTime(new Date(trust.grantedAt * 1000))})`,
    ...(trust.fingerprint === null ? [] : [`    Remote: ${trust.fingerprint}`]),
    '',
  ];
}

function patternLine({ pattern, level, comment }: TrustPattern): string {
  return `  ${pattern} -> ${level}${comment === null ? '' : ` # ${comment}`}`;
}

function withoutGit(key: string): string {
  return key.replace(/\/\.git$/, '');
}

/** A repository as people know it; of a long path, the end. */
export function displayKey(key: string): string {
  const path = withoutGit(key);
  return path.length > 60 ? `...${path.slice(-57)}` : path;
}

function localTime(date: Date): string {
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join('-');
  return `${day} ${[date.getHours(), date.getMinutes()].map(twoDigits).join(':')}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
