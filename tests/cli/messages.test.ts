import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { createMessages, decideColour, type Messages, page, stripControlSequences } from '../../src/output';

interface Said {
  stdout: string;
  stderr: string;
}
async function said(
  speak: (messages: Messages) => void,
  { colour = false, quiet = false, verbose = 0, spinner = false }: { colour?: boolean; quiet?: boolean; verbose?: number; spinner?: boolean } = {},
): Promise<Said> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  speak(createMessages({ stdout, stderr, colour: { stdout: colour, stderr: colour }, quiet, verbose, spinner }));
  stdout.end();
  stderr.end();
  return { stdout: await text(stdout), stderr: await text(stderr) };
}
function everything(messages: Messages): void {
  messages.result('r');
  messages.success('s');
  messages.info('i');
  messages.detail('k', 'v');
  messages.item('l');
  messages.step('p');
  messages.debug('d');
  messages.raw('{}\n');
  messages.warning('w');
  messages.error('e');
}

describe('messages', () => {
  test('have a form and a stream each', async () => {
    expect(await said(everything)).toEqual({ stdout: 'r\ns\ni\n  k: v\n - l\n{}\n', stderr: 'warning: w\nerror: e\n' });
  });

  test('are narrated in full with -v', async () => {
    expect((await said(everything, { verbose: 1 })).stdout).toBe('r\ns\ni\n  k: v\n - l\np\ndebug: d\n{}\n');
  });

  test('leave data, warnings and errors with -q', async () => {
    expect(await said(everything, { quiet: true })).toEqual({ stdout: '{}\n', stderr: 'warning: w\nerror: e\n' });
  });

  test('are painted where colour is on', async () => {
    const { stdout, stderr } = await said(everything, { colour: true, verbose: 1 });
    expect(stdout).toContain('\u001B[1mr\u001B[22m\n\u001B[32ms\u001B[39m\ni\n  \u001B[1mk:\u001B[22m v\n');
    expect(stderr).toBe('\u001B[33mwarning:\u001B[39m w\n\u001B[31merror:\u001B[39m e\n');
  });
});

function spinAndStep(messages: Messages): void {
  messages.spinner.start('waiting');
  messages.step('step');
  messages.spinner.finish();
}

describe('a spinner', () => {
  const clear = '\u001B[2K\r';

  test('steps aside for a line and leaves nothing', async () => {
    const { stdout, stderr } = await said(
      (messages) => {
        messages.spinner.start('fetching');
        messages.info('one');
        messages.step('still fetching');
        messages.spinner.finish();
      },
      { spinner: true },
    );
    expect(stdout).toBe('one\n');
    expect(stderr).toBe(`${clear}⠋ fetching${clear}${clear}⠋ fetching${clear}⠋ still fetching${clear}`);
  });

  test('remembers its text through a pause, also when it is finished meanwhile', async () => {
    const { stderr } = await said(
      ({ spinner }) => {
        spinner.start('waiting');
        spinner.pause();
        spinner.finish();
        spinner.resume();
        spinner.finish();
        spinner.resume();
      },
      { spinner: true },
    );
    expect(stderr).toBe(`${clear}⠋ waiting${clear}${clear}⠋ waiting${clear}`);
  });

  test('shows no control sequences of others', async () => {
    const { stderr } = await said(
      ({ spinner }) => {
        spinner.start('a\u001B[2Jb\nc');
        spinner.finish();
      },
      { spinner: true },
    );
    expect(stderr).toBe(`${clear}⠋ abc${clear}`);
  });

  test('is invisible where it may not be drawn, and steps are told with -v', async () => {
    expect(await said(spinAndStep, { verbose: 1 })).toEqual({ stdout: 'step\n', stderr: '' });
    expect(await said(spinAndStep, { spinner: true, quiet: true })).toEqual({ stdout: '', stderr: '' });
  });
});

describe('colour', () => {
  test.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '' }, true, false],
    [{ NO_COLOR: '1', CLICOLOR_FORCE: '1' }, true, false],
    [{ CLICOLOR_FORCE: '1' }, false, true],
    [{ CLICOLOR_FORCE: '' }, false, true],
    [{ CLICOLOR_FORCE: '0' }, false, false],
    [{ CLICOLOR_FORCE: '0' }, true, true],
  ])('with %j and a terminal: %s is %s', (env, isTTY, expected) => {
    expect(decideColour(env, { isTTY })).toBe(expected);
  });
});

test.each([
  ['\u001B[31mred\u001B[0m', 'red'],
  ['\u001B]8;;http://x\u0007link\u001B]8;;\u001B\\', 'link'],
  ['\u001B(Bx\u001B7\u001B8', 'x'],
  ['a\tb\rc\bd', 'a\tbcd'],
  ['✓ naïve 漢', '✓ naïve 漢'],
])('%j without control sequences is %j', (raw, expected) => {
  expect(stripControlSequences(raw)).toBe(expected);
});

async function paged(env: Record<string, string>, lines: readonly string[] = ['long\n', 'text\n'], isTTY = true): Promise<string> {
  const stream = new PassThrough();
  await page(() => lines, { stdout: { stream, isTTY, readerGone: new AbortController().signal }, env: { PATH: process.env['PATH'] ?? '', ...env } });
  stream.end();
  return text(stream);
}

describe('the pager', () => {
  test.each([['', true], ['cat', true], ['exit 127', true], ['exit 126', true], ['exit 3', false]])('PAGER=%j leaves the writing to us: %s', async (pager, ours) => {
    expect(await paged({ PAGER: pager })).toBe(ours ? 'long\ntext\n' : '');
  });

  test('is not used off a terminal', async () => {
    expect(await paged({ PAGER: 'exit 3' }, ['x'], false)).toBe('x');
  });

  test('may leave before it has read everything', async () => {
    expect(await paged({ PAGER: 'head -c 1 >/dev/null' }, Array.from({ length: 100 }, () => 'x'.repeat(100_000)))).toBe('');
  });

  test('is told to show colours unless the user told it something', async () => {
    await paged({ PAGER: 'cat >/dev/null; test "$LESS" = R || exit 127' }).then((shown) => expect(shown).toBe(''));
    await paged({ PAGER: 'cat >/dev/null; test "$LESS" = F || exit 127', LESS: 'F' }).then((shown) => expect(shown).toBe(''));
  });
});
