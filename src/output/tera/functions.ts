import type { Arguments } from './arguments';
import type { Budget } from './budget';
import { Fault, quoted } from './fault';
import type { Value } from './values';

/** The little that a template may learn of the world. */
export interface World {
  env: Readonly<Record<string, string | undefined>>;
  now: () => Date;
}

export interface TemplateFunction {
  requires?: readonly string[];
  /** @throws Fault whose message continues `function 'name' …`, unless it knows its place */
  call(args: Arguments, world: World, budget: Budget): Value;
}

export const functions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['range', { requires: ['end'], call: range }],
  ['throw', {
    requires: ['message'],
    call(args) {
      throw new Fault(args.text('message') ?? '', { at: args.at });
    },
  }],
  ['get_env', {
    requires: ['name'],
    call(args, { env }) {
      const name = args.text('name') ?? '';
      const found = (Object.hasOwn(env, name) ? env[name] : undefined) ?? args.value('default');
      if (found === undefined) throw new Fault(`finds no variable ${quoted(name)} in the environment`);
      return found;
    },
  }],
  ['now', {
    call(args, { now }) {
      if (args.flag('timestamp') ?? false) return Math.floor(now().getTime() / 1000);
      return args.flag('utc') ?? false ? now().toISOString().replace('Z', '+00:00') : localTime(now());
    },
  }],
  ['get_random', {
    requires: ['end'],
    call(args) {
      const start = args.integer('start') ?? 0;
      const end = args.integer('end') ?? 0;
      if (start >= end) throw new Fault(`finds no number from ${start} to below ${end}`);
      return start + Math.floor(Math.random() * (end - start));
    },
  }],
]);

/** From `start`, `end` not included. */
function range(args: Arguments, _: World, budget: Budget): Value {
  const start = args.count('start') ?? 0;
  const end = args.count('end') ?? 0;
  const step = args.count('step_by') ?? 1;
  if (start > end) throw new Fault(`cannot count from ${start} to ${end}`);
  if (step === 0) throw new Fault('cannot count in steps of 0');
  const count = Math.ceil((end - start) / step);
  budget.spend(count);
  return Array.from({ length: count }, (_element, index) => start + index * step);
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

/** RFC 3339 with the offset of this place. */
function localTime(date: Date): string {
  const east = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + east * 60_000).toISOString().replace('Z', '');
  return `${local}${east < 0 ? '-' : '+'}${twoDigits(Math.abs(east) / 60)}:${twoDigits(Math.abs(east) % 60)}`;
}
