import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { open } from '../../open.ts';
import { options as openOptions } from '../../testing/scratch.ts';
import { AMI, AMI_ID, SNAPSHOT, start } from './testing/snapshot.ts';

test('given up while it waits: at once', async (t) => {
  const leave = new AbortController();
  const { fake } = await start(t, { throttled: Number.POSITIVE_INFINITY });
  const opened = openAt(t, fake.url, AMI_ID, leave.signal);
  setTimeout(() => leave.abort(), 300);
  const begun = performance.now();
  await assert.rejects(opened, { code: 'CANCELLED' });
  assert.ok(performance.now() - begun < 3000);
});

async function openAt(t: TestContext, url: string, id: string, signal?: AbortSignal) {
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const before = { ...process.env };
  Object.assign(process.env, credentials);
  t.after(() => {
    process.env = before;
  });
  const cloud = { region: 'eu-west-1', endpoints: { ec2: url, ebs: url } };
  const [image] = await open(`aws:${id}`, openOptions({ cloud, ...(signal !== undefined && { signal }) }));
  assert.ok(image);
  t.after(() => image.close());
  return image;
}

test('an AMI whose snapshot is not shared still tells what AWS says of it', async (t) => {
  const { fake } = await start(t, { refused: [SNAPSHOT] });
  const image = await openAt(t, fake.url, AMI_ID);
  const { asked, ...facts } = image.identity.cloud ?? {};
  assert.ok(Date.parse(asked ?? '') > 0);
  assert.deepEqual(facts, {
    id: AMI_ID,
    region: 'eu-west-1',
    name: AMI.name,
    owner: AMI.owner,
    public: true,
    system: 'Linux/UNIX',
    productCodes: [],
    disks: [SNAPSHOT],
  });
  const refusal = image.problems.find(({ code }) => code === 'NO_PERMISSION');
  assert.equal(refusal?.effect, 'incomplete');
  assert.match(refusal?.message ?? '', /snap-0abcdef1234567890 was not read: .*ask the owner to share it/);
  assert.doesNotMatch(refusal?.message ?? '', /kms/);
});

test('an encrypted snapshot says which permission is missing', async (t) => {
  const images = { [AMI_ID]: { ...AMI, encrypted: true } };
  for (const how of [{ keyRefused: true }, { refused: [SNAPSHOT] }]) {
    const { fake } = await start(t, { images, ...how });
    const image = await openAt(t, fake.url, AMI_ID);
    const refusal = image.problems.find(({ code }) => code === 'NO_PERMISSION');
    assert.match(refusal?.message ?? '', /encrypted.*kms:Decrypt/);
  }
});

test('snapshots that repeat are read once, and those that are too many or no snapshots are said', async (t) => {
  const many = Array.from({ length: 130 }, (_, at) => `snap-${at.toString(16)}`);
  const snapshots = [SNAPSHOT, SNAPSHOT, '../../x', ...many];
  const { fake } = await start(t, { images: { [AMI_ID]: { ...AMI, snapshots } }, refused: many });
  const image = await openAt(t, fake.url, AMI_ID);
  assert.equal(fake.requests.filter((path) => path === `/snapshots/${SNAPSHOT}/blocks`).length, 1);
  assert.ok(fake.requests.every((path) => path === '/' || /^\/snapshots\/snap-[0-9a-f]+\/blocks/.test(path)));
  assert.equal(image.identity.cloud?.disks.length, 128);
  const messages = image.problems.map(({ message }) => message).join('\n');
  assert.match(messages, /AWS names \.\.\/\.\.\/x, which is no snapshot/);
  assert.match(messages, /4 of 132 snapshots were not read/);
});

test('an AMI that is not there', async (t) => {
  const { fake } = await start(t);
  const id = 'ami-0123456789abcdef0';
  await assert.rejects(openAt(t, fake.url, id), {
    code: 'NOT_FOUND',
    message: /ami-0123456789abcdef0 in eu-west-1/,
  });
});

/** Two to the hundredth power, if entities were expanded. */
function toBomb(xml: string): string {
  const entities = Array.from({ length: 100 }, (_, at) => `<!ENTITY e${at + 1} "&e${at};&e${at};">`);
  const bomb = `<!DOCTYPE x [<!ENTITY e0 "x">${entities.join('')}]>`;
  return bomb + xml.replace(AMI_ID, '&e100;');
}

const answers: readonly (readonly [name: string, described: (xml: string) => string])[] = [
  ['of another image', (xml) => xml.replace(`<imageId>${AMI_ID}`, '<imageId>ami-00000000')],
  ['that is no XML', () => '{"no": 1}'],
  ['with another shape', (xml) => xml.replace('<imagesSet><item>', '<imagesSet><item><name><x>1</x></name>')],
  ['with entities in entities', toBomb],
  ['without end', (xml) => `${' '.repeat(40 * 2 ** 20)}${xml}`],
];

for (const [name, described] of answers) {
  test(`EC2 answers with what is ${name}`, async (t) => {
    const { fake } = await start(t, { described });
    await assert.rejects(openAt(t, fake.url, AMI_ID), (error: Error & { code?: string }) => {
      assert.ok(['REGISTRY_ERROR', 'NOT_FOUND'].includes(error.code ?? ''), error.message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}

test('nothing answers there', async (t) => {
  await assert.rejects(openAt(t, 'http://127.0.0.1:1', AMI_ID), { code: 'UNREACHABLE' });
});

for (const id of [
  'foo',
  'ami-',
  'ami-1',
  'ami-0ABCDEF1',
  'ami-0abcdef1/../x',
  'snap-0abcdef1',
  `${AMI_ID}0`,
  `${AMI_ID}\n`,
]) {
  test(`no AMI: ${JSON.stringify(id)}`, async (t) => {
    const { fake } = await start(t);
    await assert.rejects(openAt(t, fake.url, id), { code: 'USAGE' });
    assert.deepEqual(fake.requests, []);
  });
}
