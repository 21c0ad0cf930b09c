import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedVhd } from '../../src/read/cloud/testing/ranges.ts';
import { EXT4, imageOf } from '../../src/read/filesystem/ext/testing/images.ts';
import { openOne, readAll } from '../../src/read/testing/scratch.ts';
import { holdBlob, withoutAzurite as skip, startAzurite } from '../peers/azurite.ts';

test('a VHD in a page blob is read by ranges through its SAS', { skip }, async (t) => {
  const base = await startAzurite(t);
  const url = await holdBlob(base, 'disks', fixedVhd(imageOf(EXT4)));
  const cloud = { endpoints: { web: base } };
  const image = await openOne(t, url, { cloud });
  assert.deepEqual(image.problems, []);
  assert.doesNotMatch(JSON.stringify(image.identity), /sig=/);
  const { recorder, problems } = await readAll(image);
  assert.deepEqual(problems, []);
  assert.ok(recorder.files.length > 3);

  const forged = url.replace(/sig=[^&]{4}/, 'sig=AAAA');
  await assert.rejects(openOne(t, forged, { cloud }), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'FORBIDDEN', error.message);
    assert.doesNotMatch(error.message, /sig=[^…]/);
    return true;
  });
  await assert.rejects(openOne(t, url.replace('os.vhd', 'no.vhd'), { cloud }), /FORBIDDEN|NOT_FOUND|403|404/);
});
