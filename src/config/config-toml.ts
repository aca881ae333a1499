import { join } from 'node:path';
import { readTextIfExists } from '../fs';

export interface LayoutDefinition {
  name: string;
  template: string;
  bare: boolean | null;
}

/** `config.toml`, worktrees-create.md 5.5. */
export interface ConfigToml {
  defaultLayout: string | null;
  /** By name. */
  layouts: readonly LayoutDefinition[];
}

const nothing: ConfigToml = { defaultLayout: null, layouts: [] };

/** A file that cannot be read or parsed counts as empty, and `warn` is told once. */
export async function readConfigToml(configDir: string, warn: (text: string) => void): Promise<ConfigToml> {
  const path = join(configDir, 'config.toml');
  try {
    const text = readTextIfExists(path);
    return text === undefined ? nothing : await parseConfigToml(text);
  } catch (error) { // whatever is wrong with the file, daft works without it
    warn(`Could not read ${path}: ${firstLine(error)}`);
    return nothing;
  }
}

async function parseConfigToml(text: string): Promise<ConfigToml> {
  const { parse } = await import('smol-toml');
  const file: unknown = parse(text);
  const layout = field(field(file, 'defaults'), 'layout');
  if (layout !== undefined && typeof layout !== 'string') throw new TypeError('defaults.layout is not a string');
  return {
    defaultLayout: layout || null,
    layouts: Object.entries(asTable(field(file, 'layouts'), 'layouts') ?? {})
      .map(([name, definition]) => parseLayout(name, definition))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

function parseLayout(name: string, definition: unknown): LayoutDefinition {
  const template = field(asTable(definition, `layouts.${name}`), 'template');
  const bare = field(definition, 'bare');
  if (typeof template !== 'string') throw new TypeError(`layouts.${name}.template is not a string`);
  if (bare !== undefined && typeof bare !== 'boolean') throw new TypeError(`layouts.${name}.bare is not a boolean`);
  return { name, template, bare: bare ?? null };
}

function asTable(value: unknown, name: string): object | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${name} is not a table`);
  return value;
}

function field(table: unknown, key: string): unknown {
  return typeof table === 'object' && table !== null && Object.hasOwn(table, key) ? (table as Record<string, unknown>)[key] : undefined;
}

/**
 * Sets or (with null) removes `layout` under `[defaults]`, leaving every other byte as it is. The key is only looked for
 * in that section, and only as a line of its own.
 */
export function withDefaultLayout(text: string, layout: string | null): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^\s*\[\s*defaults\s*\]\s*(#.*)?$/.test(line));
  const entry = layout === null ? [] : [`layout = ${JSON.stringify(layout)}`];
  if (start < 0) {
    if (layout === null) return text;
    const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    return `${before}${before === '' ? '' : '\n'}[defaults]\n${entry.join('')}\n`;
  }
  const length = lines.slice(start + 1).findIndex((line) => /^\s*\[/.test(line));
  const end = length < 0 ? lines.length : start + 1 + length;
  const existing = lines.findIndex((line, index) => index > start && index < end && /^\s*layout\s*=/.test(line));
  if (existing >= 0) lines.splice(existing, 1, ...entry);
  else lines.splice(start + 1, 0, ...entry);
  return lines.join('\n');
}

/** A syntax error comes with an excerpt of the file below it. */
function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
