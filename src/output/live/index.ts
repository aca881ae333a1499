/** A few lines at the bottom of a terminal that change in place, while everything else is printed above them for good. */
export { fitLine } from './fit-line';
export { createLiveRegion, type LiveRegion, type LiveRegionOptions, type RegionSize } from './region';
export { createOutputTail, type OutputTail } from './output-tail';
export { spinnerFrame } from './spinner-frame';
