/** What `--columns` is completed with; the table stays free of the modules that know what a column shows. */
export const columnChoices: readonly string[] = ['annotation', 'branch', 'path', 'size', 'base', 'changes', 'remote', 'age', 'owner', 'hash', 'last-commit'];
