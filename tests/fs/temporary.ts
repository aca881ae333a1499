import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory for one test, symlink-free and removed at its end. */
export function temporaryDirectory(): { readonly path: string } & Disposable {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'daft-test-')));
  return {
    path,
    [Symbol.dispose]() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Asks for a fault for the rest of a scope, as DAFT_FAULT does for a process. */
export function withFault(request: string): Disposable {
  process.env['DAFT_FAULT'] = request;
  return {
    [Symbol.dispose]() {
      delete process.env['DAFT_FAULT'];
    },
  };
}
