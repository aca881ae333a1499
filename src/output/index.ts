/** Presenters: words, glyphs, widths and colours of what the operations tell; knows their types and nothing else. */

export { createPalette, decideColour, type Palette } from './colour';
export { stripControlSequences } from './control-sequences';
export { createMessages, type Messages, type MessagesOptions } from './messages';
export { type LongText, page, pagerCommand, writeAll } from './pager';
export { linesInPieces } from './pieces';
export { printable } from './printable';
export { type Spinner } from './spinner';
