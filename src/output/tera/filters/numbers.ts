import { Fault, quoted } from '../fault';
import { trimEnd, trimStart } from '../whitespace';
import { type Filter, needs, ofNumber } from './filter';

export const numberFilters: Readonly<Record<string, Filter>> = {
  abs: ofNumber(Math.abs),
  round: ofNumber((number, args) => rounded(number, args.text('method') ?? 'common', args.integer('precision') ?? 0)),
  pluralize: ofNumber((number, args) => (Math.abs(number) === 1 ? (args.text('singular') ?? '') : (args.text('plural') ?? 's'))),
  filesizeformat: ofNumber((bytes, args) => {
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new Fault(`needs a whole number that is not negative, but got ${bytes}`);
    return fileSize(bytes, args.flag('binary') ?? false);
  }),
  int: {
    apply(input, args) {
      const base = args.count('base') ?? 10;
      if (base < 2 || base > 36) throw new Fault(`knows no digits to the base ${base}`);
      const fallback = args.integer('default') ?? 0;
      if (typeof input === 'number') return Math.trunc(input);
      if (typeof input === 'string') return parsedInteger(trimStart(trimEnd(input)), base) ?? fallback;
      throw needs('a string or a number', input);
    },
  },
  float: {
    apply(input, args) {
      const fallback = args.number('default') ?? 0;
      if (typeof input === 'number') return input;
      if (typeof input === 'string') return parsedFloat(trimStart(trimEnd(input))) ?? fallback;
      throw needs('a string or a number', input);
    },
  },
};

/** Half away from zero. */
function rounded(number: number, method: string, precision: number): number {
  const scale = 10 ** precision;
  const scaled = number * scale;
  const result = roundedBy(method, scaled) / scale;
  return Number.isFinite(result) ? result : number; // more digits than the number has, or than there are
}

function roundedBy(method: string, number: number): number {
  switch (method) {
    case 'common':
      return Math.sign(number) * Math.round(Math.abs(number));
    case 'ceil':
      return Math.ceil(number);
    case 'floor':
      return Math.floor(number);
    default:
      throw new Fault(`rounds by 'common', 'ceil' or 'floor', not by ${quoted(method)}`);
  }
}

const prefixes: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 16: '0x' };

function parsedInteger(text: string, base: number): number | undefined {
  const prefix = prefixes[base];
  const digits = prefix !== undefined && text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const allowed = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, base);
  const number = new RegExp(`^[+-]?[${allowed}]+$`, 'i').test(digits) ? Number.parseInt(digits, base) : digits.includes('.') ? parsedFloat(digits) : undefined;
  if (number === undefined) return undefined;
  return Number.isSafeInteger(Math.trunc(number)) ? Math.trunc(number) : undefined;
}

function parsedFloat(text: string): number | undefined {
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

const units = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** In powers of 1024 with two digits behind the point, none for a whole number; `binary` only changes the unit's name. */
function fileSize(bytes: number, binary: boolean): string {
  let size = bytes;
  let power = 0;
  while (size >= 1024 && power < units.length - 1) {
    size /= 1024;
    power += 1;
  }
  const prefix = binary ? (units[power] ?? '').toUpperCase() : (units[power] ?? '');
  const infix = binary && power > 0 ? 'i' : '';
  return `${Number.isInteger(size) ? size : size.toFixed(2)} ${prefix}${infix}B`;
}
