import { expect, test } from 'vitest';
import { socketPlaces } from '../../src/coordinator/client/socket-path';
import type { RepoId } from '../../src/logstore';

const repoId = '0192f0c1-2345-7abc-8def-0123456789ab' as RepoId;
/** A state directory whose socket path has this many bytes. */
const stateDirFor = (bytes: number, filler: string) => `/${filler.repeat((bytes - '//coordinator-.sock'.length - repoId.length) / Buffer.byteLength(filler))}`;

test.each([
  ['107 bytes fit', stateDirFor(107, 'a'), true],
  ['108 bytes do not', stateDirFor(108, 'a'), false],
  ['bytes count, not characters', stateDirFor(109, 'é'), false],
])('%s', { skip: process.platform !== 'linux' }, (_name, stateDir, fits) => {
  const { normal } = socketPlaces({ stateDir, repoId }, 1000);
  expect(normal).toBe(fits ? `${stateDir}/coordinator-${repoId}.sock` : undefined);
});

test('the fallback is named after the user and the path it stands for', () => {
  const { fallback } = socketPlaces({ stateDir: '/state', repoId }, 1000);
  // printf %s /state/coordinator-<id>.sock | sha256sum
  expect(fallback).toEqual({ directory: '/tmp/daft-1000', path: '/tmp/daft-1000/e1a78ab9bb1d0851478dee1d47408141.sock' });
});
