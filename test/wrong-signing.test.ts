import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseBy } from '../src/app/settings.ts';
import { attestImage } from '../src/app/sign/index.ts';
import { attestSchema } from '../src/app/sign/settings.ts';
import type { FailureCode } from '../src/core/failure.ts';
import { scratch } from '../src/read/testing/scratch.ts';
import { cli } from './peers/cli.ts';

/* What is given to `sign` and `attest` and is wrong is said before a password is asked for, and before anything is sent. */

interface Given {
  readonly reference?: string;
  readonly key?: string;
  readonly type?: string;
  readonly predicate?: string;
}

const WRONG: readonly (readonly [name: string, given: Given, code: FailureCode, says: RegExp])[] = [
  ['a layout', { reference: 'oci:somewhere' }, 'UNSUPPORTED', /oci:somewhere: .* in a registry/],
  ['an archive', { reference: './a.tar' }, 'NOT_FOUND', /a\.tar does not exist/],
  ['an engine', { reference: 'docker:app' }, 'UNSUPPORTED', /docker:app: .* in a registry/],
  ['no reference', { reference: 'UPPER/case' }, 'USAGE', /lower case/],
  [
    'a predicate that is not there',
    { predicate: 'none' },
    'NOT_FOUND',
    /the predicate .*none does not exist/,
  ],
  ['a predicate that is a folder', { predicate: 'folder' }, 'USAGE', /folder is a folder/],
  ['a predicate that is no JSON', { predicate: 'half.json' }, 'MALFORMED', /half\.json is no JSON/],
  ['a predicate of another type', { predicate: 'empty.json' }, 'MALFORMED', /empty\.json: the SLSA/],
  ['a type that is none', { type: 'nope', predicate: 'empty.json' }, 'USAGE', /"nope" is no predicate type/],
  ['a key in a KMS', { key: 'awskms:///a', type: 'https://a.example/b' }, 'UNSUPPORTED', /keys in awskms/],
];

for (const [name, given, code, says] of WRONG) {
  test(`attest: ${name}`, async (t) => {
    const folder = scratch(t);
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'half.json'), '{');
    writeFileSync(join(folder, 'empty.json'), '{}');
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(folder, 'key'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const { reference = 'registry.invalid/app:1', type = 'slsaprovenance1', key, predicate } = given;
    const settings = parseBy(attestSchema, {
      type,
      key: key ?? join(folder, 'key'),
      predicate: join(folder, predicate ?? 'empty.json'),
    });
    const ask = (): Promise<undefined> => assert.fail('a password was asked for');
    await assert.rejects(attestImage(reference, settings, ask, AbortSignal.timeout(5_000)), {
      code,
      message: says,
    });
  });
}

test('a setting that is wrong is named as its flag is written', async () => {
  const { status, stderr } = await cli(['verify', 'registry.invalid/app', '--at-least', 'many']);
  assert.equal(status, 64);
  assert.match(stderr, /^pratique: USAGE: .*--at-least: /);
});
