import type { HookName } from '../hooks';

/** Hooks of one firing that were not run because nobody trusts the repository. */
export interface Untrusted {
  hook: HookName;
  kind: 'yaml' | 'scripts';
  names: readonly string[];
  branch: string;
}

/** The notice of hooks.md 14.3, once for all firings of a command; undefined if there is nothing to tell. */
export function untrustedNotice(found: readonly Untrusted[], { exe, hints }: { exe: string; hints: boolean }): string | undefined {
  if (found.length === 0) return undefined;
  const named = (kind: Untrusted['kind']) => [...new Set(found.filter((one) => one.kind === kind).flatMap(({ names }) => names))];
  const yaml = named('yaml');
  const scripts = named('scripts');
  const counts = [
    ...(yaml.length === 0 ? [] : [`${yaml.length} daft.yml ${yaml.length === 1 ? 'hook' : 'hooks'}`]),
    ...(scripts.length === 0 ? [] : [`${scripts.length} .daft/hooks ${scripts.length === 1 ? 'script' : 'scripts'}`]),
  ];
  const branches = [...new Set(found.map(({ branch }) => branch))];
  const whose = branches.length > 1 ? ` for ${branches.join(', ')}` : '';
  const lines = [`Untrusted repo — ${counts.join(' and ')} not run${whose}: ${firstFew([...yaml, ...scripts])}`];
  if (hints) {
    lines.push(hint('To run them, trust this repo:', `${exe} hooks trust`));
    const replay = replayable(found, yaml);
    if (replay !== undefined) {
      const label = replay === 'post-clone' ? "the clone's" : branches.length > 1 ? "each worktree's" : "this worktree's";
      lines.push(hint(`Then replay ${label} setup:`, `${exe} hooks run ${replay}`));
    }
  }
  return lines.join('\n');
}

/** The set-up that can be made up for; `hooks run` knows hooks of daft.yml only. */
function replayable(found: readonly Untrusted[], yaml: readonly string[]): HookName | undefined {
  const fired = new Set(found.map(({ hook }) => hook));
  if (fired.has('post-clone') && yaml.includes('post-clone')) return 'post-clone';
  const created = fired.has('worktree-pre-create') || fired.has('worktree-post-create');
  return created && yaml.includes('worktree-post-create') ? 'worktree-post-create' : undefined;
}

function hint(label: string, command: string): string {
  return `   ${label.padEnd(36)}${command}`;
}

function firstFew(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ');
  return names.length <= 4 ? shown : `${shown} and ${names.length - 4} more hooks`;
}
