/** Ways to write a pull or merge request where a branch is expected. Pure. */

/** Whose requests they are: `gh` knows those of the one, `glab` those of the other. */
export type Forge = 'github' | 'gitlab';

export interface RepositoryLocation {
  /** In lower case, with its port if that was written. */
  host: string;
  /** `acme/app`, `group/sub/app`. */
  path: string;
}

export interface RequestForm {
  forge: Forge;
  number: number;
  /** Of a pasted URL. Otherwise it is the repository that the forge's tool takes for the one of the directory. */
  repository?: RepositoryLocation;
}

const segment = String.raw`(?!\.{1,2}/)[\w.][\w.-]*`;
const host = String.raw`[a-z\d](?:[a-z\d.-]*[a-z\d])?(?::\d{1,5})?`;
const number = String.raw`[1-9]\d{0,9}`;
const rest = String.raw`(?:[/?#].*)?`; // /files, /commits/1f2e3d, ?diff=split, #issuecomment-1
const pullUrl = new RegExp(String.raw`^https?://(${host})/(${segment}/${segment})/pull/(${number})${rest}$`, 'is');
const mergeUrl = new RegExp(String.raw`^https?://(${host})/(${segment}(?:/${segment})+)/-/merge_requests/(${number})${rest}$`, 'is');
const short = new RegExp(String.raw`^(pr|mr):(${number})$`);

/** Undefined for anything else, which may be a branch: none can have a name like these, because git allows neither `:` nor `//`. */
export function parseRequestForm(text: string): RequestForm | undefined {
  const [, kind, id] = short.exec(text) ?? [];
  if (kind !== undefined) return { forge: kind === 'pr' ? 'github' : 'gitlab', number: Number(id) };
  for (const [forge, url] of [['github', pullUrl], ['gitlab', mergeUrl]] as const) {
    const [, on, path, id] = url.exec(text) ?? [];
    if (on !== undefined && path !== undefined) return { forge, number: Number(id), repository: { host: on.toLowerCase(), path } };
  }
  return undefined;
}

/** Of a request whose repository is known; any spelling of it yields the same one. */
export function requestUrl(forge: Forge, { host, path }: RepositoryLocation, number: number): string {
  const at = `https://${host}/${path}`;
  switch (forge) {
    case 'github':
      return `${at}/pull/${number}`;
    case 'gitlab':
      return `${at}/-/merge_requests/${number}`;
  }
}

/** `pull request #7`, as its forge calls it. */
export function requestLabel({ forge, number }: Pick<RequestForm, 'forge' | 'number'>): string {
  switch (forge) {
    case 'github':
      return `pull request #${number}`;
    case 'gitlab':
      return `merge request !${number}`;
  }
}
