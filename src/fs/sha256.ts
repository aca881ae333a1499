/** SHA-256 of a text in UTF-8, as 64 hex digits. */
export function sha256(text: string): string {
  // Not imported: node:crypto takes 2 ms to load, and few commands meet a name that has to be cut, or a dead holder of a lock.
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
}
