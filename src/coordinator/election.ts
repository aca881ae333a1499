import { chmodSync, linkSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fault } from '../fault';
import { isErrno, isOurs, randomBytes, removeFile, sha256 } from '../fs';
import type { Store } from '../logstore';
import { exchange } from './client/exchange';
import { isPrivateDirectory, ownUid, socketPlaces } from './client/socket-path';

export type Election =
  | { kind: 'elected'; seat: Seat }
  /** Somebody lives, and has been woken unless he did not answer. */
  | { kind: 'lost' }
  /** No socket can be bound anywhere, or whoever is about to make room for one does not move. */
  | { kind: 'no-socket'; because: Error };

/** The public socket of a repository, as long as it is ours. */
export class Seat {
  readonly path: string;
  readonly #server: Server;
  readonly #inode: Inode;

  constructor(path: string, server: Server, inode: Inode) {
    this.path = path;
    this.#server = server;
    this.#inode = inode;
  }

  /** False once the socket was deleted, or somebody else has the name. */
  isOurs(): boolean {
    return isSame(readInode(this.path), this.#inode);
  }

  /** Gives the name back and resolves when every connection that was accepted has been served. */
  async giveUp(): Promise<void> {
    // The name goes first: once nobody listens behind it, it is a successor's to take over, and then not ours to unlink.
    if (this.isOurs()) discard(this.path);
    if (DAFT_FAULTS) fault('seat: name given back');
    await close(this.#server);
  }
}

/** How long a loser waits for the winner to answer its Wake. */
const wakeWithinMs = 1_000;
const retryAfterMs = 5;
/** One who is taking over has two system calls to make. Who is silent twice as long as this, and still at it, has been stopped. */
const takeoverWithinMs = 700;

/**
 * Runs for coordinator of the repository (jobs.md 6.2). At most one process owns the public socket, however many run at
 * the same time and wherever they are killed. What connects before the end of the election is served by `server`.
 *
 * @param server not listening yet; unless elected it does not listen afterwards either, but may have connections
 */
export async function elect(store: Store, server: Server): Promise<Election> {
  let because = new Error('no path for a socket');
  for (const path of usablePaths(store)) {
    const privatePath = join(dirname(path), `.coordinator-${randomBytes(12).toString('hex')}`);
    try {
      await listen(server, privatePath);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      because = error; // a file system without sockets, or full
      continue;
    }
    if (DAFT_FAULTS) fault('election: private socket');
    try {
      const inode = readInode(privatePath);
      if (inode?.mayAnswer === false) throw Object.assign(new Error('EPERM: sockets that are made here belong to somebody else'), { code: 'EPERM' });
      const end = inode === undefined ? 'lost' : await campaign(privatePath, path);
      if (inode !== undefined && end === 'won') {
        if (DAFT_FAULTS) fault('election: won');
        return { kind: 'elected', seat: new Seat(path, server, inode) };
      }
      if (end === 'held-up') {
        server.close();
        return { kind: 'no-socket', because: new Error('somebody who takes over the name of a dead coordinator does not answer') };
      }
    } catch (error) {
      if (!isErrno(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EISDIR', 'EIO', 'EMFILE', 'ENFILE')) throw error;
      because = error; // a file system without hard links, or full
      server.close(); // whoever got in is sent away by the caller: nobody waits for them here
      continue;
    } finally {
      discard(privatePath);
    }
    server.close();
    return { kind: 'lost' };
  }
  return { kind: 'no-socket', because };
}

/** Links the private socket to the public name, or finds out who may; 'held-up' if that one has been stopped before he did. */
async function campaign(privatePath: string, publicPath: string): Promise<'won' | 'lost' | 'held-up'> {
  for (;;) {
    if (linkUnlessExists(privatePath, publicPath) === 'linked') return 'won';
    const holder = readInode(publicPath);
    if (holder === undefined) continue;
    switch (holder.mayAnswer ? await callOn(publicPath, wakeWithinMs) : 'dead') {
      case 'lives':
      case 'silent': // a non-answer is not a no, and commands find out by themselves that nobody answers here
        return 'lost';
      case 'gone':
        break;
      case 'dead': {
        // Only if both looks saw the same inode was it that one which refused.
        if (!isSame(readInode(publicPath), holder)) break;
        const end = await takeOver(privatePath, { publicPath, dead: holder });
        if (end !== 'name-is-free') return end;
      }
    }
  }
}

/**
 * Removes the name of a dead socket. Of all who see it dead, one links itself to the takeover name, and it alone unlinks
 * the public one; if that one dies too, the next generation of the takeover name decides. The dead inode never comes back
 * to the public name, so whoever is late finds another one there and leaves it alone. One that is stopped in between is not
 * dead: nobody gets the name before he goes on, and coordinators do without.
 */
async function takeOver(privatePath: string, { publicPath, dead }: { publicPath: string; dead: Inode }): Promise<'name-is-free' | 'lost' | 'held-up'> {
  let silences = 0;
  for (let generation = 0; ; ) {
    const takeover = join(dirname(publicPath), takeoverName(publicPath, dead, generation));
    if (linkUnlessExists(privatePath, takeover) === 'linked') {
      if (DAFT_FAULTS) fault('election: takeover won');
      try {
        if (isSame(readInode(publicPath), dead)) unlinkSync(publicPath);
        if (DAFT_FAULTS) fault('election: dead name removed');
      } finally {
        discard(takeover); // ours, and its purpose is served: the dead inode has no name any more
      }
      return 'name-is-free';
    }
    switch (await callOn(takeover, takeoverWithinMs)) {
      case 'lives':
        return 'lost';
      case 'silent':
        // Slow, as many are who start at once, or stopped? The slow one has gone on when we look again.
        silences += 1;
        if (silences > 1) return 'held-up';
        break;
      case 'gone':
        // It has done its work, or gave up: the public name tells.
        if (!isSame(readInode(publicPath), dead)) return 'name-is-free';
        break;
      case 'dead':
        generation += 1;
    }
  }
}

/** Wakes whoever listens on `path`; 'silent' accepts and does not answer in time. */
async function callOn(path: string, withinMs: number): Promise<'lives' | 'silent' | 'gone' | 'dead'> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { kind } = await exchange(path, { Wake: {} }, { timeoutMs: withinMs });
    switch (kind) {
      case 'answered':
        return 'lives';
      case 'unresponsive':
        return 'silent';
      case 'refused':
        return 'dead';
      case 'missing':
        return 'gone';
      case 'closed':
        await delay(retryAfterMs);
        return 'gone';
      case 'busy':
        if (performance.now() > deadline) return 'silent';
        await delay(retryAfterMs);
    }
  }
}

interface Inode {
  /** A socket of ours. A link, or the socket of another user, is nobody's whom we would believe. */
  mayAnswer: boolean;
  dev: bigint;
  ino: bigint;
  /** Set when the socket was bound, and by nothing later: inode numbers are used again. */
  mtimeNs: bigint;
}

function readInode(path: string): Inode | undefined {
  try {
    const found = lstatSync(path, { bigint: true });
    const { dev, ino, mtimeNs } = found;
    return { mayAnswer: found.isSocket() && isOurs({ uid: Number(found.uid) }), dev, ino, mtimeNs };
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

function isSame(a: Inode | undefined, b: Inode): boolean {
  return a !== undefined && a.dev === b.dev && a.ino === b.ino && a.mtimeNs === b.mtimeNs;
}

/** Removes a name of ours. One that cannot be removed is dead as soon as we are: a successor takes it over, or the clean-up. */
function discard(path: string): void {
  try {
    removeFile(path);
  } catch (error) {
    if (!isErrno(error, 'EROFS', 'EACCES', 'EPERM', 'EIO', 'ENOSPC', 'EMFILE', 'ENFILE')) throw error;
  }
}

/** No longer than the shortest public name, so that it fits wherever that does. */
function takeoverName(publicPath: string, { dev, ino, mtimeNs }: Inode, generation: number): string {
  const digest = sha256(`${publicPath} ${dev} ${ino} ${mtimeNs} ${generation}`);
  return `.coordinator-${digest.slice(0, 24)}`;
}

function* usablePaths(store: Store): Generator<string> {
  const uid = ownUid();
  const { normal, fallback } = socketPlaces(store, uid);
  if (normal !== undefined) yield normal;
  try {
    mkdirSync(fallback.directory, { mode: 0o700 });
  } catch (error) {
    if (!isErrno(error, 'EEXIST', 'EACCES', 'EROFS', 'ENOSPC', 'ENOENT')) throw error;
  }
  if (isPrivateDirectory(fallback.directory, uid)) yield fallback.path;
}

function linkUnlessExists(from: string, to: string): 'linked' | 'exists' {
  try {
    linkSync(from, to);
    return 'linked';
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return 'exists';
    throw error;
  }
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    if (DAFT_FAULTS) fault('election: before socket');
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  chmodSync(path, 0o600); // bind(2) gives what the umask leaves, execute bits included
}

/** Stops listening; resolves when the connections that were accepted have ended. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
