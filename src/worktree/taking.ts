import { rmSync } from 'node:fs';

/** What a failure takes back; nothing any more once the new repository has become the user's. */
export class Taking {
  constructor(private readonly paths: string[]) {}

  add(path: string): void {
    this.paths.push(path);
  }

  keep(): void {
    this.paths.length = 0;
  }

  back(): void {
    // Retries: a git that was interrupted may still be tidying up in there.
    for (const path of this.paths.splice(0)) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
