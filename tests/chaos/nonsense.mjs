// Lines that are no request of the protocol, whatever they look like.

import { isJson } from './wreckage.mjs';

const words = ['ListJobs', 'CancelAll', 'Shutdown', 'Ping', 'Drain'];
const objects = [
  { CancelJob: { name: 'steady' } },
  { CancelMatching: { worktree: 'main', kill: true } },
  { Wake: { invocation_id: '0123456789abcdef' } },
  { CancelJob: { name: 'steady', invocation_id: '0123456789abcdef', kill: false } },
];
const json = (value) => JSON.stringify(value);

const wrongShapes = [
  ...[null, true, 7, -0.5, '', [], {}, [[]], 'ping', 'Ping ', ['Ping'], { Ping: null }, { Shutdown: {} }, { CancelAll: true }].map(json),
  ...[{ CancelJob: null }, { CancelJob: 'steady' }, { CancelJob: ['steady'] }, { CancelJob: { name: 7 } }, { CancelJob: { name: ['steady'] } }, { CancelJob: {} }].map(json),
  ...[{ CancelMatching: [] }, { CancelMatching: 'all' }, { CancelMatching: { kill: 'yes' } }, { CancelMatching: { older_than_secs: '0' } }, { CancelMatching: { worktree: null } }].map(json),
  ...[{ CancelMatching: { worktre: 'main' } }, { Wake: { invocation_id: '../../0123456789ab' } }, { Wake: { invocation_id: 7 } }, { Wake: null }, { Wake: {}, CancelJob: { name: 'steady' } }].map(json),
  '{"__proto__":{"CancelJob":{"name":"steady"}}}',
  '{"constructor":{"prototype":{"Wake":{}}}}',
  '{"CancelJob":{"__proto__":{"name":"steady"}}}',
];

/** Bytes of one line, without its newline; none of the lines is longer than a request may be. */
export function nonsense(random) {
  switch (random.below(8)) {
    case 0:
      return Buffer.from(random.pick(wrongShapes));
    case 1:
      return Buffer.from(json({ [word(random)]: {} }));
    case 2:
      return Buffer.from(json(word(random)));
    case 3: // no UTF-8, now and then within what would be a request
      return Buffer.concat([Buffer.from(random.chance(0.5) ? '"Pin' : ''), Buffer.from(Array.from({ length: 1 + random.below(400) }, () => 0x80 + random.below(128))), Buffer.from('g"')]);
    case 4: // from 17 digits on, a number is no integer that could be told from its neighbours
      return Buffer.from(`{"CancelMatching":{"older_than_secs":${random.pick(['1e308', '1e999', '-1e999', '0.5', '-', '9'.repeat(17 + random.below(60_000))])}${random.chance(0.5) ? '}}' : '.5}}'}`);
    case 5: {
      const [open, close] = random.pick([['[', ']'], ['{"Dance":', '}'], ['{"CancelJob":{"name":', '}}']]);
      const depth = 2 + random.below(Math.floor(60_000 / (open.length + close.length)));
      return Buffer.from(open.repeat(depth) + (random.chance(0.5) ? `7${close.repeat(depth)}` : ''));
    }
    case 6:
      return Buffer.from(Array.from({ length: random.below(2000) }, () => byteBut(random, 0x0a)));
    default:
      return broken(random);
  }
}

function word(random) {
  return `${random.pick(words)}${random.pick(['s', '!', ' ', '\u0000', '\u202E'])}`;
}

function byteBut(random, forbidden) {
  const byte = random.below(256);
  return byte === forbidden ? 0 : byte;
}

/** A request with some of its bytes changed, so that it is none any more. */
function broken(random) {
  for (;;) {
    const bytes = Buffer.from(json(random.pick([...words, ...objects])));
    for (let changes = 1 + random.below(4); changes > 0; changes -= 1) bytes[random.below(bytes.length)] = byteBut(random, 0x0a);
    const cut = random.chance(0.3) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
    if (!isJson(cut.toString())) return cut;
  }
}
