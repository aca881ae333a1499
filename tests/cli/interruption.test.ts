import { constants } from 'node:os';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { rolldown } from 'rolldown';
import { checkout, temporaryHome, type TemporaryHome } from '../support';

/** Runs a program that watches for interruption in some way, and sends it signals once it is ready. */
async function interrupted(
  home: TemporaryHome,
  ending: 'by-signal' | 'by-exit-code',
  body: string,
  signals: readonly NodeJS.Signals[],
): Promise<{ exitCode: number; stdout: string }> {
  const build = await rolldown({ input: join(checkout, 'src/cli/interruption.ts'), platform: 'node' });
  await build.write({ file: join(home.work, 'interruption.mjs'), format: 'esm' });
  await build.close();
  const program = join(home.work, 'program.mjs');
  writeFileSync(
    program,
    `import { watchInterruption } from ${JSON.stringify(pathToFileURL(join(home.work, 'interruption.mjs')).href)};
const watch = watchInterruption(process, { ending: '${ending}' });
const alive = setInterval(() => {}, 1000);
const say = (text) => process.stdout.write(text + '\\n');
${body}
say('ready');
`,
  );
  const running = home.start(process.execPath, [program]);
  await running.says('ready');
  for (const [index, signal] of signals.entries()) {
    running.signal(signal);
    if (index < signals.length - 1) await running.says(`got ${signal}`);
  }
  const { exitCode, stdout } = await running.ended;
  return { exitCode, stdout };
}
const deathBy = (signal: 'SIGINT' | 'SIGTERM'): number => 128 + constants.signals[signal];
const listen = "watch.interruptible().addEventListener('abort', (event) => say('got ' + event.target.reason.signal));";

describe('Ctrl-C', () => {
  test('kills whoever did not ask to be told', async () => {
    await using home = await temporaryHome();
    expect(await interrupted(home, 'by-signal', '', ['SIGINT'])).toMatchObject({ exitCode: deathBy('SIGINT') });
  });

  test('is told once, and kills the second time', async () => {
    await using home = await temporaryHome();
    const ended = await interrupted(home, 'by-signal', listen, ['SIGINT', 'SIGINT']);
    expect(ended).toEqual({ exitCode: 130, stdout: 'ready\ngot SIGINT\n' });
  });

  test('lets what would stay on the terminal be cleaned before it kills', async () => {
    await using home = await temporaryHome();
    const ended = await interrupted(home, 'by-signal', "watch.beforeDying(() => say('clean'));", ['SIGTERM']);
    expect(ended).toEqual({ exitCode: deathBy('SIGTERM'), stdout: 'ready\nclean\n' });
  });

  test('is an exit code under a shell function that has yet to change the directory', async () => {
    await using home = await temporaryHome();
    const ended = await interrupted(home, 'by-exit-code', "process.on('exit', () => say('by exit code'));", ['SIGINT']);
    expect(ended).toEqual({ exitCode: 130, stdout: 'ready\nby exit code\n' });
  });

  test('belongs to a child that has the terminal, as long as it has it', async () => {
    await using home = await temporaryHome();
    const body = `process.on('SIGINT', () => say('got SIGINT'));
void watch.whileChildHasTerminal(() => new Promise((resolve) => process.once('SIGTERM', resolve))).then(() => { say('over'); clearInterval(alive); });`;
    const ended = await interrupted(home, 'by-signal', `${listen}\n${body}`, ['SIGINT', 'SIGTERM']);
    expect(ended.stdout).toBe('ready\ngot SIGINT\ngot SIGTERM\nover\n');
  });
});
