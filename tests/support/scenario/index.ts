/** Scenarios: the readable specification, played for real. See scenarios/README.md. */
export { parseScenario, playScenario } from './run';
