import { DaftError } from '../daft-error';
import { isSystemError, LockTimeout } from '../fs';

/** Makes a change of one of our own files. Throws DaftError with `failure` and the reason where it cannot be written. */
export async function saving<T>(failure: string, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!isSystemError(error) && !(error instanceof LockTimeout)) throw error;
    throw new DaftError(`${failure}: ${error.message}`);
  }
}
