// Bundles src/ into CommonJS chunks: one per entry and per import() boundary, so that a command loads its own code only.
//
//   node scripts/build.mjs          dist/: what is shipped, fault points compiled away; dist/daft.schema.json, the JSON
//                                   schema of daft.yml, from the schema that reads it; THIRD-PARTY-NOTICES
//   node scripts/build.mjs --test   also dist-test/: a whole package, with bin/daft.js and fault points, for the tests, and
//                                   the code that V8 has compiled of it, in dist-test/cache

import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { writeNotices } from './notices.mjs';
import { warm } from './warm.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const schemaFile = 'daft.schema.json';

const entries = {
  main: join(root, 'src/cli/main.ts'),
  complete: join(root, 'src/shell/complete.ts'),
  coordinator: join(root, 'src/coordinator/main.ts'),
};

/** Returns the chunks, as rolldown describes them. @param {{ faults: boolean }} options */
async function bundle({ faults }) {
  const build = await rolldown({
    input: entries,
    cwd: root,
    platform: 'node',
    tsconfig: join(root, 'tsconfig.json'),
    transform: {
      target: 'node20.19',
      define: { DAFT_FAULTS: String(faults), DAFT_VERSION: JSON.stringify(version), DAFT_GRAMMAR: JSON.stringify(grammarHash()) },
    },
    checks: { circularDependency: true },
    onLog(level, log, handle) {
      const foreign = log.code === 'CIRCULAR_DEPENDENCY' && log.message.includes('node_modules/');
      if (!foreign) handle(level, log); // how a package arranges itself is its own business
    },
    // Importing a module of ours does nothing else, so that one name of a room's face does not bring the whole room.
    treeshake: { moduleSideEffects: (id) => (id.startsWith(join(root, 'src/')) ? false : undefined) },
    plugins: [{ name: 'heavy-when-used', renderChunk: requireHeavyWhenUsed }],
  });
  try {
    const { output } = await build.generate({
      format: 'cjs',
      entryFileNames: '[name]-[hash].js',
      chunkFileNames: '[name]-[hash].js',
      exports: 'named',
      minify: 'dce-only',
      codeSplitting: { groups: chunkGroups },
    });
    return output;
  } finally {
    await build.close();
  }
}

/**
 * What stays together. Left alone, modules become a chunk for each set of commands that shares them: many small files, each
 * of which takes as long to read as a large one. Who needs a part of such a group needs most of it, or is not in a hurry. What
 * is further up comes along with nothing further down.
 */
const chunkGroups = [
  ['fs', /src\/(fs\/|fault\.ts|daft-error\.ts|process\/quote\.ts)|@oxc-project\+runtime/], // what the compiler puts in for `using` is nobody's in particular
  ['process', /src\/process\//],
  ['git', /src\/git\//],
  ['settings', /src\/config\/(settings|units|directories|daft-yml\/hook-names)\.ts/],
  ['config', /src\/config\/(?!grammar\/)/],
  ['logstore', /src\/logstore\//],
  ['cli', /src\/(cli\/(command-line|context|parse|routing|shortcuts|similar|structured-output|usage-error|usage-line|commands\/hooks-jobs-options)|output\/(colour|held-text|pager|printable|structured\/(delimited|format|markdown|plain-text|shapes|variables)))\.ts/],
  ['messages', /src\/(cli\/command-messages|output\/(control-sequences|messages|spinner|live\/[\w-]+))\.ts|node_modules\/fast-string-/],
  ['coordinator-client', /src\/coordinator\/client\//],
  ['schedule', /src\/hooks\/schedule\//],
  ['hooks', /src\/(hooks\/(enabled|fire|firing|gate|place|scripts|slug|trust|types)\.ts|output\/hooks\/|cli\/(worktree-command|hook-services|untrusted-notice|read-line|destination|exec-after|hints)\.ts)/],
  ['hook-jobs', /src\/hooks\/(?!validation\/|survey|preview|trust-book|move)/],
  ['reconcile', /src\/jobs\/reconcile\//],
  ['cancelling', /src\/(jobs\/(active|cancel|cancel-on-removal|survivors|types)|cli\/job-cancelling|output\/jobs\/removal)\.ts/],
  ['branches', /src\/worktree\/(branches|canonical-path|empty-parents|half-way\/index|is-dirty|names|request-form|carry\/paused)\.ts/],
  ['checkout', /src\/(layout\/(?!transform\/)|worktree\/([\w-]+|carry\/[\w-]+|copy\/[\w-]+)\.ts)/],
].map(([name, test], index, { length }) => ({ name, test, priority: length - index }));

/** Modules of Node that take milliseconds to load. */
const heavy = ['node:child_process', 'node:fs/promises', 'node:net', 'node:stream', 'node:v8'];

/**
 * What starts processes and opens sockets is in chunks with much that does neither: heavy modules are loaded when something
 * of theirs is used, and not with the chunk.
 */
function requireHeavyWhenUsed(code) {
  let late = code;
  for (const [line, name, id] of code.matchAll(/^let (\w+) = require\("([\w:/]+)"\);$/gm)) {
    if (!heavy.includes(id)) continue;
    late = late
      .replaceAll(new RegExp(`(?<![\\w.])${name}\\.`, 'g'), `late_${name}.it.`)
      .replace(line, `const late_${name} = { get it() { return require("${id}"); } };`);
  }
  return late;
}

/** A group takes along what its modules import: some library would come with every command. */
function assertLight(output) {
  const names = new Set(chunkGroups.map(({ name }) => name));
  const packages = output.filter(({ name }) => names.has(name)).flatMap(({ moduleIds }) => moduleIds.flatMap((id) => /.*\/node_modules\/([^/]+)/.exec(id)?.[1] ?? []));
  const unwanted = packages.filter((name) => !/^(chalk|fast-string-.*)$/.test(name));
  if (unwanted.length > 0) throw new Error(`loaded with our own code: ${[...new Set(unwanted)].join(', ')}`);
}

/** Should the bundler write its requires in another way one day. */
function assertLate(output) {
  const early = output.filter(({ code }) => heavy.some((id) => new RegExp(`^(?:let|const|var) \\w+ = require\\(.${id}.\\)`, 'm').test(code)));
  if (early.length > 0) throw new Error(`loaded too early: ${heavy.join(', ')} by ${early.map(({ fileName }) => fileName).join(', ')}`);
}

/**
 * Puts a bundle into place under the feet of programs that run from it. File names contain a hash of their content, so
 * nothing is overwritten; the manifest, renamed into place last, switches to the new set. The set before stays for one
 * more build: a process that started from it may yet load its lazy chunks.
 */
function install(dist, output) {
  mkdirSync(dist, { recursive: true });
  const previous = readManifest(dist)?.files ?? [];
  for (const { fileName, code } of output) writeInPlace(join(dist, fileName), code);
  const files = output.map(({ fileName }) => fileName);
  const entryFiles = Object.fromEntries(output.filter(({ isEntry }) => isEntry).map(({ name, fileName }) => [name, fileName]));
  writeInPlace(join(dist, 'manifest.json'), `${JSON.stringify({ version, entries: entryFiles, files }, null, 2)}\n`);

  const kept = new Set(['manifest.json', schemaFile, ...files, ...previous]);
  for (const name of readdirSync(dist)) {
    if (!kept.has(name)) rmSync(join(dist, name), { recursive: true, force: true });
  }
}

/** Removes the compiled code of all chunks but the current ones. */
function forgetCode(directory, dist) {
  const chunks = new Set(readManifest(dist).files);
  for (const name of readdirSync(directory)) {
    if (!chunks.has(name.replace(/\.js-.*/, '.js'))) rmSync(join(directory, name), { recursive: true });
  }
}

/** Changes with everything that decides what the text of a daft.yml means. */
function grammarHash() {
  const directory = join(root, 'src/config/grammar');
  const sources = readdirSync(directory).toSorted().map((name) => readFileSync(join(directory, name), 'utf8'));
  return createHash('sha256').update(JSON.stringify([version, dependencies.yaml, dependencies.zod, ...sources])).digest('hex').slice(0, 16);
}

function readManifest(dist) {
  try {
    return JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function writeInPlace(path, text) {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

function assertWithoutFaults(output) {
  const faulty = output.filter(({ code }) => code.includes('DAFT_FAULT'));
  if (faulty.length > 0) throw new Error(`fault points in what is shipped: ${faulty.map(({ fileName }) => fileName).join(', ')}`);
}

/** The launcher's loader understands require() only; a bundler that leaves an import() standing would break a command. */
function assertLoadable(output) {
  for (const { fileName, dynamicImports, code } of output) {
    const standing = dynamicImports.filter((id) => code.includes(`import("${id}")`) || code.includes(`import('${id}')`));
    if (standing.length > 0) throw new Error(`${fileName} imports ${standing.join(', ')} in a way that the launcher does not load`);
  }
}

/** The JSON schema of daft.yml, as text. */
async function jsonSchema() {
  const build = await rolldown({ input: join(root, 'src/config/grammar/json-schema.ts'), cwd: root, platform: 'node', tsconfig: join(root, 'tsconfig.json') });
  try {
    const { output } = await build.generate({ format: 'esm', codeSplitting: false });
    const { jsonSchemaOfDaftYml } = await import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`);
    return `${JSON.stringify(jsonSchemaOfDaftYml(), null, 2)}\n`;
  } finally {
    await build.close();
  }
}

const schema = await jsonSchema();
const shipped = await bundle({ faults: false });
assertWithoutFaults(shipped);
assertLoadable(shipped);
assertLate(shipped);
assertLight(shipped);
install(join(root, 'dist'), shipped);
writeInPlace(join(root, 'dist', schemaFile), schema);
writeNotices(root, shipped.flatMap(({ moduleIds }) => moduleIds));

if (process.argv.includes('--test')) {
  const test = join(root, 'dist-test');
  install(join(test, 'dist'), await bundle({ faults: true }));
  writeInPlace(join(test, 'dist', schemaFile), schema);
  mkdirSync(join(test, 'bin'), { recursive: true });
  copyFileSync(join(root, 'bin/daft.js'), join(test, 'bin/daft.js'));
  copyFileSync(join(root, 'package.json'), join(test, 'package.json'));
  const cache = join(test, 'cache');
  const code = join(cache, 'daft/code');
  mkdirSync(code, { recursive: true, mode: 0o700 });
  await warm(join(test, 'bin/daft.js'), cache);
  forgetCode(code, join(test, 'dist'));
}
