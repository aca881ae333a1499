/** One moment by the clock that can be set, and by the one that only runs, from the boot on. */
export interface ClockReading {
  at: Date;
  boot: string;
  upSeconds: number;
}

/** Clocks are put right by minutes every day. */
const toleratedMs = 3_600_000;

/**
 * What time it would be had nobody put the clock forward since `last`. A clock that has leaped by days makes everything old
 * at once: whoever removes by age goes by this time, until the new one has held for as long as it takes until he comes again.
 * A clock that was put back makes nothing old, and is believed.
 */
export function continuedTime(last: ClockReading | null, here: ClockReading): Date {
  if (last === null || last.boot !== here.boot || here.upSeconds < last.upSeconds) return here.at; // nothing to compare with
  const expectedMs = last.at.getTime() + (here.upSeconds - last.upSeconds) * 1000;
  return here.at.getTime() - expectedMs > toleratedMs ? new Date(expectedMs) : here.at;
}
