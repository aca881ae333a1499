/** The filters there are, by name. */

import { arrayFilters } from './arrays';
import { dateFilters } from './date';
import type { Filter } from './filter';
import { generalFilters } from './general';
import { numberFilters } from './numbers';
import { stringFilters } from './strings';

export const filters: ReadonlyMap<string, Filter> = new Map(
  [stringFilters, arrayFilters, numberFilters, generalFilters, dateFilters].flatMap((group) => Object.entries(group)),
);
