/** setTimeout(3) of Node fires at once when its delay does not fit into 31 bits. */
const longestMs = 2 ** 31 - 1;

/** Calls `act` once after `ms` of the monotonic clock, however long that is. */
export function after(ms: number, act: () => void): Disposable {
  const deadline = performance.now() + ms;
  let timer: NodeJS.Timeout;
  const arm = () => {
    const leftMs = deadline - performance.now();
    timer = setTimeout(leftMs > longestMs ? arm : act, Math.min(Math.max(leftMs, 0), longestMs));
  };
  arm();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
