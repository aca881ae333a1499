import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Request } from '../../src/coordinator/protocol';
import { type Answerer, createRequestServer } from '../../src/coordinator/server';

let directory: string;
let path: string;
let received: Request[];
/** Until it is called, 'ListJobs' is not answered. */
let answerLists: () => void;
/** How many have left that have sent 'CancelAll'. */
let left: number;
let server: ReturnType<typeof createRequestServer>;
const clients: Socket[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daft-server-'));
  path = join(directory, 's.sock');
  received = [];
  const mayList = new Promise<void>((resolve) => {
    answerLists = resolve;
  });
  left = 0;
  const answer: Answerer = async (request, client) => {
    received.push(request);
    if (request === 'Drain') throw new Error('a defect');
    if (request === 'ListJobs') await mayList;
    if (request === 'CancelAll') void client.leaves().then(() => (left += 1));
    return { Ack: { message: 'heard' } };
  };
  server = createRequestServer(answer, pino({ enabled: false }), { lingerMs: 60_000 });
  server.listen(path);
  await once(server, 'listening');
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  server.close();
  await once(server, 'close');
  rmSync(directory, { recursive: true });
});

async function connected(): Promise<Socket> {
  const client = connect(path);
  clients.push(client);
  client.on('error', () => {}); // being dropped is what some tests wait for
  await once(client, 'connect');
  return client;
}

/** All that arrives until the server closes. */
async function rest(client: Socket): Promise<string> {
  let text = '';
  client.on('data', (chunk) => (text += chunk.toString()));
  await new Promise((resolve) => client.once('close', resolve)); // events.once would reject on the reset of a dropped one
  return text;
}

async function say(text: string): Promise<string> {
  const client = await connected();
  client.write(text);
  return rest(client);
}

const heard = '{"Ack":{"message":"heard"}}\n';
const invalid = '{"Error":{"message":"Invalid request"}}\n';

describe('one request, one response, then the connection closes', () => {
  test.each([
    ['a bare word', '"Ping"\n', heard],
    ['an object', '{"CancelJob":{"name":"build"}}\n', heard],
    ['an unknown field in it', '{"CancelJob":{"name":"build","colour":"red"}}\n', heard],
    ['text behind the line', '"Ping"\n"Ping"\n', heard],
    ['a word that is none of ours', '"Dance"\n', invalid],
    ['a way out of the store', '{"Wake":{"invocation_id":"../other/0123456789abcdef"}}\n', invalid],
    ['two keys', '{"Wake":{},"CancelJob":{"name":"a"}}\n', invalid],
    ['a filter that is not understood whole', '{"CancelMatching":{"worktre":"main"}}\n', invalid],
    ['a key without what it needs', '{"CancelJob":{}}\n', invalid],
    ['no JSON', 'GET / HTTP/1.1\n', invalid],
    ['an empty line', '\n', invalid],
    ['a nest of 60,000 brackets', `${'['.repeat(60_000)}\n`, invalid],
    ['a line of 64 KiB', `${'x'.repeat(64 * 1024)}\n`, ''],
    ['the longest line that is allowed', `{"CancelJob":{"name":"${'x'.repeat(64 * 1024 - 28)}"}}\n`, heard],
  ])('%s', async (_name, request, response) => {
    expect(await say(request)).toBe(response);
    expect(received.length).toBe(response === heard ? 1 : 0);
  });
});

test('a request may arrive byte by byte', async () => {
  const client = await connected();
  for (const byte of '{"Wake":{}}\n') client.write(byte);
  expect(await rest(client)).toBe(heard);
});

test('a client that closes its side after the request still gets the answer', async () => {
  const client = connect({ path, allowHalfOpen: true });
  clients.push(client);
  client.end('"Ping"\n');
  expect(await rest(client)).toBe(heard);
});

test('a client that leaves before its line is complete disturbs nobody', async () => {
  const client = await connected();
  client.end('"Pi');
  await once(client, 'close');
  expect(await say('"Ping"\n')).toBe(heard);
});

test('a request that fails is answered with the reason, and the others are served', async () => {
  expect(await say('"Drain"\n')).toBe('{"Error":{"message":"a defect"}}\n');
  expect(await say('"Ping"\n')).toBe(heard);
});

test('silent clients are dropped after two seconds, slow ones after five, and others are served meanwhile', async () => {
  const begin = performance.now();
  const silent = await connected();
  const slow = await connected();
  slow.write('"');
  expect(await say('"Ping"\n')).toBe(heard);
  await once(silent.resume(), 'close');
  expect(performance.now() - begin).toBeGreaterThan(1900);
  await once(slow.resume(), 'close');
  expect(performance.now() - begin).toBeGreaterThan(4900);
});

async function guests(count: number): Promise<Socket[]> {
  const all: Socket[] = [];
  for (let i = 0; i < count; i += 1) all.push(await connected());
  return all;
}

test('where 64 sit, the one that has been silent for longest makes room for the next', async () => {
  const [first, second] = (await guests(64)) as [Socket, Socket];
  const firstIsGone = rest(first);
  expect(await say('"Ping"\n')).toBe(heard);
  expect(await firstIsGone).toBe('');
  second.write('"Ping"\n');
  expect(await rest(second)).toBe(heard);
});

test('who has said what he wants keeps his place: where 64 wait for an answer, the next is turned away', async () => {
  const waiting = await guests(64);
  for (const guest of waiting) guest.write('"ListJobs"\n');
  await expect.poll(() => received.length).toBe(64);
  expect(await say('"Ping"\n')).toBe('');
  const answers = waiting.map(rest);
  answerLists();
  expect(await Promise.all(answers)).toEqual(waiting.map(() => heard));
  expect(await say('"Ping"\n')).toBe(heard);
});

describe('whose leaving is waited for', () => {
  test('gets the answer at once, and is seen to leave', async () => {
    const client = await connected();
    client.write('"CancelAll"\n');
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toBe(heard);
    expect(await say('"Ping"\n')).toBe(heard);
    expect(left).toBe(0);
    client.destroy();
    await expect.poll(() => left).toBe(1);
  });

  test('has left when its side is closed', async () => {
    const client = connect({ path, allowHalfOpen: true });
    clients.push(client);
    client.end('"CancelAll"\n');
    expect(await rest(client)).toBe(heard);
    expect(left).toBe(1);
  });

  test('counts as gone after a while', async () => {
    const hasty = createRequestServer(async (_, client) => (void client.leaves(), { Ack: { message: 'heard' } }), pino({ enabled: false }), { lingerMs: 1 });
    hasty.listen(`${path}-2`);
    await once(hasty, 'listening');
    const client = connect(`${path}-2`);
    client.write('"CancelAll"\n');
    expect(await rest(client)).toBe(heard);
    hasty.close();
  });

  test('makes room where 64 sit, for who comes', async () => {
    const staying = await guests(64);
    for (const guest of staying) guest.write('"CancelAll"\n');
    await Promise.all(staying.map((guest) => once(guest, 'data')));
    expect(await say('"Ping"\n')).toBe(heard);
    await expect.poll(() => left).toBe(1);
  });
});
