const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const everyMs = 80;

/** The frame of a spinner that has been turning for so long; spinners of one region turn together. */
export function spinnerFrame(elapsedMs: number): string {
  return frames[Math.floor(elapsedMs / everyMs) % frames.length]!;
}
