import { isErrno, moveToTrash, writeFileAtomic, type Content } from '../fs';

/** Replaces a file of the store. A directory that has its name is nobody's, and would keep the store from ever being right again. */
export function replaceFile(path: string, content: Content): void {
  try {
    writeFileAtomic(path, content);
  } catch (error) {
    if (!isErrno(error, 'EISDIR')) throw error;
    moveToTrash(path); // the clean-up deletes it
    writeFileAtomic(path, content);
  }
}
