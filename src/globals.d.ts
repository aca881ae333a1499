/** Set by the build: true in the test build and under vitest, false in what is shipped, where fault points vanish. */
declare const DAFT_FAULTS: boolean;
/** The version of package.json, set by the build. */
declare const DAFT_VERSION: string;
/** Hash of what decides the meaning of a daft.yml: `src/config/grammar` and its parsers; set by the build. */
declare const DAFT_GRAMMAR: string;
