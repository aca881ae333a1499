export const variables = ['repo_path', 'repo', 'branch', 'daft_data_dir'] as const;
export type Variable = (typeof variables)[number];

/** `sanitize` makes one path component of a value; `repo` changes nothing and marks a layout as not bare. */
export const filters = ['sanitize', 'repo'] as const;
export type Filter = (typeof filters)[number];

export type Part = { kind: 'text'; text: string } | { kind: 'expression'; variable: Variable; filters: readonly Filter[] };
export type Template = readonly Part[];

export type ParsedTemplate = { kind: 'parsed'; template: Template } | { kind: 'malformed'; message: string };

/** Text with `{{ variable | filter | ... }}` in it; `branch` must be among the variables. */
export function parseTemplate(text: string): ParsedTemplate {
  const parts: Part[] = [];
  let rest = text;
  while (rest !== '') {
    const start = rest.indexOf('{{');
    if (start < 0) break;
    const end = rest.indexOf('}}', start);
    if (end < 0) return { kind: 'malformed', message: `Unclosed template expression in: ${text}` };
    if (start > 0) parts.push({ kind: 'text', text: rest.slice(0, start) });

    const [name = '', ...names] = rest.slice(start + 2, end).split('|').map((word) => word.trim());
    const variable = variables.find((known) => known === name);
    if (variable === undefined) return { kind: 'malformed', message: `Unknown template variable: ${name}` };
    const applied: Filter[] = [];
    for (const filterName of names) {
      const filter = filters.find((known) => known === filterName);
      if (filter === undefined) return { kind: 'malformed', message: `Unknown template filter: ${filterName}` };
      applied.push(filter);
    }
    parts.push({ kind: 'expression', variable, filters: applied });
    rest = rest.slice(end + 2);
  }
  if (rest !== '') parts.push({ kind: 'text', text: rest });
  if (!parts.some((part) => part.kind === 'expression' && part.variable === 'branch')) {
    return { kind: 'malformed', message: 'Layout template must use {{ branch }}' };
  }
  return { kind: 'parsed', template: parts };
}

export function renderTemplate(template: Template, values: Readonly<Record<Variable, string>>): string {
  return template.map((part) => (part.kind === 'text' ? part.text : part.filters.reduce(applyFilter, values[part.variable]))).join('');
}

function applyFilter(value: string, filter: Filter): string {
  switch (filter) {
    case 'sanitize': return value.replaceAll(/[/\\]/g, '-');
    case 'repo': return value;
  }
}

export function startsBelowRepoPath(template: Template): boolean {
  const [first, second] = template;
  const isRepoPath = first?.kind === 'expression' && first.variable === 'repo_path' && first.filters.length === 0;
  return isRepoPath && second?.kind === 'text' && second.text.startsWith('/');
}

export function usesFilter(template: Template, filter: Filter): boolean {
  return template.some((part) => part.kind === 'expression' && part.filters.includes(filter));
}

export function countFilters(template: Template): number {
  return template.reduce((count, part) => count + (part.kind === 'expression' ? part.filters.length : 0), 0);
}
