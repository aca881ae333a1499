// Loaded into every node of a trial (NODE_OPTIONS=--require …) before anything else: the system clock as if somebody had set
// it. CHAOS_CLOCK names a file with lines `<true time in ms> <offset in ms>`: from that moment on, the clock was off by that
// much. Times of files, which the kernel takes from the same clock, and the boot time are shown as they would be.

const fs = require('node:fs');

const { readFileSync, utimesSync } = fs;
const trueNow = Date.now;
let steps = [];
let readAt = -Infinity;

function currentSteps() {
  if (performance.now() - readAt > 5) {
    readAt = performance.now();
    steps = readFileSync(process.env.CHAOS_CLOCK, 'latin1').split('\n').filter(Boolean).map((line) => line.split(' ').map(Number));
  }
  return steps;
}

/** By how much the clock was off at a true time. */
function offsetAt(trueMs) {
  return currentSteps().findLast(([from]) => from <= trueMs)?.[1] ?? 0;
}

const now = () => trueNow() + offsetAt(trueNow());

class ShiftedDate extends Date {
  constructor(...values) {
    if (values.length === 0) super(now());
    else super(...values);
  }

  static now() {
    return now();
  }

  static [Symbol.hasInstance](value) {
    return Object.prototype.toString.call(value) === '[object Date]';
  }
}
globalThis.Date = ShiftedDate;

for (const name of ['statSync', 'lstatSync', 'fstatSync']) {
  const look = fs[name];
  fs[name] = (...args) => {
    const found = look(...args);
    if (found === undefined) return found;
    const offset = offsetAt(Number(found.mtimeMs));
    if (typeof found.mtimeMs === 'bigint') {
      found.mtimeMs += BigInt(offset);
      found.mtimeNs += BigInt(offset) * 1_000_000n;
    } else found.mtimeMs += offset;
    found.mtime = new Date(Number(found.mtimeMs));
    return found;
  };
}

fs.utimesSync = (path, atime, mtime) => {
  const shown = mtime instanceof Date ? mtime.getTime() : Number(mtime) * 1000;
  const step = currentSteps().findLast(([from, offset]) => from <= shown - offset);
  utimesSync(path, atime, new Date(shown - (step?.[1] ?? 0)));
};

fs.readFileSync = (path, ...more) => {
  const text = readFileSync(path, ...more);
  return path === '/proc/stat' ? text.replace(/^btime (\d+)$/m, (_, seconds) => `btime ${Number(seconds) + Math.round((now() - trueNow()) / 1000)}`) : text;
};
