/** Turns a repository from one layout into another, all of it or not at all. */
export { movesNothing, performTransform, prepareTransform, surveyAfterRecovery } from './transform';
export type { Performance, Preparation, TransformRequest, TransformServices } from './transform';
