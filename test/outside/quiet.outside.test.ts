import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from '../../src/index.ts';

/* Every published image in the reference data is allowed: nothing in them is refused or worth a person's time. */

const DATA = join(import.meta.dirname, '../../../shared/data');
const FOLDERS = ['rootfs', 'oci-layouts', 'docker-archives'];

const images = FOLDERS.flatMap((folder) => {
  const path = join(DATA, folder);
  return existsSync(path) ? readdirSync(path).map((name) => join(folder, name)) : [];
});

test('the reference images are there', (context) => {
  if (!existsSync(DATA)) return context.skip(`the reference data is not there: ${DATA}`);
  assert.ok(images.length > 0, `no image under ${DATA}`);
});

for (const image of images) {
  test(`${image}: nothing refused, nothing to look at`, async () => {
    const { findings, problems, decision } = await inspect(join(DATA, image), { cache: false });
    const told = findings
      .filter(({ tier }) => tier !== 'note')
      .map(({ tier, rule, location, evidence }) => `${tier} ${rule} ${location.path ?? ''}: ${evidence}`);
    assert.deepEqual(told, []);
    assert.deepEqual(problems, []);
    assert.equal(decision.outcome, 'allow');
  });
}
