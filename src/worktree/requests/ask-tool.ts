import { quoteIfNeeded, runForeground } from '../../process';
import { plainText } from './plain-text';

export type ToolAnswer =
  | { kind: 'answered'; text: string }
  /** There is no such program. */
  | { kind: 'missing' }
  /** In its own words, safe to show. */
  | { kind: 'failed'; complaint: string }
  /** Nothing for as long as we wait. */
  | { kind: 'silent' };

export interface ToolSurroundings {
  /** In the repository: the tool finds out by itself what that is. */
  cwd: string;
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
  timeoutMs: number;
}

/** Nobody is there to be asked anything, and nothing but the answer is to be printed. */
const quietly = {
  NO_COLOR: '1',
  GH_PROMPT_DISABLED: '1',
  GH_NO_UPDATE_NOTIFIER: '1',
  GH_SPINNER_DISABLED: '1',
  GH_PAGER: 'cat',
  NO_PROMPT: '1',
  GLAB_CHECK_UPDATE: 'false',
  GLAB_SEND_TELEMETRY: 'false',
  GLAB_PAGER: 'cat',
  PAGER: 'cat',
  GIT_TERMINAL_PROMPT: '0',
};

const mostBytes = 8 * 1024 * 1024;

/** Runs a tool of a forge in a session of its own, without a terminal, and listens to what it prints. Throws when interrupted. */
export async function askTool(tool: string, args: readonly string[], { cwd, env, signal, timeoutMs }: ToolSurroundings): Promise<ToolAnswer> {
  const { DAFT_CD_FILE: _belongsToUs, GH_FORCE_TTY: _forColours, CLICOLOR_FORCE: _forColoursToo, ...inherited } = env;
  const said: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  let bytes = 0;
  const exit = await runForeground({
    command: `exec ${[tool, ...args].map(quoteIfNeeded).join(' ')}`,
    workingDir: cwd,
    env: { ...inherited, ...quietly },
    interactive: false,
    timeoutMs,
    signal,
    onOutput(chunk, stream) {
      bytes += chunk.length;
      if (bytes <= mostBytes) said[stream].push(Buffer.from(chunk)); // a copy: the buffer is used again
      return undefined;
    },
  });
  const complaint = plainText(Buffer.concat(said.stderr).toString()).trim();
  switch (exit.kind) {
    case 'exited':
      if (exit.exitCode === 127) return { kind: 'missing' };
      if (exit.exitCode !== 0) return { kind: 'failed', complaint: complaint || `it exited with status ${exit.exitCode}` };
      if (bytes > mostBytes) return { kind: 'failed', complaint: 'it printed more than anybody could want to read' };
      return { kind: 'answered', text: Buffer.concat(said.stdout).toString() };
    case 'signalled':
      return { kind: 'failed', complaint: complaint || `it was killed by ${exit.signal}` };
    case 'timed-out':
      return { kind: 'silent' };
    case 'not-started':
      return { kind: 'failed', complaint: exit.error.message };
    case 'aborted':
      throw signal.reason;
  }
}
