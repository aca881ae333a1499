#!/usr/bin/env node
// The launcher: answers --version, finds the bundle beside its own real path, and loads the one entry that is asked for.
// Plain CommonJS without a build, so that it can say what to do when there is none.
'use strict';

const { lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, unlinkSync, writeFileSync, writeSync } = require('node:fs');
const { dirname, join } = require('node:path');

const root = dirname(__dirname);
const dist = join(root, 'dist');
const [, startedAs, ...argv] = process.argv;
// What the link was called, not what it points to: one program, many names.
const isDaft = /(?:^|\/)(?:git-)?daft(?:\.[cm]?js)?$/.test(startedAs);

if (isDaft && (argv[0] === '--version' || argv[0] === '-V')) printVersion();
else if (isDaft && argv[0] === '__complete') complete(argv.slice(1));
else if (isDaft && argv[0] === '-C' && argv[2] === '__complete') complete(argv.slice(3), argv[1]);
else if (isDaft && argv[0] === '__coordinator') enter('coordinator')?.main(argv.slice(1), process.env);
else enter('main')?.main({ startedAs, argv, script: __filename });

function printVersion() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  try {
    // process.stdout would cost as much again as all of this.
    writeSync(1, `daft ${version}\n`);
  } catch (error) {
    if (error.code !== 'EPIPE') throw error;
  }
}

/** @param {string} [place] where the line that is being completed goes to with its -C */
function complete(args, place = '') {
  try {
    if (place !== '') process.chdir(place);
  } catch {
    return; // nothing can be told of a place that is not there
  }
  enter('complete')?.main(args, process.env);
}

/** The exports of an entry of the bundle; undefined, and said so, if it has not been built. */
function enter(name) {
  let entries;
  try {
    ({ entries } = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    process.stderr.write(`daft has not been built yet. Build it with:\n\n    cd ${root} && npm ci\n`);
    process.exitCode = 1;
    return undefined;
  }
  return createLoader()(entries[name]);
}

/** Loads chunks of the bundle together with the code V8 compiled from them before. */
function createLoader() {
  const directory = codeCacheDirectory();
  // Earlier versions cannot do it, and take half a millisecond to say so.
  const { enableCompileCache } = parseInt(process.versions.node, 10) >= 22 ? require('node:module') : {};
  if (enableCompileCache) {
    if (directory) enableCompileCache(directory);
    return (name) => require(join(dist, name));
  }
  return createCachingLoader(directory);
}

/** Undefined where there is no place for it: then everything works, a little later. */
function codeCacheDirectory() {
  const { XDG_CACHE_HOME, HOME } = process.env;
  const base = XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : HOME?.startsWith('/') && join(HOME, '.cache');
  return base ? join(base, 'daft', 'code') : undefined;
}

/** What Node does by itself from 22.8 on. */
function createCachingLoader(directory) {
  const { Script } = require('node:vm');
  const loaded = new Map();
  const compiled = [];
  const trusted = directory !== undefined && isPrivate(directory);

  function load(name) {
    const known = loaded.get(name);
    if (known) return known.exports;
    const chunk = { exports: {} };
    loaded.set(name, chunk);
    const filename = join(dist, name);
    const cachedData = trusted ? readCode(cachePath(directory, name)) : undefined;
    const source = readFileSync(filename, 'utf8');
    const script = new Script(`(function (exports, require, module, __filename, __dirname) { ${source}\n})`, { filename, cachedData });
    if (cachedData === undefined || script.cachedDataRejected) compiled.push({ name, script });
    script.runInThisContext().call(chunk.exports, chunk.exports, requireFromChunk, chunk, filename, dist);
    return chunk.exports;
  }
  function requireFromChunk(id) {
    return id.startsWith('./') ? load(id.slice(2)) : require(id);
  }

  // At the end, when V8 has compiled what the command really used.
  if (directory !== undefined) {
    process.once('exit', () => {
      if (compiled.length > 0) keepCode(directory, compiled);
    });
  }
  return load;
}

/** V8 runs what it finds there: nobody else may be able to write it. */
function isPrivate(directory) {
  try {
    const { mode, uid } = lstatSync(directory);
    return uid === process.getuid() && (mode & 0o077) === 0;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EACCES') return false;
    throw error;
  }
}

// The name of a chunk contains a hash of its content. V8 refuses data of another version or other flags by itself.
function cachePath(directory, name) {
  return join(directory, `${name}-${process.version}-${process.arch}`);
}

// V8 in Node 20 crashes on a flipped byte. The data lies in the file twice: comparing two halves is one call of memcmp,
// where a checksum would cost a module or a loop that nobody has compiled yet.
function readCode(path) {
  let file;
  try {
    file = readFileSync(path);
  } catch {
    return undefined; // no cache is no error, whatever the reason
  }
  const half = file.length / 2;
  const data = file.subarray(0, half);
  return half > 0 && Number.isInteger(half) && data.equals(file.subarray(half)) ? data : undefined;
}

function keepCode(directory, compiled) {
  try {
    makeDirectory(directory);
    if (!isPrivate(directory)) return;
    for (const { name, script } of compiled) {
      const data = script.createCachedData();
      const path = cachePath(directory, name);
      const temporary = `${path}.${process.pid}`;
      writeFileSync(temporary, Buffer.concat([data, data]), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, path);
    }
    forgetOldCode(directory);
  } catch {
    // A full disk, a read-only home: the next start compiles again.
  }
}

// Not `recursive`: where a parent exists and still nothing can be made in it (/proc), Node 20 tries for ever.
function makeDirectory(directory) {
  const daft = dirname(directory);
  for (const path of [dirname(daft), daft, directory]) {
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

function forgetOldCode(directory) {
  const monthAgo = Date.now() - 30 * 24 * 60 * 60 * 1000;
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const { mtimeMs } = statSync(path);
    if (mtimeMs < monthAgo) unlinkSync(path);
  }
}
