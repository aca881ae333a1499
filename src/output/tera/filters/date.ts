import type { Budget } from '../budget';
import { Fault, quoted } from '../fault';
import type { Value } from '../values';
import { type Filter, needs } from './filter';

/** A moment as somebody's clock shows it. */
interface ClockTime {
  /** The fields of the clock, read with the UTC accessors. */
  fields: Date;
  nanoseconds: number;
  /** Seconds east of Greenwich. */
  offset: number;
  zone: string;
}

export const dateFilters: Readonly<Record<string, Filter>> = {
  date: {
    apply(input, args, budget) {
      return formatted(clockTimeOf(input, args.text('timezone')), args.text('format') ?? '%Y-%m-%d', budget);
    },
  },
};

const dayOnly = /^(\d{4}-\d{2}-\d{2})$/;
const dayAndTime = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:(Z)|([+-])(\d{2}):?(\d{2}))?$/i;

/** Of seconds since 1970, RFC 3339, the same without an offset (UTC), or a day. A day knows of no other time zone. */
function clockTimeOf(input: Value, timezone: string | undefined): ClockTime {
  if (typeof input === 'number') {
    if (!Number.isSafeInteger(input)) throw new Fault(`needs whole seconds, but got ${input}`);
    return timezone === undefined ? clockTime(input * 1000, { offset: 0, zone: 'UTC' }) : inZone(input * 1000, 0, timezone);
  }
  if (typeof input !== 'string') throw needs('a number or a string', input);
  const day = dayOnly.exec(input);
  if (day?.[1] !== undefined) return clockTime(parsedFields(`${day[1]}T00:00:00`, input), { offset: 0, zone: 'UTC' });
  const [matched, fields = '', fraction = '', utc, sign, hours, minutes] = dayAndTime.exec(input) ?? [];
  if (matched === undefined) throw unreadable(input);
  const nanoseconds = Number(fraction.padEnd(9, '0'));
  const milliseconds = parsedFields(fields, input);
  if (utc === undefined && sign === undefined) return clockTime(milliseconds, { nanoseconds, offset: 0, zone: 'UTC' });
  const offset = sign === undefined ? 0 : (sign === '-' ? -60 : 60) * (Number(hours) * 60 + Number(minutes));
  if (timezone !== undefined) return inZone(milliseconds - offset * 1000, nanoseconds, timezone);
  return clockTime(milliseconds - offset * 1000, { nanoseconds, offset, zone: offsetText(offset, ':') });
}

/** Milliseconds of `2024-03-05T10:20:30` in UTC. */
function parsedFields(fields: string, input: string): number {
  const milliseconds = Date.parse(`${fields.toUpperCase()}Z`);
  // What is parsed and not the same when printed is the 31st of a shorter month.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString().slice(0, 19) !== fields.toUpperCase()) throw unreadable(input);
  return milliseconds;
}

function unreadable(input: string): Fault {
  return new Fault(`cannot read ${quoted(input)} as a date`);
}

function clockTime(milliseconds: number, { nanoseconds = 0, offset, zone }: { nanoseconds?: number; offset: number; zone: string }): ClockTime {
  const fields = new Date(milliseconds + offset * 1000);
  if (Number.isNaN(fields.getTime())) throw new Fault('got a moment too far away');
  return { fields, nanoseconds, offset, zone };
}

function inZone(milliseconds: number, nanoseconds: number, timezone: string): ClockTime {
  const name = (locale: string, timeZoneName: 'longOffset' | 'short'): string => {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: timezone, timeZoneName }).formatToParts(clockTime(milliseconds, { offset: 0, zone: '' }).fields);
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  };
  let longOffset;
  try {
    longOffset = name('en-US', 'longOffset');
  } catch (error) {
    if (error instanceof RangeError) throw new Fault(`knows no time zone ${quoted(timezone)}`);
    throw error;
  }
  const [, sign, hours, minutes] = /([+-])(\d{2}):(\d{2})/.exec(longOffset) ?? [];
  const offset = sign === undefined ? 0 : (sign === '-' ? -60 : 60) * (Number(hours) * 60 + Number(minutes));
  // An English speaker here and there has a name for a zone that is only an offset to the others.
  const zone = ['en-US', 'en-GB', 'en-AU'].map((locale) => name(locale, 'short')).find((text) => !/[+-]/.test(text));
  return clockTime(milliseconds, { nanoseconds, offset, zone: zone ?? offsetText(offset, ':') });
}

const specifier = /%(?:([-_0]?)([CdeGgHIjklMmSsUuVWwYy])|([ABDFPRTXZabchfnprtvx+%])|(\.[369]?f|[369]f)|(:{0,3})z)|%/g;

/** As strftime(3), with the specifiers of Rust's chrono. */
function formatted(time: ClockTime, format: string, budget: Budget): string {
  budget.text(format.length * 16); // the longest that two characters can become
  return format.replace(specifier, (matched: string, padding?: string, numeric?: string, plain?: string, fraction?: string, colons?: string) => {
    if (numeric !== undefined) return numberText(time, numeric, padding ?? '');
    if (plain !== undefined) return plainText(time, plain, budget);
    if (fraction !== undefined) return fractionText(time.nanoseconds, fraction);
    if (matched.endsWith('z')) return zoneText(time.offset, colons ?? '');
    throw new Fault(`got an invalid format ${quoted(format)}`);
  });
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

function numberText(time: ClockTime, letter: string, padding: string): string {
  const { value, width, fill = '0' } = numberOf(time, letter);
  if (padding === '-') return String(value);
  return String(value).padStart(width, padding === '_' ? ' ' : padding === '0' ? '0' : fill);
}

function numberOf({ fields, offset }: ClockTime, letter: string): { value: number; width: number; fill?: string } {
  const year = fields.getUTCFullYear();
  const weekday = fields.getUTCDay();
  const hour12 = fields.getUTCHours() % 12 || 12;
  switch (letter) {
    case 'Y': return { value: year, width: 4 };
    case 'C': return { value: Math.floor(year / 100), width: 2 };
    case 'y': return { value: ((year % 100) + 100) % 100, width: 2 };
    case 'm': return { value: fields.getUTCMonth() + 1, width: 2 };
    case 'd': return { value: fields.getUTCDate(), width: 2 };
    case 'e': return { value: fields.getUTCDate(), width: 2, fill: ' ' };
    case 'j': return { value: dayOfYear(fields), width: 3 };
    case 'u': return { value: weekday || 7, width: 1 };
    case 'w': return { value: weekday, width: 1 };
    case 'U': return { value: Math.floor((dayOfYear(fields) + 6 - weekday) / 7), width: 2 };
    case 'W': return { value: Math.floor((dayOfYear(fields) + 6 - ((weekday + 6) % 7)) / 7), width: 2 };
    case 'G': return { value: isoWeek(fields).year, width: 4 };
    case 'g': return { value: isoWeek(fields).year % 100, width: 2 };
    case 'V': return { value: isoWeek(fields).week, width: 2 };
    case 'H': return { value: fields.getUTCHours(), width: 2 };
    case 'k': return { value: fields.getUTCHours(), width: 2, fill: ' ' };
    case 'I': return { value: hour12, width: 2 };
    case 'l': return { value: hour12, width: 2, fill: ' ' };
    case 'M': return { value: fields.getUTCMinutes(), width: 2 };
    case 'S': return { value: fields.getUTCSeconds(), width: 2 };
    case 's': return { value: Math.floor(fields.getTime() / 1000) - offset, width: 1 };
    default: throw new TypeError(`no number is written as %${letter}`);
  }
}

/** Specifiers that stand for others. */
const composed: Readonly<Record<string, string>> = {
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  F: '%Y-%m-%d',
  v: '%e-%b-%Y',
  R: '%H:%M',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  '+': '%Y-%m-%dT%H:%M:%S%.f%:z',
};

function plainText(time: ClockTime, letter: string, budget: Budget): string {
  const { fields, nanoseconds, zone } = time;
  const parts = composed[letter];
  if (parts !== undefined) return formatted(time, parts, budget);
  const half = fields.getUTCHours() < 12 ? 'am' : 'pm';
  switch (letter) {
    case 'A': return days[fields.getUTCDay()] ?? '';
    case 'a': return (days[fields.getUTCDay()] ?? '').slice(0, 3);
    case 'B': return months[fields.getUTCMonth()] ?? '';
    case 'b': case 'h': return (months[fields.getUTCMonth()] ?? '').slice(0, 3);
    case 'f': return String(nanoseconds).padStart(9, '0');
    case 'P': return half;
    case 'p': return half.toUpperCase();
    case 'Z': return zone;
    case 'n': return '\n';
    case 't': return '\t';
    case '%': return '%';
    default: throw new TypeError(`nothing is written as %${letter}`);
  }
}

/** `.f` as many digits as it takes, in threes, `.3f` three, and without the dot only the digits. */
function fractionText(nanoseconds: number, wanted: string): string {
  const digits = String(nanoseconds).padStart(9, '0');
  if (wanted === '.f') {
    const needed = [0, 3, 6, 9].find((count) => /^0*$/.test(digits.slice(count))) ?? 9;
    return needed === 0 ? '' : `.${digits.slice(0, needed)}`;
  }
  const count = Number(wanted.at(-2));
  return (wanted.startsWith('.') ? '.' : '') + digits.slice(0, count);
}

function zoneText(offset: number, colons: string): string {
  switch (colons) {
    case '': return offsetText(offset, '');
    case ':': return offsetText(offset, ':');
    case '::': return `${offsetText(offset, ':')}:00`;
    default: return offsetText(offset, ':').slice(0, 3);
  }
}

function offsetText(offset: number, separator: string): string {
  const minutes = Math.abs(offset) / 60;
  return `${offset < 0 ? '-' : '+'}${twoDigits(minutes / 60)}${separator}${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

const dayMs = 86_400_000;

function dayOfYear(fields: Date): number {
  return Math.floor((fields.getTime() - Date.UTC(fields.getUTCFullYear(), 0, 1)) / dayMs) + 1;
}

/** ISO 8601: the week belongs to the year that has its Thursday. */
function isoWeek(fields: Date): { year: number; week: number } {
  const thursday = new Date(fields.getTime() + (3 - ((fields.getUTCDay() + 6) % 7)) * dayMs);
  return { year: thursday.getUTCFullYear(), week: Math.ceil(dayOfYear(thursday) / 7) };
}
