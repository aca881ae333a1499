import { isatty } from 'node:tty';
import type { Messages } from '../output';
import { createPalette } from '../output';
import { type CommandContext } from './context';
import { readLine } from './read-line';

export interface KeyChoice<Key extends string> {
  /** One lower-case letter. */
  key: Key;
  label: string;
}

/**
 * Lets the user choose with one key (shell.md 2.5): on a terminal a single press decides, Enter and Esc choose the
 * default; in test mode a line of stdin is read. Whoever cannot answer, or presses Ctrl-C, has cancelled.
 */
export async function askKey<Key extends string>(
  question: string,
  { choices, preset, context, messages }: { choices: readonly KeyChoice<Key>[]; preset: Key; context: CommandContext; messages: Messages },
): Promise<Key | 'cancelled'> {
  const { stream } = context.stderr;
  messages.spinner.pause();
  stream.write(question);
  const chosen = await (context.env['DAFT_TESTING'] === undefined ? pressedKey(choices, preset, context) : lineKey(choices, preset, context));
  if (chosen !== 'cancelled') stream.write(`${choices.find(({ key }) => key === chosen)?.label ?? chosen}\n`);
  else if (context.env['DAFT_TESTING'] === undefined) stream.write('\n');
  messages.spinner.resume();
  return chosen;
}

/** Says what cancelling has come to, dim, as the last word of a command. */
export function tellCancelled(text: string, { stdout }: CommandContext): void {
  stdout.stream.write(`${createPalette(stdout.colour).dim(text)}\n`);
}

async function lineKey<Key extends string>(choices: readonly KeyChoice<Key>[], preset: Key, { stdin }: CommandContext): Promise<Key | 'cancelled'> {
  const line = await readLine(stdin);
  if (line === undefined) return 'cancelled';
  const answer = line.trim().toLowerCase();
  return choices.find(({ key, label }) => answer === label.toLowerCase() || answer.startsWith(key))?.key ?? preset;
}

function pressedKey<Key extends string>(choices: readonly KeyChoice<Key>[], preset: Key, { stdin }: CommandContext): Promise<Key | 'cancelled'> {
  if (!isatty(0)) return Promise.resolve('cancelled');
  return new Promise((resolve) => {
    const settle = (answer: Key | 'cancelled') => {
      stdin.off('data', press).off('end', cancel);
      stdin.setRawMode(false);
      stdin.pause();
      resolve(answer);
    };
    const cancel = () => settle('cancelled');
    const press = (bytes: Buffer) => {
      // What was typed ahead arrives at once; a sequence behind Esc is a cursor key, and one of the others.
      const typed = bytes.toString().toLowerCase();
      const keys = typed.length > 1 && typed.startsWith('\u001B') ? [] : typed.split('');
      for (const pressed of keys) {
        const answer = answerOf(pressed, choices, preset);
        if (answer !== undefined) return settle(answer);
      }
    };
    stdin.setRawMode(true);
    stdin.on('data', press).on('end', cancel).resume();
  });
}

/** Raw mode hands Ctrl-C to us as a character, Enter as carriage return and Esc as itself. */
function answerOf<Key extends string>(pressed: string, choices: readonly KeyChoice<Key>[], preset: Key): Key | 'cancelled' | undefined {
  if (pressed === '\u0003' || pressed === '\u0004') return 'cancelled';
  if (pressed === '\r' || pressed === '\n' || pressed === '\u001B') return preset;
  return choices.find(({ key }) => key === pressed)?.key;
}
