/** `--format`, `--template` and their companion: the options for the table, and what they mean for a command. */

import { DaftError } from '../daft-error';
import { createPalette, writeAll } from '../output';
import { formats, formatsOf, formatStructured, type Shape, type Structured, templateVariables } from '../output/structured';
import type { CommandContext } from './context';
import type { OptionSpec, ParsedArguments } from './spec';

/**
 * The options of a command that has structured output.
 *
 * All seven formats are accepted whatever the shape: one that the shape cannot tell is a failure of its own kind, found
 * by `requestedOutput`. Completion offers only what works.
 */
export function structuredOptions(shape: Shape): readonly OptionSpec[] {
  return [
    {
      long: 'format',
      description: 'Print the result for programs instead',
      value: { name: 'FORMAT', choices: formats, completes: { choices: formatsOf(shape) } },
    },
    {
      long: 'template',
      description: 'Print the result by this template, in the language of Tera',
      value: { name: 'STR' },
      conflictsWith: ['format'],
    },
    { long: 'no-headers', description: 'Leave out the line of names in tsv and csv' },
  ];
}

export interface RequestedOutput {
  /** Prints `data` on stdout. */
  print(data: Structured): Promise<void>;
}

/**
 * What `structuredOptions` were given; undefined for the view for people. To be called before anything else is done or
 * looked for, so that stdout stays empty when the format is refused.
 *
 * @param command as such errors call it: `hooks run`, `git-worktree-list`
 */
export function requestedOutput(context: CommandContext, parsed: ParsedArguments, command: string, shape: Shape): RequestedOutput | undefined {
  const headers = !parsed.flag('no-headers');
  const template = parsed.text('template');
  if (template !== undefined) {
    if (!headers) warnOfNoEffect(context, '--template');
    return {
      async print(data) {
        const text = await shownOn(context.stdout, [await rendered(template, data, context)]);
        await writeAll(() => text, context.stdout);
      },
    };
  }
  const format = formats.find((known) => known === parsed.text('format'));
  if (!format) return undefined;
  const supported = formatsOf(shape);
  if (!supported.includes(format)) {
    throw new DaftError(`'${command}' does not support --format ${format}`, {
      hint: `  supported formats: ${supported.join(', ')}`,
      prefix: 'none',
    });
  }
  if (!headers && format !== 'tsv' && format !== 'csv') warnOfNoEffect(context, `--format ${format}`);
  return {
    async print(data) {
      using text = await formatStructured(data, format, { headers });
      const pieces = await shownOn(context.stdout, text.pieces());
      await writeAll(() => pieces, context.stdout);
    },
  };
}

/** Names come from anywhere, and a terminal would obey them: it gets text and colours. Anybody else gets every byte as it is. */
async function shownOn({ isTTY }: CommandContext['stdout'], pieces: Iterable<string | Buffer>): Promise<Iterable<string | Buffer>> {
  if (!isTTY) return pieces;
  const { Tamer } = await import('../output/jobs');
  return tamed(pieces, new Tamer());
}

function* tamed(pieces: Iterable<string | Buffer>, tamer: { tame(chunk: Buffer): Buffer; end(): Buffer }): Generator<Buffer> {
  for (const piece of pieces) yield tamer.tame(Buffer.from(piece));
  yield tamer.end();
}

async function rendered(template: string, data: Structured, { env, now }: CommandContext): Promise<string> {
  const { renderTemplate, TemplateError } = await import('../output/tera');
  try {
    const text = renderTemplate(template, templateVariables(data), { env, now });
    return text.endsWith('\n') ? text : `${text}\n`;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new DaftError(`template error: ${error.message}`, { hint: error.excerpt, exitCode: 2, prefix: 'error' });
  }
}

function warnOfNoEffect({ stderr }: CommandContext, withOption: string): void {
  const { warning } = createPalette(stderr.colour);
  stderr.stream.write(`${warning('warning:')} --no-headers has no effect with ${withOption} (only tsv/csv)\n`);
}
