import { configureGlobal } from 'fast-check';

/** In CI a change is judged by the same cases each time; elsewhere they are new ones, and a failure names its seed. */
if (process.env['CI']) configureGlobal({ seed: 1 });

export * from 'fast-check';
