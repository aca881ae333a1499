// Holds the imports against the drawing in docs/architecture.md. A red line here means that a function is in the wrong
// room, or that the drawing changes in the same commit.

const room = (...names) => `^src/(${names.join('|')})/`;
const adapters = ['logstore', 'config', 'git', 'process', 'fs'];
const operations = ['worktree', 'layout', 'hooks', 'jobs', 'cleanup'];

/** What each room must not import, values and types alike. */
const forbidden = {
  fs: ['cli', 'output', 'shell', 'coordinator', ...operations, 'logstore', 'config', 'git', 'process'],
  process: ['cli', 'output', 'shell', 'coordinator', ...operations, 'logstore', 'config', 'git'],
  git: ['cli', 'output', 'shell', 'coordinator', ...operations, 'logstore', 'config'],
  config: ['cli', 'output', 'shell', 'coordinator', ...operations, 'logstore'],
  logstore: ['cli', 'output', 'shell', 'coordinator', ...operations, 'config', 'git'],
  cleanup: ['cli', 'output', 'shell', 'worktree', 'layout', 'hooks'],
  layout: ['cli', 'output', 'shell', 'worktree', 'jobs', 'cleanup', 'coordinator'],
  hooks: ['cli', 'output', 'shell', 'worktree', 'layout', 'jobs', 'cleanup'],
  jobs: ['cli', 'output', 'shell', 'worktree', 'layout', 'cleanup'],
  worktree: ['cli', 'output', 'shell', 'cleanup'],
  // config: where the state directory is
  coordinator: ['cli', 'output', 'shell', 'worktree', 'layout', 'cleanup', 'git'],
  shell: ['worktree', 'cleanup', 'coordinator'],
};

module.exports = {
  forbidden: [
    ...Object.entries(forbidden).map(([from, to]) => ({
      name: `${from}-stays-in-its-room`,
      severity: 'error',
      from: { path: room(from) },
      to: { path: room(...to) },
    })),
    {
      name: 'output-knows-types-only',
      comment: 'presenters see events and results, never an operation or an adapter at work',
      severity: 'error',
      from: { path: room('output') },
      to: { path: room('cli', 'shell', 'coordinator', ...operations, ...adapters), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'neighbours-meet-at-the-face',
      comment: 'a room is entered through its index.ts, or a named side door: <room>/<core>/index.ts',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: '^src/([^/]+)/',
        pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/[^/]+/[^/]+/index\\.ts$', '^src/cli/[^/]+\\.ts$'],
      },
    },
    {
      name: 'tera-stands-alone',
      comment: 'the template engine is a package that happens to live here',
      severity: 'error',
      from: { path: '^src/output/tera/' },
      to: { pathNot: '^src/output/tera/' },
    },
    {
      name: 'tera-has-one-door',
      severity: 'error',
      from: { pathNot: '^src/output/tera/' },
      to: { path: '^src/output/tera/', pathNot: '^src/output/tera/index\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
