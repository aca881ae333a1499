/** What `--columns` and `--sort` are completed with; the table stays free of the modules that know what a column shows. */
const columns = ['annotation', 'branch', 'path', 'size', 'base', 'changes', 'remote', 'age', 'owner', 'hash', 'last-commit'];
const sortKeys = ['branch', 'path', 'size', 'base', 'changes', 'remote', 'age', 'owner', 'hash', 'activity', 'commit'];

export const columnChoices = withSigns(columns);
export const sortChoices = withSigns(sortKeys);

/** Each as it is, and with either sign in front. */
function withSigns(names: readonly string[]): readonly string[] {
  return ['', '+', '-'].flatMap((sign) => names.map((name) => `${sign}${name}`));
}
