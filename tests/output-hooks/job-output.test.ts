import { expect, test } from 'vitest';
import { JobOutput } from '../../src/output/hooks/job-output';

function readBack(output: JobOutput): string {
  return Buffer.concat(Array.from(output.read(), (piece) => Buffer.from(piece))).toString();
}

test.each([
  ['little', 3],
  ['more than is kept in memory', 5000],
])('%s comes back byte by byte, out of a buffer that was used again', (_, count) => {
  using output = new JobOutput();
  expect(output.empty).toBe(true);
  const buffer = Buffer.alloc(100);
  let expected = '';
  for (let i = 0; i < count; i += 1) {
    buffer.fill(' ').write(`line ${i}`);
    output.append(buffer);
    expected += buffer.toString();
  }
  expect(output.empty).toBe(false);
  expect(readBack(output) === expected).toBe(true); // not printed when it is not
});

test('where no file can be made, memory has to do', () => {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = '/nonexistent';
  try {
    using output = new JobOutput();
    const piece = Buffer.alloc(100_000, 'x');
    for (let i = 0; i < 5; i += 1) output.append(piece);
    expect(readBack(output)).toBe('x'.repeat(500_000));
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});
