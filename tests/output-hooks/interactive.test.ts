import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHookRenderer, type HookRenderer, type HookRendererOptions } from '../../src/output/hooks';
import { begin, end, ended, options, printed, started, tellAll } from './play';
import { Screen } from './screen';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function onScreen(columns = 80, rows = 24, more: Partial<HookRendererOptions> = {}): { screen: Screen; renderer: HookRenderer } {
  const screen = new Screen(columns, rows);
  return { screen, renderer: createHookRenderer({ ...options, stream: screen, isTTY: true, ...more }) };
}

const tick = () => void vi.advanceTimersByTime(80);
const belowHeader = (screen: Screen) => screen.text().split('\n').slice(3).join('\n').trimEnd();

test('a running job shows its command on one line, its description, and the last lines of its output', () => {
  const { screen, renderer } = onScreen(80, 24, { tailLines: 2 });
  tellAll(renderer, [begin, started('install', { description: 'all of it', command: 'npm ci\n  --quiet' })]);
  expect(belowHeader(screen)).toBe('┃  ⠋ install  ❯ npm ci --quiet\n┃  all of it');
  renderer.tell(printed('install', 'one\ntwo\nthr'));
  tick();
  expect(belowHeader(screen)).toBe('┃  ⠙ install  ❯ npm ci --quiet\n┃  all of it\n┃\n┃  two\n┃  thr');
  vi.advanceTimersByTime(5000);
  expect(belowHeader(screen)).toMatch(/^┃ {2}. install {2}❯ npm ci --quiet {2}\[00:00:05\]\n/);
});

test('an ended job leaves its whole output, and nothing of its block', () => {
  const { screen, renderer } = onScreen(80, 24, { tailLines: 2 });
  tellAll(renderer, [begin, started('a'), started('b'), printed('a', 'one\ntwo\nthree\nfour')]);
  tick();
  renderer.tell(ended('a'));
  expect(belowHeader(screen)).toBe('┃  a ❯\n┃  one\n┃  two\n┃  three\n┃  four\n\n┃  ⠙ b  ❯ run b');
  tellAll(renderer, [ended('b'), end]);
  expect(belowHeader(screen)).toBe(
    ['┃  a ❯', '┃  one', '┃  two', '┃  three', '┃  four', '', '┃  b ❯', '┃  No output', '', '', '', '─'.repeat(40), 'summary: (done in 2.3s)', '  ✔ a (1.9s)', '  ✔ b (1.9s)'].join('\n'),
  );
});

test('a block is as wide as the terminal at most, wide characters counted double', () => {
  const { screen, renderer } = onScreen(30, 24);
  tellAll(renderer, [begin, started('a', { command: 'x'.repeat(200) }), printed('a', `${'日本語'.repeat(20)}\n${'👩‍👩‍👧‍👦'.repeat(20)}\n`)]);
  tick();
  tick();
  const lines = belowHeader(screen).split('\n').slice(-4);
  expect(lines[0]).toMatch(/^┃ {2}. a {2}❯ x+…$/);
  expect(lines[2]).toBe('┃  日本語日本語日本語日本語…');
});

test('control sequences and progress bars of a job do not reach the live lines', () => {
  const { screen, renderer } = onScreen();
  tellAll(renderer, [begin, started('a'), printed('a', '\u001B[2J\u001B[1;1Hboo\u001B[31m!\n'), printed('a', ' 10%\r 20%\r 30%\r')]);
  tick();
  expect(belowHeader(screen)).toBe('┃  ⠙ a  ❯ run a\n┃\n┃  boo!\n┃   30%');
});

test('a character that arrives in two pieces is one', () => {
  const { screen, renderer } = onScreen();
  const bytes = Buffer.from('é\n');
  tellAll(renderer, [begin, started('a'), printed('a', bytes.subarray(0, 1)), printed('a', bytes.subarray(1))]);
  tick();
  expect(belowHeader(screen)).toBe('┃  ⠙ a  ❯ run a\n┃\n┃  é');
});

test('a flood of output costs a frame every 80 ms', () => {
  const { screen, renderer } = onScreen();
  tellAll(renderer, [begin, started('a')]);
  const before = screen.writes;
  for (let line = 0; line < 10_000; line += 1) renderer.tell(printed('a', `line ${line}\n`));
  expect(screen.writes).toBe(before);
  tick();
  expect(screen.writes).toBe(before + 1);
  tellAll(renderer, [ended('a'), end]);
  expect(belowHeader(screen).split('\n').filter((line) => line.startsWith('┃  line')).length).toBe(10_000);
});

test('more than the screen holds is cut down to it, tails first', () => {
  const { screen, renderer } = onScreen(80, 12);
  const jobs = ['a', 'b', 'c'];
  tellAll(renderer, [begin, ...jobs.map((job) => started(job)), ...jobs.map((job) => printed(job, '1\n2\n3\n4\n5\n'))]);
  tick();
  tick();
  const live = screen.text().split('\n').slice(3, -1);
  expect(live.length).toBeLessThanOrEqual(11);
  expect(live.filter((line) => line.includes('❯'))).toHaveLength(3);
  expect(live).toContain('┃  5');
  tellAll(renderer, [...jobs.map((job) => ended(job)), end]);
  expect(screen.text()).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
});

test('more jobs than the screen has lines are counted', () => {
  const { screen, renderer } = onScreen(80, 5);
  const jobs = Array.from({ length: 9 }, (_, index) => `job-${index}`);
  tellAll(renderer, [begin, ...jobs.map((job) => started(job))]);
  tick();
  expect(screen.text().trimEnd().split('\n').at(-1)).toBe('┃  … and 6 more');
  tellAll(renderer, [...jobs.map((job) => ended(job)), end]);
  expect(screen.text()).not.toMatch(/ more|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
});

test('a terminal that changes its size keeps no ghosts', () => {
  const { screen, renderer } = onScreen(100, 24);
  tellAll(renderer, [begin, started('a', { command: 'y'.repeat(90) }), printed('a', `${'z'.repeat(90)}\n`)]);
  tick();
  screen.resize(40, 24);
  tick();
  screen.resize(120, 24);
  tick();
  tellAll(renderer, [ended('a'), end]);
  const text = screen.text();
  expect(text).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
  expect(text.match(/z/g)).toHaveLength(90);
});

test('quiet and a tail of no lines show none', () => {
  for (const more of [{ quiet: true }, { tailLines: 0 }]) {
    const { screen, renderer } = onScreen(80, 24, more);
    tellAll(renderer, [begin, started('a'), printed('a', 'words\n')]);
    tick();
    expect(belowHeader(screen)).toBe('┃  ⠙ a  ❯ run a');
    renderer.abandon();
  }
});

test('background jobs and warnings are printed above what is running', () => {
  const { screen, renderer } = onScreen();
  tellAll(renderer, [begin, started('a'), { type: 'warning', text: 'careful' }, { type: 'job-backgrounded', job: 'later', description: 'takes long' }]);
  expect(belowHeader(screen)).toBe('warning: careful\n┃  later (background)\n┃  takes long\n\n┃  ⠋ a  ❯ run a');
  renderer.abandon();
  expect(belowHeader(screen)).toBe('warning: careful\n┃  later (background)\n┃  takes long');
});

test('a job that has the terminal for itself meets no live lines', () => {
  const { screen, renderer } = onScreen();
  tellAll(renderer, [begin, started('a'), ended('a'), started('ask', { interactive: true })]);
  const before = screen.writes;
  vi.advanceTimersByTime(1000);
  expect(screen.writes).toBe(before);
  tellAll(renderer, [ended('ask'), end]);
  expect(belowHeader(screen)).toContain('┃  ask ❯\n\n');
});

test('more output than memory should hold is printed whole', () => {
  const { screen, renderer } = onScreen(200, 24);
  tellAll(renderer, [begin, started('a')]);
  const chunk = Buffer.from(`${'x'.repeat(99)}\n`.repeat(100));
  for (let count = 0; count < 100; count += 1) renderer.tell(printed('a', chunk));
  tellAll(renderer, [ended('a'), end]);
  expect(belowHeader(screen).split('\n').filter((line) => line === `┃  ${'x'.repeat(99)}`)).toHaveLength(10_000);
});

test('the configuration of a hook can ask for the plain look', () => {
  const { screen, renderer } = onScreen();
  tellAll(renderer, [{ ...begin, presentation: { plain: true, quiet: false, colourless: false } } as typeof begin, started('a'), printed('a', 'words\n')]);
  expect(belowHeader(screen)).toBe('┃  a ❯\n┃  words');
});
