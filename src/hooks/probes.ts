import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OperatingSystem } from '../config/daft-yml';
import { runForeground } from '../process';
import type { Probes } from './conditions';
import { inheritedEnvironment } from './run';
import type { HookServices } from './services';

const osNames: Readonly<Record<string, OperatingSystem>> = { darwin: 'macos', win32: 'windows' };
const archNames: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** This system in the words of daft.yml; any other Unix counts as linux. */
export function currentOs(): OperatingSystem {
  return osNames[process.platform] ?? 'linux';
}

export function currentArch(): string {
  return archNames[process.arch] ?? process.arch;
}

/** Answers to what conditions ask, given in the directory the hook works in; each question is put once. */
export function createProbes(directory: string, variables: Readonly<Record<string, string>>, services: HookServices): Probes {
  const { git, env, settings, signal } = services;
  const commands = new Map<string, Promise<boolean>>();
  let ref: Promise<string> | undefined;
  let gitDir: Promise<string> | undefined;
  const ask = async (...args: string[]) => (await git.ask(directory, args)).stdout.trim();

  async function succeeds(command: string): Promise<boolean> {
    const { timeoutSecs } = settings.hooks;
    const exit = await runForeground({
      command,
      workingDir: directory,
      env: { ...inheritedEnvironment(services), ...variables },
      interactive: false,
      timeoutMs: timeoutSecs === 0 ? null : timeoutSecs * 1000,
      signal,
      onOutput: () => undefined,
    });
    return exit.kind === 'exited' && exit.exitCode === 0;
  }

  return {
    os: currentOs(),
    env: (name) => env[name],
    ref: () => (ref ??= ask('rev-parse', '--abbrev-ref', 'HEAD')),
    async inState(state) {
      const directoryOfGit = await (gitDir ??= ask('rev-parse', '--absolute-git-dir'));
      const marks = state === 'merge' ? ['MERGE_HEAD'] : ['rebase-merge', 'rebase-apply'];
      return directoryOfGit !== '' && marks.some((mark) => existsSync(join(directoryOfGit, mark)));
    },
    succeeds(command) {
      const answer = commands.get(command) ?? succeeds(command);
      commands.set(command, answer);
      return answer;
    },
  };
}
