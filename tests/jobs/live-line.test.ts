import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { LiveLine } from '../../src/output/jobs';

function openTerminal(columns: number) {
  const terminal = Object.assign(new PassThrough(), { columns });
  return { terminal, written: () => String(terminal.read() ?? '') };
}

test('is as long as the terminal is wide now, and leaves no row behind where it has become narrower', () => {
  const { terminal, written } = openTerminal(40);
  using line = new LiveLine(terminal, { drawn: true });
  line.show('w'.repeat(50));
  expect(written()).toBe(`\u001B[2K\r${'w'.repeat(38)}…`);
  terminal.columns = 20;
  line.interrupt(() => terminal.write('printed\n'));
  expect(written()).toBe(`\u001B[2K\r\u001B[1A\u001B[Jprinted\n\u001B[2K\r${'w'.repeat(18)}…`);
  terminal.columns = 60;
  line.interrupt(() => terminal.write('printed\n'));
  expect(written()).toBe(`\u001B[2K\rprinted\n\u001B[2K\r${'w'.repeat(50)}`);
  line.clear();
  expect(written()).toBe('\u001B[2K\r');
});

test('is not drawn where there is no terminal', () => {
  const { terminal, written } = openTerminal(40);
  using line = new LiveLine(terminal, { drawn: false });
  line.show('waiting');
  line.interrupt(() => terminal.write('printed\n'));
  expect(written()).toBe('printed\n');
});
