/** Results for programs: four shapes of data in seven formats. Complete text or an error, never half of it. */

export { formatStructured } from './format';
export {
  type Cell,
  type Document,
  type FlatRow,
  type Format,
  formats,
  formatsOf,
  type Matrix,
  type Row,
  type Sectioned,
  type Shape,
  type Structured,
  type Tabular,
  type Value,
} from './shapes';
export { templateVariables } from './variables';
