import { describe, expect, test } from 'vitest';
import { parseCount, parseDuration, parseSize } from '../../src/config';

const valid = (value: number) => ({ kind: 'valid', value });
const invalid = (message: string) => ({ kind: 'invalid', message });

describe('durations', () => {
  test.each([
    ['7d', valid(604_800)],
    ['24h', valid(86_400)],
    ['5m', valid(300)],
    ['30s', valid(30)],
    ['0s', valid(0)],
    [' 5 m ', valid(300)],
    ['5', invalid('invalid duration: 5 (expected suffix d/h/m/s)')],
    ['5M', invalid('invalid duration: 5M (expected suffix d/h/m/s)')],
    ['', invalid('invalid duration:  (expected suffix d/h/m/s)')],
    ['-5m', invalid('invalid duration: -5m')],
    ['1.5h', invalid('invalid duration: 1.5h')],
    ['m', invalid('invalid duration: m')],
    ['99999999999999999d', invalid('duration overflow: 99999999999999999d')],
  ])('%j', (text, expected) => expect(parseDuration(text)).toEqual(expected));
});

test.each([
  [0, valid(0)],
  [7, valid(7)],
  [-1, invalid('invalid count: -1')],
  [1.5, invalid('invalid count: 1.5')],
  [1e30, invalid('invalid count: 1e+30')],
])('the count %d', (count, expected) => expect(parseCount(count)).toEqual(expected));

describe('sizes', () => {
  test.each([
    ['1024', valid(1024)],
    ['10MB', valid(10_485_760)],
    ['1 kb', valid(1024)],
    ['2GB', valid(2_147_483_648)],
    [' 7b ', valid(7)],
    ['1.5MB', invalid('invalid size: 1.5MB')],
    ['-1', invalid('invalid size: -1')],
    ['1TB', invalid('invalid size: 1TB')],
    ['', invalid('invalid size: ')],
    ['99999999999999GB', invalid('size overflow: 99999999999999GB')],
  ])('%j', (text, expected) => expect(parseSize(text)).toEqual(expected));
});
