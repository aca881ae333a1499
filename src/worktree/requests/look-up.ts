import { DaftError } from '../../daft-error';
import { requestLabel, type RequestForm } from '../request-form';
import type { WorktreeServices } from '../worktree-services';
import { githubFields, parseGithubAnswer, parseGitlabAnswer, parseGitlabProject, type Understood } from './answers';
import { askTool, type ToolAnswer, type ToolSurroundings } from './ask-tool';
import { plainText } from './plain-text';
import type { ForgeRequest } from './request';

/** As a value, because who has opened the request before can do without it. */
export type LookUp = { kind: 'found'; request: ForgeRequest } | { kind: 'failed'; error: DaftError };

const patienceMs = 30_000;

/** Asks the tool of the forge what a request is. */
export async function lookUp(form: RequestForm, { git, cwd, signal, narrator }: Pick<WorktreeServices, 'git' | 'cwd' | 'signal' | 'narrator'>): Promise<LookUp> {
  const surroundings = { cwd, env: git.env, signal, timeoutMs: patienceMs };
  narrator.step(`Asking ${toolOf[form.forge].program} about ${requestLabel(form)}`);
  switch (form.forge) {
    case 'github':
      return askGithub(form, surroundings);
    case 'gitlab':
      return askGitlab(form, surroundings, narrator);
  }
}

async function askGithub(form: RequestForm, surroundings: ToolSurroundings): Promise<LookUp> {
  const { repository, number } = form;
  const where = repository === undefined ? [] : ['--repo', `${repository.host}/${repository.path}`];
  const answer = await askTool('gh', ['pr', 'view', String(number), ...where, '--json', githubFields.join(',')], surroundings);
  if (answer.kind !== 'answered') return failed(form, answer);
  const understood = parseGithubAnswer(answer.text, number);
  return understood.kind === 'understood' ? { kind: 'found', request: understood.value } : notUnderstood(form, understood);
}

async function askGitlab(form: RequestForm, surroundings: ToolSurroundings, narrator: WorktreeServices['narrator']): Promise<LookUp> {
  const { repository, number } = form;
  const where = repository === undefined ? [] : ['--repo', `https://${repository.host}/${repository.path}`];
  const answer = await askTool('glab', ['mr', 'view', String(number), ...where, '--output', 'json'], surroundings);
  if (answer.kind !== 'answered') return failed(form, answer);
  const understood = parseGitlabAnswer(answer.text, number);
  if (understood.kind === 'not-understood') return notUnderstood(form, understood);
  const { request, fork } = understood.value;
  if (fork === undefined) return { kind: 'found', request };

  const project = await askTool('glab', ['api', '--hostname', request.repository.host, `projects/${fork}`], surroundings);
  const path: Understood<string> =
    project.kind === 'answered' ? parseGitlabProject(project.text) : { kind: 'not-understood', why: failed(form, project).error.message };
  // Of a fork that is not for us to see the project itself still has the commits.
  if (path.kind === 'not-understood') {
    narrator.warning(`The fork that ${requestLabel(form)} comes from is out of reach: ${plainText(path.why)}`);
    return { kind: 'found', request };
  }
  return { kind: 'found', request: { ...request, head: { ...request.head, home: { kind: 'fork', path: path.value } } } };
}

const toolOf = {
  github: { program: 'gh', home: 'https://cli.github.com', requests: 'Pull requests' },
  gitlab: { program: 'glab', home: 'https://gitlab.com/gitlab-org/cli', requests: 'Merge requests' },
} as const;

function failed(form: RequestForm, answer: Exclude<ToolAnswer, { kind: 'answered' }>): LookUp & { kind: 'failed' } {
  const { program, home, requests } = toolOf[form.forge];
  const attempt = `Failed to look up ${requestLabel(form)}`;
  switch (answer.kind) {
    case 'missing':
      return { kind: 'failed', error: new DaftError(`${requests} are looked up with '${program}', which is not installed`, { hint: `Get it from ${home}, then log in: ${program} auth login` }) };
    case 'failed':
      return { kind: 'failed', error: new DaftError(`${attempt}: ${program}: ${answer.complaint}`) };
    case 'silent':
      return { kind: 'failed', error: new DaftError(`${attempt}: ${program} did not answer within ${patienceMs / 1000} seconds`) };
  }
}

function notUnderstood(form: RequestForm, { why }: { why: string }): LookUp {
  const { program } = toolOf[form.forge];
  return { kind: 'failed', error: new DaftError(`Failed to look up ${requestLabel(form)}: what ${program} answered is not understood: ${plainText(why)}`) };
}
