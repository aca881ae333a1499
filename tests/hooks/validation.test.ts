import { describe, expect, test } from 'vitest';
import { similarTo } from '../../src/cli/similar';
import { parseText } from '../../src/config/grammar';
import { validateConfig } from '../../src/hooks/validation';

function findings(yaml: string, version = '1.10.0'): string[] {
  const parsed = parseText('config', yaml, 'x');
  if (parsed.kind !== 'parsed') throw new Error(parsed.message);
  return validateConfig(parsed.content!, { version, suggest: (word, known) => similarTo(word, known)[0] }).map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
}
const hook = (text: string) => findings(`hooks: {post-clone: {${text}}}`);
const job = (text: string, around = '') => hook(`${around}jobs: [{name: a, run: x}, ${text}]`);

describe('errors', () => {
  test.each([
    [findings('min_version: 1.11.0'), ['error min_version: Config requires daft >= 1.11.0, but current version is 1.10.0']],
    [findings('min_version: "1.10"'), []],
    [findings('min_version: 1.9.5'), []],
    [findings('min_version: soon'), []],
    [hook('piped: true, follow: true, jobs: []'), ['error hooks.post-clone: Only one of parallel, piped, or follow can be true']],
    [hook('piped: true, parallel: false, jobs: []'), []],
    [hook('jobs: [{name: a, run: x, needs: [b]}, {name: b, run: x, needs: [a]}]'), ['error hooks.post-clone: Dependency cycle detected: a -> b -> a']],
    [hook('jobs: [{name: a, run: x, needs: [a]}]'), ['error hooks.post-clone: Dependency cycle detected: a -> a']],
    [job('{name: b, run: x, script: y, runner: sh}'), ["error hooks.post-clone.jobs[b]: 'run' and 'script' are mutually exclusive"]],
    [job('{description: x}'), ["error hooks.post-clone.jobs[1]: Job must have 'run', 'script', or 'group'"]],
    [job('{name: g, run: x, group: {jobs: [{run: x}]}}'), ["error hooks.post-clone.jobs[g]: 'group' cannot be combined with 'run' or 'script'"]],
    [job('{run: x, needs: [a]}'), ["error hooks.post-clone.jobs[1]: Job with 'needs' must have a 'name'"]],
    [job('{run: x, needs: []}'), []],
    [job('{name: b, run: x, needs: [c]}'), ["error hooks.post-clone.jobs[b]: Unknown dependency in 'needs': 'c'"]],
    [job('{name: g, group: {parallel: true, piped: true, jobs: [{script: x}]}}'), [
      'error hooks.post-clone.jobs[g].group: Only one of parallel or piped can be true in a group',
      "warning hooks.post-clone.jobs[g].group.jobs[0]: 'script' without 'runner' will use the script's shebang line",
    ]],
  ])('%#', (found, expected) => expect(found).toEqual(expected));
});

describe('warnings', () => {
  test.each([
    [findings('copy: [node_modules/, ./target, a/../b, ..x/]'), [
      "warning copy[1]: './target' matches nothing: lines begin at the root of the worktree, without '.' or '..'",
      "warning copy[2]: 'a/../b' matches nothing: lines begin at the root of the worktree, without '.' or '..'",
    ]],
    [job('{name: a, run: x}'), ['warning hooks.post-clone: Duplicate job name: a']],
    [hook('jobs: [{run: x}], commands: {b: {run: x}}'), ["warning hooks.post-clone: Both 'jobs' and 'commands' are set; 'commands' will be merged into 'jobs'"]],
    [hook('jobs: []'), []],
    [job('{script: x}'), ["warning hooks.post-clone.jobs[1]: 'script' without 'runner' will use the script's shebang line"]],
    [job('{name: g, group: {jobs: []}}'), ['warning hooks.post-clone.jobs[g].group: Group has no jobs']],
    [job('{run: x, interactive: true, background: true}'), ["warning hooks.post-clone.jobs[1]: Job '<unnamed>' is marked as both interactive and background; interactive jobs require a terminal and will be promoted to foreground"]],
    [job('{name: b, run: x, background_output: silent}'), ["warning hooks.post-clone.jobs[b]: Job 'b' has background_output set but is a foreground job; background_output only applies to background jobs"]],
    [job('{name: b, run: x, background_output: silent}', 'background: true, '), []],
    [job('{name: b, run: x, background: true}, {name: c, run: x, needs: [b]}'), ["warning hooks.post-clone.jobs: Background job 'b' will be promoted to foreground (required by 'c')"]],
    [job('{name: b, run: x, timeout: 5, log: {retention: x, keep_last: 2}}'), [
      'warning hooks.post-clone.jobs[b]: invalid duration: 5 (expected suffix d/h/m/s)',
      'warning hooks.post-clone.jobs[b]: invalid duration: x (expected suffix d/h/m/s)',
      'warning hooks.post-clone.jobs[b]: keep_last belongs at the top level: it applies to the whole repository',
    ]],
    [findings('log: {max_log_size: 5TB}'), ['warning log.max_log_size: invalid size: 5TB']],
    [findings('hoks: {}\nzzzzzzzzz: 1'), ["warning daft.yml: Unknown key 'hoks'; did you mean 'hooks'?", "warning daft.yml: Unknown key 'zzzzzzzzz'"]],
    [job('{name: b, run: x, neds: [a]}'), ["warning hooks.post-clone.jobs[b]: Unknown key 'neds'; did you mean 'needs'?"]],
    [hook('jobs: [], pipd: true'), ["warning hooks.post-clone: Unknown key 'pipd'; did you mean 'piped'?"]],
    [findings('hooks: {post-clon: {jobs: []}}'), ["warning hooks.post-clon: Unknown hook 'post-clon'; did you mean 'post-clone'?"]],
    [job('{name: b, run: {linux: x, macs: y}}'), ["warning hooks.post-clone.jobs[b].run: Unknown key 'macs'; did you mean 'macos'?"]],
    [job('{name: b, run: x, skip: [merg], only: {linux: [{rf: x}]}}'), [
      "warning hooks.post-clone.jobs[b].skip: Unknown condition 'merg'; did you mean 'merge'?",
      "warning hooks.post-clone.jobs[b].only.linux: Unknown key 'rf'; did you mean 'ref'?",
    ]],
  ])('%#', (found, expected) => expect(found).toEqual(expected));

  test('a hook that runs nothing still keeps scripts away', () => {
    expect(hook('parallel: true')).toEqual([expect.stringMatching(/^warning hooks\.post-clone: 'post-clone' defines no jobs or commands, so it runs nothing; .*script hooks/)]);
  });

  test('findings come in the order of declaration', () => {
    expect(findings('hooks: {worktree-post-create: {jobs: [{x: 1, run: a}]}, post-clone: {jobs: [{y: 1, run: a}]}}').map((line) => line.split(' ')[1])).toEqual([
      'hooks.worktree-post-create.jobs[0]:', 'hooks.post-clone.jobs[0]:',
    ]);
  });
});
