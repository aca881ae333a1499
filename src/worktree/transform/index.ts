/** Turns a repository from one layout into another, all of it or not at all. */
export { adoptRepository, prepareAdoption } from './adopt';
export { ejectRepository, prepareEjection } from './eject';
export type { EjectionServices } from './eject';
export { performTransform, prepareTransform, surveyAfterRecovery } from './transform';
export type { Performance, Preparation, TransformRequest, TransformServices } from './transform';
export { undertake } from './undertake';
export type { Undertaking } from './undertaking';
