/**
 * What may stand in `daft.yml`, and its text taken apart. Behind this door are yaml and zod, which take longer to load
 * than most commands take: reach it by `import()`.
 */
export { dumpConfig } from './dump';
export { parseText } from './parse';
export type { Form, Forms, Parsed } from './parse';
export { daftYml, knownKeys } from './schema';
