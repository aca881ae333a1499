/** What `gh` and `glab` print, looked at once: it is foreign data, and parts of it become arguments of git. Pure. */

import * as z from 'zod';
import { parseRequestForm, type Forge, type RepositoryLocation } from '../request-form';
import { isBranchName } from './head-name';
import { plainLine } from './plain-text';
import type { ForgeRequest, HeadHome } from './request';

export type Understood<T> = { kind: 'understood'; value: T } | { kind: 'not-understood'; why: string };

const branchName = z.string().refine(isBranchName, { error: ({ input }) => `${JSON.stringify(input)} is no name of a branch` });
const commit = z.string().regex(/^(?:[\da-f]{40}|[\da-f]{64})$/);
const id = z.int().positive();
const repositoryPath = z.string().regex(/^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.][\w.-]*(?:\/[\w.][\w.-]*)+$/);

/** Fields of `gh pr view --json`. */
export const githubFields = [
  'number',
  'title',
  'state',
  'url',
  'headRefName',
  'headRefOid',
  'headRepository',
  'headRepositoryOwner',
  'isCrossRepository',
  'maintainerCanModify',
] as const;

const pullRequest = z.object({
  number: id,
  title: z.string(),
  state: z.string(),
  url: z.string(),
  headRefName: branchName,
  headRefOid: commit,
  headRepository: z.object({ name: z.string() }).nullish(),
  headRepositoryOwner: z.object({ login: z.string() }).nullish(),
  isCrossRepository: z.boolean(),
  maintainerCanModify: z.boolean(),
});

export function parseGithubAnswer(text: string, number: number): Understood<ForgeRequest> {
  const answer = parseJson(text, pullRequest);
  if (answer.kind === 'not-understood') return answer;
  const { headRepository, headRepositoryOwner, ...pull } = answer.value;
  const repository = repositoryOf(pull, 'github', number);
  if (repository === undefined) return { kind: 'not-understood', why: `it is about ${JSON.stringify(pull.url)}` };

  const owner = headRepositoryOwner?.login || undefined;
  const path = headRepository && owner !== undefined ? `${owner}/${headRepository.name}` : undefined;
  let home: HeadHome = { kind: 'base' };
  if (pull.isCrossRepository) {
    if (path !== undefined && !repositoryPath.safeParse(path).success) return { kind: 'not-understood', why: `${JSON.stringify(path)} is no name of a repository` };
    home = path === undefined ? { kind: 'gone', owner } : { kind: 'fork', path };
  }
  return {
    kind: 'understood',
    value: {
      forge: 'github',
      number,
      title: plainLine(pull.title),
      ended: endOf(pull.state),
      repository,
      head: { branch: pull.headRefName, commit: pull.headRefOid, home, writable: pull.maintainerCanModify },
    },
  };
}

const mergeRequest = z.object({
  iid: id,
  title: z.string(),
  state: z.string(),
  web_url: z.string(),
  source_branch: branchName,
  sha: commit,
  source_project_id: id.nullish(),
  target_project_id: id,
  allow_collaboration: z.boolean().nullish(),
});

/** A merge request names the project of its head by number only. */
export interface GitlabAnswer {
  /** With `gone` for a home as long as the project is not known. */
  request: ForgeRequest;
  /** Project of the head, where that is a fork. */
  fork: number | undefined;
}

export function parseGitlabAnswer(text: string, number: number): Understood<GitlabAnswer> {
  const answer = parseJson(text, mergeRequest);
  if (answer.kind === 'not-understood') return answer;
  const merge = answer.value;
  const repository = repositoryOf({ number: merge.iid, url: merge.web_url }, 'gitlab', number);
  if (repository === undefined) return { kind: 'not-understood', why: `it is about ${JSON.stringify(merge.web_url)}` };
  const own = merge.source_project_id === merge.target_project_id;
  return {
    kind: 'understood',
    value: {
      request: {
        forge: 'gitlab',
        number,
        title: plainLine(merge.title),
        ended: endOf(merge.state),
        repository,
        head: {
          branch: merge.source_branch,
          commit: merge.sha,
          home: own ? { kind: 'base' } : { kind: 'gone', owner: undefined },
          writable: merge.allow_collaboration === true,
        },
      },
      fork: own ? undefined : (merge.source_project_id ?? undefined),
    },
  };
}

/** Path of a project as the API has it. */
export function parseGitlabProject(text: string): Understood<string> {
  const answer = parseJson(text, z.object({ path_with_namespace: repositoryPath }));
  return answer.kind === 'understood' ? { kind: 'understood', value: answer.value.path_with_namespace } : answer;
}

/** The repository that a request belongs to, as its URL has it; undefined where that is not the URL of the request that was asked about. */
function repositoryOf(answer: { number: number; url: string }, forge: Forge, number: number): RepositoryLocation | undefined {
  const form = parseRequestForm(answer.url);
  return answer.number === number && form?.forge === forge && form.number === number ? form.repository : undefined;
}

function endOf(state: string): ForgeRequest['ended'] {
  switch (state.toLowerCase()) {
    case 'closed':
      return 'closed';
    case 'merged':
      return 'merged';
    default: // open, or a word of a later version
      return undefined;
  }
}

function parseJson<T>(text: string, schema: z.ZodType<T>): Understood<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'not-understood', why: 'it is no JSON' };
    throw error;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { kind: 'understood', value: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: 'not-understood', why: [issue?.path.join('.'), issue?.message].filter(Boolean).join(': ') };
}
