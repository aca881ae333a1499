/** `--format` and its companions: the options for the table, and what they mean for a command. */

import { DaftError } from '../daft-error';
import { createPalette } from '../output';
import { type Format, formats, formatsOf, formatStructured, type Shape, type Structured } from '../output/structured';
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
  const format = formats.find((known) => known === parsed.text('format'));
  if (!format) return undefined;
  const supported = formatsOf(shape);
  if (!supported.includes(format)) {
    throw new DaftError(`'${command}' does not support --format ${format}`, {
      hint: `  supported formats: ${supported.join(', ')}`,
      prefix: 'none',
    });
  }
  const headers = !parsed.flag('no-headers');
  if (!headers) warnIfWithoutEffect(context, format);
  return {
    async print(data) {
      context.stdout.stream.write(await formatStructured(data, format, { headers }));
    },
  };
}

function warnIfWithoutEffect({ stderr }: CommandContext, format: Format): void {
  if (format === 'tsv' || format === 'csv') return;
  const { warning } = createPalette(stderr.colour);
  stderr.stream.write(`${warning('warning:')} --no-headers has no effect with --format ${format} (only tsv/csv)\n`);
}
