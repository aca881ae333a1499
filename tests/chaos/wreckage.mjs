// What a broken disk must not leave behind, and how a defect looks on the screen.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readIfThere } from './world.mjs';

/** Published JSON files of a state directory that are not whole. */
export function tornFiles(state) {
  return filesBelow(state)
    .filter((path) => ['meta.json', 'invocation.json', 'plan.json', 'env.json', 'repo-policy.json'].includes(basename(path)) && !path.includes('/.'))
    .filter((path) => {
      const text = readIfThere(join(state, path)); // gone since we looked: not torn
      return text !== undefined && !isJson(text);
    });
}

/** What somebody began to write and nobody will finish, or to delete. */
export function unfinishedFiles(state) {
  return filesBelow(state).filter((path) => /(^|\/)\.(tmp|writing|deleting)-[^/]*$/.test(path));
}

/** Invocations of which nobody knows what they were. */
export function namelessInvocations(state) {
  return filesBelow(state).filter((path) => /^jobs\/[^/]+\/[0-9a-f]{16}$/.test(path) && readIfThere(join(state, path, 'invocation.json')) === undefined);
}

/** Whether a coordinator has ended by an error that it did not expect. */
export function defectsIn(state) {
  return filesBelow(state).some((path) => /^coordinator-.*\.log$/.test(path) && readIfThere(join(state, path))?.includes('ended by a defect') === true);
}

/** Whether a text holds the stack of an error: expected failures are told in a line. */
export function stackIn(text) {
  return /^\s+at \S.*[:(]\d+:\d+\)?$/m.test(text);
}

function filesBelow(directory) {
  try {
    return readdirSync(directory, { recursive: true });
  } catch (error) {
    if (error.code === 'ENOENT') return []; // or somebody removes what we are looking into
    throw error;
  }
}

export function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
