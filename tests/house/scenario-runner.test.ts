import { describe, expect, test } from 'vitest';
import { parseScenario, playScenario } from '../support/scenario';

const play = (yaml: string) => playScenario(parseScenario('test.yml', yaml));

describe('a scenario file', () => {
  test('with an unknown key is refused, and the key is named', () => {
    expect(() => parseScenario('x.yml', 'scenario: x\nsteps: [{run: ls, expect: {exitcode: 0}}]')).toThrow(/x\.yml:[^]*exitcode/);
    expect(() => parseScenario('x.yml', 'scenario: x\nsteps: [{wait: {procesess: {}}}]')).toThrow(/procesess/);
    expect(() => parseScenario('x.yml', 'scenario: [')).toThrow('x.yml:');
    expect(() => parseScenario('x.yml', 'scenario: x\nsteps: []')).toThrow(/steps/);
  });
});

describe('a scenario', () => {
  test('passes when all its expectations hold', async () => {
    await play(`
scenario: everything holds
remotes:
  app:
    main: { files: { README.md: "hello\\n", run.sh: "echo hi\\n" }, executable: [run.sh] }
    feature/a: { from: main, commits: [{ message: second, files: { a.txt: A } }] }
files: { notes/todo.txt: "buy milk" }
env: { GREETING: good day }
steps:
  - run: |
      git clone --quiet $REMOTES/app.git && cd app && ./run.sh && git checkout --quiet feature/a
      cat ../notes/todo.txt; echo; cat a.txt; echo; echo "$GREETING $OWN" >&2
    env: { OWN: sir }
    expect:
      stdout: "hi\\nbuy milk\\nA\\n"
      stderr: { contains: good day sir, absent: madam, matches: "^good .* sir$" }
      files: { app/a.txt: { is: A }, app/README.md: present, app/b.txt: absent }
      worktrees: { in: app, are: { feature/a: app } }
      branches: { in: app, are: [main, feature/a] }
  - run: cat; test -t 1
    stdin: from stdin
    expect: { exit: 1, stdout: from stdin }
  - run: pwd; test -t 1
    in: app
    terminal: true
    expect: { stdout: "$WORK/app\\n" }
  - run: sleep 301 >/dev/null 2>&1 & echo $! > pid
  - wait: { files: { pid: present }, processes: { ^sleep 301$: 1 } }
  - run: kill $(cat pid)
  - wait: { processes: { sleep: 0 } }
`);
  });

  test.each<[string, string, string]>([
    ['a wrong exit code', 'run: exit 3', 'exit code 3, expected 0'],
    ['other output', 'run: printf "a\\nb\\n"\n    expect: {stdout: "a\\nc\\n"}', '- c'],
    ['missing text', 'run: echo a\n    expect: {stdout: {contains: [a, b]}}', 'stdout lacks: b'],
    ['forbidden text', 'run: echo a >&2\n    expect: {stderr: {absent: a}}', 'stderr must not have: a'],
    ['a missing file', 'run: "true"\n    expect: {files: {x: present}}', 'x does not exist'],
    ['a missing record', 'run: "true"\n    expect: {records: [{job: build}]}', "record of 'build': none"],
    ['a missing process', 'run: "true"\n    expect: {processes: {sleep: 1}}', 'processes like sleep: 0, expected 1'],
    ['a wait in vain', 'wait: {files: {x: present}}\n    within: 0s', 'wait for {"files":{"x":"present"}}'],
    ['a command that does not end', 'run: sleep 30\n    within: 0s', 'did not end within 0 ms'],
    ['a branch too many', 'run: git init --quiet\n    expect: {branches: {in: ., are: [main]}}', 'branches are (none)'],
  ])('fails on %s', async (_what, step, complaint) => {
    await expect(play(`scenario: fails\nsteps:\n  - ${step}\n`)).rejects.toThrow(complaint);
  });

  test('that fails tells every step, the state directory and the processes', async () => {
    const failing = play(`
scenario: a story
steps:
  - run: mkdir -p $STATE/jobs; printf '{"a":1}' > $STATE/jobs/x.json; echo first
  - run: echo out; echo err >&2; exit 9
`);
    const story = await failing.then(
      () => '',
      (error: unknown) => String(error),
    );
    for (const part of ['scenario: a story', 'step 1: $ mkdir', '| first', 'step 2:', '| out', '! err', '✗ exit code 9, expected 0', 'x.json (7 bytes)', '{"a":1}', '--- processes']) {
      expect(story).toContain(part);
    }
  });
});
