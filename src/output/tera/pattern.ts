import type { Budget } from './budget';
import { Fault, quoted } from './fault';

/**
 * A regular expression that takes time linear in the text, whatever it says: JavaScript's own can be made to run for
 * years by a line of data. Syntax of Rust's `regex` crate, of which look-around and back references are no part either.
 */
export interface Pattern {
  isFoundIn(text: string, budget: Budget): boolean;
}

/** @throws Fault if it is none */
export function compilePattern(source: string, budget: Budget): Pattern {
  budget.text(source.length);
  const program = compile(parsePattern(source));
  return { isFoundIn: (text, spending) => run(program, text, spending) };
}

type CharacterTest = (character: string) => boolean;
/** Looks at the characters around a place; empty at the ends of the text. */
type Assertion = (before: string, after: string) => boolean;

type Part =
  | { kind: 'one'; test: CharacterTest }
  | { kind: 'assertion'; holds: Assertion }
  | { kind: 'sequence'; parts: readonly Part[] }
  | { kind: 'choice'; options: readonly Part[] }
  | { kind: 'repetition'; part: Part; min: number; max: number };

interface Flags {
  ignoreCase: boolean;
  multiLine: boolean;
  dotAll: boolean;
}

const maxNesting = 100;
const maxInstructions = 20_000;

const classes: Readonly<Record<string, RegExp>> = {
  d: /^\p{Nd}$/u,
  w: /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u,
  s: /^\p{White_Space}$/u,
};
const posixClasses: Readonly<Record<string, RegExp>> = {
  alnum: /^[A-Za-z0-9]$/,
  alpha: /^[A-Za-z]$/,
  ascii: /^[^\u{80}-\u{10FFFF}]$/u,
  blank: /^[\t ]$/,
  cntrl: /^(?![\u0080-\u009F])\p{Cc}$/u,
  digit: /^[0-9]$/,
  graph: /^[!-~]$/,
  lower: /^[a-z]$/,
  print: /^[ -~]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^[\t\n\v\f\r ]$/,
  upper: /^[A-Z]$/,
  word: /^[0-9A-Za-z_]$/,
  xdigit: /^[0-9A-Fa-f]$/,
};
const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\u0007' };

function isWordCharacter(character: string): boolean {
  return classes['w']?.test(character) ?? false;
}

const assertions: Readonly<Record<string, Assertion>> = {
  A: (before) => before === '',
  z: (_, after) => after === '',
  b: (before, after) => isWordCharacter(before) !== isWordCharacter(after),
  B: (before, after) => isWordCharacter(before) === isWordCharacter(after),
};

function parsePattern(source: string): Part {
  const characters = Array.from(source);
  let position = 0;
  let nesting = 0;
  const whole = parseChoice({ ignoreCase: false, multiLine: false, dotAll: false });
  if (position < characters.length) throw invalid("unopened ')'");
  return whole;

  function invalid(why: string): Fault {
    return new Fault(`got an invalid regular expression ${quoted(source)}: ${why}`);
  }
  function peek(): string {
    return characters[position] ?? '';
  }
  function take(): string {
    const character = peek();
    position += 1;
    return character;
  }
  function skip(text: string): boolean {
    const found = characters.slice(position, position + text.length).join('') === text;
    if (found) position += text.length;
    return found;
  }
  /** Up to and without `end`, which is skipped. */
  function takeUntil(end: string): string {
    const at = characters.indexOf(end, position);
    if (at < 0) throw invalid(`'${end}' is missing`);
    const taken = characters.slice(position, at).join('');
    position = at + 1;
    return taken;
  }

  function parseChoice(given: Flags): Part {
    nesting += 1;
    if (nesting > maxNesting) throw invalid('nested too deeply');
    const options: Part[] = [];
    let flags = given;
    let parts: Part[] = [];
    while (position < characters.length && peek() !== ')') {
      if (skip('|')) {
        options.push({ kind: 'sequence', parts });
        parts = [];
        continue;
      }
      const parsed = parseAtom(flags);
      if ('flags' in parsed) flags = parsed.flags;
      else parts.push(parseRepetitions(parsed.part));
    }
    nesting -= 1;
    options.push({ kind: 'sequence', parts });
    return options.length === 1 ? (options[0] ?? { kind: 'sequence', parts: [] }) : { kind: 'choice', options };
  }

  function parseAtom(flags: Flags): { part: Part } | { flags: Flags } {
    const character = take();
    switch (character) {
      case '(':
        return parseGroup(flags);
      case '[':
        return { part: { kind: 'one', test: parseClass(flags) } };
      case '.':
        return { part: { kind: 'one', test: (one) => flags.dotAll || one !== '\n' } };
      case '^':
        return { part: { kind: 'assertion', holds: (before) => before === '' || (flags.multiLine && before === '\n') } };
      case '$':
        return { part: { kind: 'assertion', holds: (_, after) => after === '' || (flags.multiLine && after === '\n') } };
      case '*': case '+': case '?': case '{':
        throw invalid(`'${character}' repeats nothing`);
      case '\\':
        return { part: parseEscape(flags) };
      default:
        return { part: literal(character, flags) };
    }
  }

  function parseGroup(flags: Flags): { part: Part } | { flags: Flags } {
    let inner = flags;
    if (skip('?P<') || skip('?<')) {
      if (!/^[A-Za-z_][A-Za-z0-9_.[\]]*$/.test(takeUntil('>'))) throw invalid('a group needs a name');
    } else if (skip('?')) {
      const colon = characters.slice(position).findIndex((one) => one === ':' || one === ')');
      const letters = characters.slice(position, position + Math.max(0, colon)).join('');
      if (colon < 0 || !/^[imsuU]*(?:-[imsuU]+)?$/.test(letters)) throw invalid('unknown kind of group');
      position += colon;
      inner = changedFlags(flags, letters);
      if (take() === ')') return { flags: inner };
    }
    const part = parseChoice(inner);
    if (take() !== ')') throw invalid('unclosed group');
    return { part };
  }

  function parseRepetitions(part: Part): Part {
    let repeated = part;
    let count = 0;
    for (;;) {
      const bounds = parseBounds();
      if (bounds === undefined) return repeated;
      skip('?'); // which of several matches it is makes no difference to whether there is one
      count += 1;
      if (count > maxNesting) throw invalid('nested too deeply');
      repeated = { kind: 'repetition', part: repeated, ...bounds };
    }
  }

  function parseBounds(): { min: number; max: number } | undefined {
    if (skip('*')) return { min: 0, max: Infinity };
    if (skip('+')) return { min: 1, max: Infinity };
    if (skip('?')) return { min: 0, max: 1 };
    if (!skip('{')) return undefined;
    const [matched, least, comma, most] = /^(\d+)(,)?(\d+)?$/.exec(takeUntil('}').replaceAll(' ', '')) ?? [];
    if (matched === undefined) throw invalid('a repetition needs a number');
    const min = Number(least);
    const max = comma === undefined ? min : most === undefined ? Infinity : Number(most);
    if (max < min) throw invalid('a repetition from more to less');
    return { min, max };
  }

  function parseEscape(flags: Flags): Part {
    const holds = assertions[peek()];
    if (holds !== undefined) {
      position += 1;
      return { kind: 'assertion', holds };
    }
    const escaped = parseEscapedCharacter();
    return typeof escaped === 'string' ? literal(escaped, flags) : { kind: 'one', test: escaped };
  }

  /** Behind a backslash: a character, or the test of a class of them. */
  function parseEscapedCharacter(): string | CharacterTest {
    const letter = take();
    const known = classes[letter.toLowerCase()];
    if (known !== undefined) return (one) => known.test(one) === (letter === letter.toLowerCase());
    const control = controls[letter];
    if (control !== undefined) return control;
    if (letter === 'p' || letter === 'P') return parseProperty(letter === 'P');
    if (letter === 'x' || letter === 'u' || letter === 'U') return parseCodePoint({ x: 2, u: 4, U: 8 }[letter]);
    if (!/^[!-/:-@[-`{-~]$/.test(letter)) throw invalid(`unknown escape '\\${letter}'`);
    return letter;
  }

  function parseCodePoint(digits: number): string {
    const hexadecimal = skip('{') ? takeUntil('}') : characters.slice(position, (position += digits)).join('');
    const codePoint = /^[0-9A-Fa-f]{1,8}$/.test(hexadecimal) ? Number.parseInt(hexadecimal, 16) : Infinity;
    if (codePoint > 0x10ffff) throw invalid('no character has this number');
    return String.fromCodePoint(codePoint);
  }

  function parseProperty(negated: boolean): CharacterTest {
    const given = skip('{') ? takeUntil('}') : take();
    const name = given.replace(/^\^/, '');
    const test = /^[A-Za-z_]+(?:=[A-Za-z_]+)?$/.test(name) ? (propertyTest(name) ?? propertyTest(`Script=${name}`)) : undefined;
    if (test === undefined) throw invalid(`unknown property '${given}'`);
    const wanted = negated === given.startsWith('^');
    return (one) => test.test(one) === wanted;
  }

  /** Behind the opening bracket. */
  function parseClass(flags: Flags): CharacterTest {
    nesting += 1;
    if (nesting > maxNesting) throw invalid('nested too deeply');
    const negated = skip('^');
    const tests: CharacterTest[] = [];
    for (let first = true; first || peek() !== ']'; first = false) {
      if (position >= characters.length) throw invalid('unclosed character class');
      if (['&&', '--', '~~'].some((operator) => characters.slice(position, position + 2).join('') === operator)) throw invalid('sets of classes are not supported');
      tests.push(parseClassItem(flags));
    }
    position += 1;
    nesting -= 1;
    return (one) => tests.some((test) => test(one)) !== negated;
  }

  function parseClassItem(flags: Flags): CharacterTest {
    if (skip('[:')) {
      const name = takeUntil(':');
      const test = posixClasses[name.replace(/^\^/, '')];
      if (test === undefined || take() !== ']') throw invalid('unknown class of characters');
      return (one) => test.test(one) !== name.startsWith('^');
    }
    if (skip('[')) return parseClass(flags);
    const from = parseClassCharacter();
    if (typeof from !== 'string') return from;
    if (peek() !== '-' || characters[position + 1] === ']') return among(from, from, flags);
    position += 1;
    const to = parseClassCharacter();
    if (typeof to !== 'string' || codePointOf(to) < codePointOf(from)) throw invalid('a range from more to less');
    return among(from, to, flags);
  }

  function parseClassCharacter(): string | CharacterTest {
    const character = take();
    if (character === '') throw invalid('unclosed character class');
    return character === '\\' ? parseEscapedCharacter() : character;
  }
}

/** @param letters as in `(?im-s)` */
function changedFlags({ ignoreCase, multiLine, dotAll }: Flags, letters: string): Flags {
  const [on = '', off = ''] = letters.split('-');
  const changed = (letter: string, before: boolean): boolean => on.includes(letter) || (before && !off.includes(letter));
  return { ignoreCase: changed('i', ignoreCase), multiLine: changed('m', multiLine), dotAll: changed('s', dotAll) };
}

function propertyTest(name: string): RegExp | undefined {
  try {
    return new RegExp(`^\\p{${name}}$`, 'u');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // there is no such property
    throw error;
  }
}

function literal(character: string, flags: Flags): Part {
  return { kind: 'one', test: among(character, character, flags) };
}

function among(from: string, to: string, { ignoreCase }: Flags): CharacterTest {
  const [low, high] = [codePointOf(from), codePointOf(to)];
  const isAmong: CharacterTest = (one) => codePointOf(one) >= low && codePointOf(one) <= high;
  return ignoreCase ? (one) => isAmong(one) || isAmong(one.toLowerCase()) || isAmong(one.toUpperCase()) : isAmong;
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** A program for all threads at once: `jump` goes on in several places. */
type Instruction =
  | { kind: 'one'; test: CharacterTest }
  | { kind: 'assertion'; holds: Assertion }
  | { kind: 'jump'; to: number[] }
  | { kind: 'found' };

function compile(whole: Part): readonly Instruction[] {
  const program: Instruction[] = [];
  emitPart(whole);
  emit({ kind: 'found' });
  return program;

  function emit(instruction: Instruction): void {
    if (program.length >= maxInstructions) throw new Fault('got a regular expression that is too long', { limit: true });
    program.push(instruction);
  }
  function emitJump(): number[] {
    const to: number[] = [];
    emit({ kind: 'jump', to });
    return to;
  }

  function emitPart(part: Part): void {
    switch (part.kind) {
      case 'one':
      case 'assertion':
        emit(part);
        return;
      case 'sequence':
        part.parts.forEach(emitPart);
        return;
      case 'choice': {
        const choice = emitJump();
        const ends: number[][] = [];
        for (const option of part.options) {
          choice.push(program.length);
          emitPart(option);
          ends.push(emitJump());
        }
        for (const end of ends) end.push(program.length);
        return;
      }
      case 'repetition':
        emitRepetition(part);
    }
  }

  function emitRepetition({ part, min, max }: Part & { kind: 'repetition' }): void {
    for (let count = 0; count < min; count += 1) {
      const before = program.length;
      emitPart(part);
      if (program.length === before) break; // nothing, however often
    }
    if (max === Infinity) {
      const start = program.length;
      const loop = emitJump();
      loop.push(program.length);
      emitPart(part);
      emitJump().push(start);
      loop.push(program.length);
      return;
    }
    const skips: number[][] = [];
    for (let count = min; count < max; count += 1) {
      const skip = emitJump();
      skip.push(program.length);
      skips.push(skip);
      emitPart(part);
    }
    for (const skip of skips) skip.push(program.length);
  }
}

/** Follows all ways through the program at the same time, one character after the other. */
function run(program: readonly Instruction[], text: string, budget: Budget): boolean {
  const visitedAt = new Int32Array(program.length);
  let entered: readonly number[] = [];
  let before = '';
  let place = 0;
  for (const after of charactersAndEnd(text)) {
    place += 1;
    const pending = [0, ...entered]; // a match may begin anywhere
    const waiting: { next: number; test: CharacterTest }[] = [];
    let visits = 0;
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (visitedAt[at] === place) continue;
      visitedAt[at] = place;
      visits += 1;
      const instruction = program[at];
      switch (instruction?.kind) {
        case 'found':
          return true;
        case 'jump':
          pending.push(...instruction.to);
          break;
        case 'assertion':
          if (instruction.holds(before, after)) pending.push(at + 1);
          break;
        case 'one':
          waiting.push({ next: at + 1, test: instruction.test });
          break;
        case undefined:
          throw new TypeError('the program jumps out of itself');
      }
    }
    budget.spend(1 + visits / 2);
    entered = waiting.filter(({ test }) => test(after)).map(({ next }) => next);
    before = after;
  }
  return false;
}

/** The end is an empty character. */
function* charactersAndEnd(text: string): Iterable<string> {
  yield* text;
  yield '';
}
