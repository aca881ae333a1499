// Preloaded (`node --require`) into every daft of a trial: as it ends, it notes how much memory it has taken at most. Not
// getrusage(2): what that says of a child begins with the size of its parent.
'use strict';

const { appendFileSync, readFileSync } = require('node:fs');

const file = process.env.CHAOS_PEAKS;
if (file !== undefined && process.argv[1]?.endsWith('/daft.js') && process.argv[2] !== '__coordinator') {
  process.on('exit', () => {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'));
    appendFileSync(file, `${JSON.stringify({ command: process.argv.slice(2).join(' '), megabytes: Number(kilobytes) / 1024 })}\n`);
  });
}
