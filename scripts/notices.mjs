// Writes THIRD-PARTY-NOTICES: name, version, licence and licence text of every package that is in the bundle.

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const licenceFile = /^(licen[cs]e|copying|notice)/i;

/** @param {string} root @param {readonly string[]} moduleIds absolute paths of all bundled modules */
export function writeNotices(root, moduleIds) {
  const directories = new Set(moduleIds.filter((id) => id.includes('/node_modules/')).map(packageDirectory));
  const packages = [...directories].map(describe).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const silent = packages.filter(({ texts, license }) => texts.length === 0 && license === undefined);
  if (silent.length > 0) throw new Error(`no licence found for ${silent.map(({ name }) => name).join(', ')}`);
  const parts = packages.map(
    ({ name, version, license, texts }) =>
      `${name} ${version} (${license ?? 'see below'})\n\n${texts.length > 0 ? texts.join('\n\n') : 'The package contains no licence text.'}\n`,
  );
  const rule = `${'-'.repeat(78)}\n\n`;
  writeFileSync(join(root, 'THIRD-PARTY-NOTICES'), `daft contains the following packages.\n\n${rule}${parts.join(`\n${rule}`)}`);
}

/** The nearest directory with a named package.json: packages have nameless ones inside, to mark a module format. */
function packageDirectory(moduleId) {
  let directory = dirname(moduleId.replace(/^\0+/, '').replace(/\?.*$/, ''));
  while (!existsSync(join(directory, 'package.json')) || readPackage(directory).name === undefined) directory = dirname(directory);
  return directory;
}

function describe(directory) {
  const { name, version, license } = readPackage(directory);
  const texts = readdirSync(directory)
    .filter((file) => licenceFile.test(file))
    .toSorted()
    .map((file) => readFileSync(join(directory, file), 'utf8').trim());
  return { name, version, license, texts };
}

function readPackage(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
}
