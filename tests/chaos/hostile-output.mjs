// A job that prints what nobody would like to read: `node hostile-output.mjs <kind> <bytes> <seed> <file>`. Leaves the hash of
// all it has printed in `file`.

import { createHash } from 'node:crypto';
import { writeFileSync, writeSync } from 'node:fs';
import { randomOf } from './random.mjs';

const [kind, bytesText, seedText, file] = process.argv.slice(2);
const random = randomOf(Number(seedText));
const [esc, bel, st, csi] = ['\u001B', '\u0007', '\u001B\\', '\u009B'];

/** What a terminal obeys: titles, clipboard, cursor, screens, modes, answers that it types by itself, character sets. */
const commands = [
  `${esc}]0;owned${bel}`, `${esc}]2;owned${st}`, `${esc}]52;c;b3duZWQ=${bel}`, `${esc}]8;;http://owned${st}link${esc}]8;;${st}`, `${esc}]10;?${bel}`, `${esc}]1337;File=:AAAA${bel}`,
  `${esc}[2J`, `${esc}[3J`, `${esc}[H`, `${esc}[1;1H`, `${esc}[99A`, `${esc}[99B`, `${esc}[99D`, `${esc}[1K`, `${esc}[2L`, `${esc}[5S`, `${esc}[r`, `${esc}[s`, `${esc}[u`,
  `${esc}[?1049h`, `${esc}[?25l`, `${esc}[?1000h`, `${esc}[?2004h`, `${esc}[4h`, `${esc}[20h`, `${esc}[!p`, `${esc}[>4;2m`, `${esc}[?4m`, `${esc}[ q`, `${esc}[21t`,
  `${esc}[c`, `${esc}[>c`, `${esc}[5n`, `${esc}[6n`, `${esc}[0x`, `${esc}c`, `${esc}7`, `${esc}8`, `${esc}D`, `${esc}M`, `${esc}(0`, `${esc}#8`, `${esc}=`, `${esc}P+q544e${st}`,
  `${esc}Pq#0;2;0;0;0~-${st}`, `${esc}^owned${st}`, `${esc}_Gf=24;AAAA${st}`, `${esc}Xowned${st}`, `${csi}2J`, `${csi}H`, '\u009D0;owned\u009C', '\u0090q\u009C', '\u0084', '\u0085',
  bel, '\b', '\v', '\f', '\u000E', '\u000F', '\u0005', '\u007F', '\u0000', esc, `${esc}[`, `${esc}]0;no end`, `${esc}[12`, `${esc}${esc}[2J`, `${esc}[\n2J`, `${esc}[2\u0000J`,
];
const harmless = ['text', ' ', '\t', 'größe 行 🙂', `${esc}[31mred${esc}[0m`, `${esc}[1;38;5;208mbold${esc}[m`, `${esc}[38:2::1:2:3mcolour`, '\r', '\r\n', '\n', '\n', '10%\r20%\r'];

const kinds = {
  commands: () => Buffer.from(Array.from({ length: 200 }, () => random.pick(random.chance(0.5) ? commands : harmless)).join('')),
  binary: () => Buffer.from(Array.from({ length: 4096 }, () => random.below(256))),
  returns: () => Buffer.from('\r'.repeat(4096)),
  escapes: () => Buffer.from(random.pick([esc.repeat(4096), `${esc}]`.repeat(2048), `${esc}]0;${'x'.repeat(4096)}`, `${esc}[${'1'.repeat(4096)}`, `${esc}[${' '.repeat(4096)}`])),
  lines: () => Buffer.from(Array.from({ length: 1000 }, (_, i) => `line ${i} of a job that has a lot to say, ${'x'.repeat(random.below(80))}\n`).join('')),
  tiny: () => Buffer.from('y\n'.repeat(2048)),
  endless: () => Buffer.from('x'.repeat(65_536)),
};

const hash = createHash('sha256');
const pieces = Array.from({ length: 16 }, kinds[kind]);
for (let left = Number(bytesText); left > 0; ) {
  // Cut anywhere: the last of it is neither a line nor a whole sequence.
  const piece = random.pick(pieces).subarray(0, left);
  for (let at = 0; at < piece.length; ) at += writeSync(1, piece, at);
  hash.update(piece);
  left -= piece.length;
}
writeFileSync(file, hash.digest('hex'));
