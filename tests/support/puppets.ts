/** Puppet jobs: programs that do nothing but what the test tells them, so that no test has to guess how long a job takes. */

import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { waitFor } from './wait';

const program = join(dirname(fileURLToPath(import.meta.url)), 'puppet-program.mjs');

/** One job under control. Each order first waits for the job to start, and is carried out when its promise resolves. */
export interface Puppet {
  readonly name: string;
  /** Resolves with the pid once the job runs. */
  started(): Promise<{ pid: number }>;
  readonly hasStarted: boolean;
  print(text: string): Promise<void>;
  printError(text: string): Promise<void>;
  /** Leaves a child in the same process group which sleeps, holding stdout and stderr. */
  fork(): Promise<{ pid: number }>;
  ignoreTermination(): Promise<void>;
  /** Stops itself (SIGSTOP); only SIGCONT or SIGKILL gets it further. */
  stop(): Promise<void>;
  /** The value of a variable of its environment, or undefined. */
  variable(name: string): Promise<string | undefined>;
  exit(code: number): Promise<void>;
  /** Resolves when its connection has closed: it is dead, by whatever hand. */
  gone(): Promise<void>;
}

export interface Theatre extends AsyncDisposable {
  /** Shell command that is the puppet of this name. The next start of a name that has ended is a new life of it. */
  commandFor(name: string): string;
  puppet(name: string): Puppet;
  /** Names in order of start, one per life. */
  readonly starts: readonly string[];
}

const hello = z.object({ hello: z.string(), pid: z.int() });
const answer = z.object({ done: z.string().optional() });

interface Life {
  socket: Socket;
  pid: number;
  answers: ((done: string | undefined) => void)[];
  over: boolean;
}

/** Opens a theatre whose socket lies in `directory`. Puppets still on stage when it closes exit with 99. */
export async function openTheatre(directory: string): Promise<Theatre> {
  const socketPath = join(directory, 'puppets.sock');
  const lives = new Map<string, Life[]>();
  const starts: string[] = [];

  const server = createServer((socket) => {
    let life: Life | undefined;
    // Killed in the middle of a line, a puppet takes its connection along: for us that is an end like any other.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (life === undefined) return;
      life.over = true;
      for (const resolve of life.answers.splice(0)) resolve(undefined);
    });
    createInterface({ input: socket }).on('line', (line) => {
      if (life === undefined) {
        const { hello: name, pid } = hello.parse(JSON.parse(line));
        life = { socket, pid, answers: [], over: false };
        lives.set(name, [...(lives.get(name) ?? []), life]);
        starts.push(name);
      } else {
        life.answers.shift()?.(answer.parse(JSON.parse(line)).done);
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });

  const currentLife = (name: string) => lives.get(name)?.at(-1);
  const onStage = (name: string) => waitFor(`the job '${name}' to start`, () => currentLife(name));
  const order = async (name: string, request: Readonly<Record<string, unknown>>) => {
    const life = await onStage(name);
    if (life.over) throw new Error(`the job '${name}' has ended already`);
    const carriedOut = new Promise<string | undefined>((resolve) => life.answers.push(resolve));
    life.socket.write(`${JSON.stringify(request)}\n`);
    return carriedOut;
  };

  return {
    commandFor: (name) => `exec node '${program}' '${socketPath}' '${name}'`,
    starts,
    puppet: (name) => ({
      name,
      started: async () => ({ pid: (await onStage(name)).pid }),
      get hasStarted() {
        return currentLife(name) !== undefined;
      },
      print: async (text) => void (await order(name, { print: text })),
      printError: async (text) => void (await order(name, { printError: text })),
      fork: async () => ({ pid: Number(await order(name, { fork: true })) }),
      ignoreTermination: async () => void (await order(name, { ignoreTermination: true })),
      stop: async () => void (await order(name, { stop: true })),
      variable: (variable) => order(name, { variable }),
      async exit(code) {
        const life = await onStage(name);
        void order(name, { exit: code });
        await waitFor(`the job '${name}' to exit`, () => life.over);
      },
      async gone() {
        const life = await onStage(name);
        await waitFor(`the job '${name}' to be gone`, () => life.over);
      },
    }),
    async [Symbol.asyncDispose]() {
      for (const life of [...lives.values()].flat()) life.socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
