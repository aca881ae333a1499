/**
 * The door of the store: JSON that other versions, other tools and power losses may have written. A field of the wrong
 * type counts as missing, and each file says which ones it cannot do without. Hand-written, since listings pass through
 * it a thousand times.
 */
export type Fields = Readonly<Record<string, unknown>>;

/** The object in a JSON text; undefined if that is something else. */
export function parseFields(text: string): Fields | undefined {
  try {
    return asFields(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function asInteger(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

/** An RFC 3339 timestamp, with 0 to 9 fractional digits and any offset. */
export function asDate(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !timestamp.test(value)) return undefined;
  const date = new Date(value.replace(' ', 'T'));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const timestamp = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{0,9})?(?:[Zz]|[+-]\d\d:?\d\d)$/;

/** The texts of an array; what is no text is left out. */
export function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The texts of an object by key; what is no text is left out. */
export function asTextMap(value: unknown): Record<string, string> {
  const fields = asFields(value);
  if (fields === undefined) return {};
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** As every JSON file of the store is written: two-space indent, one space after the colon. */
export function formatJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
