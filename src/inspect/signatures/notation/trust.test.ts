import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { isFailure } from '../../../core/failure.ts';
import {
  authority,
  type Holder,
  issue,
  makeChain,
  PURPOSE,
  signer,
  timeStamper,
} from './testing/authority.ts';
import { signJws } from './testing/envelope.ts';
import { ask, NAME, outcomeOf } from './testing/scene.ts';
import { readNotationTrust, toNotationTrust } from './trust.ts';
import { parseTrustPolicy } from './trust-policy.ts';

const { root, leaf } = await makeChain();
const WHO = 'x509.subject: C=US, ST=WA, O=Acme';
const GOOD = {
  name: 'ours',
  registryScopes: [NAME],
  signatureVerification: { level: 'strict' },
  trustStores: ['ca:acme'],
  trustedIdentities: [WHO],
};
const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

function documentOf(...policies: readonly unknown[]): string {
  return JSON.stringify({ version: '1.0', trustPolicies: policies });
}

/** A configuration folder with these files. */
async function folderWith(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pratique-notation-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const derOf = ({ chain }: Holder): Buffer => chain[0] ?? Buffer.of();
const pemOf = (holder: Holder): string =>
  `-----BEGIN CERTIFICATE-----\n${derOf(holder)
    .toString('base64')
    .match(/.{1,64}/g)
    ?.join('\n')}\n-----END CERTIFICATE-----\n`;

async function failureOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'read';
  } catch (error) {
    if (isFailure(error)) return `${error.code} ${error.message}`;
    throw error;
  }
}

describe('a configuration folder', async () => {
  const STORE = 'truststore/x509/ca/acme';
  test('is read: PEM, several in one file, DER', async () => {
    const other = await makeChain();
    const folder = await folderWith({
      'trustpolicy.json': documentOf(GOOD),
      [`${STORE}/one.pem`]: `# a comment\n${pemOf(root)}${pemOf(other.root)}`,
      [`${STORE}/two.crt`]: derOf(root),
      [`${STORE}/three.cer`]: pemOf(root).replaceAll('\n', '\r\n'),
    });
    const trust = await readNotationTrust('acme', folder);
    assert.equal(trust.name, 'acme');
    assert.equal(trust.stores[0]?.certificates.length, 4);
    assert.equal(await outcomeOf(ask(signJws(leaf), trust)), 'proven');
    assert.equal(
      await outcomeOf(ask(signJws(leaf), trust, { name: 'registry.acme.example/b' })),
      'NO_MATCHING_RULE',
    );
  });

  test('trustpolicy.oci.json goes before trustpolicy.json', async () => {
    const folder = await folderWith({
      'trustpolicy.oci.json': documentOf({ ...GOOD, name: 'newer' }),
      'trustpolicy.json': documentOf(GOOD),
      [`${STORE}/one.pem`]: pemOf(root),
    });
    assert.equal((await readNotationTrust('acme', folder)).policies[0]?.name, 'newer');
  });

  test('that is missing something', async () => {
    assert.match(
      await failureOf(readNotationTrust('acme', '/nowhere.invalid')),
      /^NOT_FOUND .*trustpolicy\.json/,
    );
    const folder = await folderWith({ 'trustpolicy.json': documentOf(GOOD) });
    assert.match(await failureOf(readNotationTrust('acme', folder)), /^NOT_FOUND .*ca\/acme/);
    await mkdir(join(folder, STORE), { recursive: true });
    assert.match(await failureOf(readNotationTrust('acme', folder)), /^USAGE .*no certificate/);
  });

  const stranger = await issue({ subject: 'CN=x', issuer: root, extensions: signer(PURPOSE.codeSigning) });
  const stamper = await issue({ subject: 'CN=x', issuer: root, extensions: timeStamper() });
  const middle = await issue({ subject: 'CN=x', issuer: root, extensions: authority() });
  const rows: readonly {
    readonly name: string;
    readonly file: string;
    readonly content: Uint8Array | string;
    readonly failure: RegExp;
  }[] = [
    {
      name: 'a key instead of a certificate',
      file: 'a.pem',
      content: pem('PUBLIC KEY', root),
      failure: /^MALFORMED .*a\.pem/,
    },
    {
      name: 'a key beside a certificate',
      file: 'a.pem',
      content: pemOf(root) + pem('PUBLIC KEY', root),
      failure: /^MALFORMED .*a\.pem/,
    },
    {
      name: 'garbage in a certificate',
      file: 'a.pem',
      content: pemOf(root).replace(/\n[A-Za-z0-9]{6}/, '\n??????'),
      failure: /^MALFORMED .*a\.pem/,
    },
    { name: 'an empty file', file: 'a.crt', content: '', failure: /^MALFORMED .*a\.crt/ },
    { name: 'another file', file: 'README.md', content: 'hello', failure: /^USAGE .*README\.md/ },
    { name: 'a folder', file: 'more/a.pem', content: pemOf(root), failure: /^USAGE .*more/ },
    {
      name: 'a certificate that is neither authority nor its own issuer',
      file: 'a.pem',
      content: derOf(stranger),
      failure: /^MALFORMED .*is not an authority/,
    },
    { name: 'a file without end', file: 'a.pem', content: Buffer.alloc(2 ** 20 + 1), failure: /^TOO_LARGE/ },
  ];
  for (const { name, file, content, failure } of rows) {
    test(`with ${name}: ${failure.source}`, async () => {
      const folder = await folderWith({
        'trustpolicy.json': documentOf(GOOD),
        [`${STORE}/${file}`]: content,
      });
      assert.match(await failureOf(readNotationTrust('acme', folder)), failure);
    });
  }

  test('links are refused: of a certificate, of a store, of the policy', async () => {
    const folder = await folderWith({ 'trustpolicy.json': documentOf(GOOD), 'elsewhere/a.pem': pemOf(root) });
    await mkdir(join(folder, 'truststore/x509/ca'), { recursive: true });
    await symlink(join(folder, 'elsewhere'), join(folder, STORE));
    assert.match(await failureOf(readNotationTrust('acme', folder)), /^USAGE .*links/);
    await rm(join(folder, STORE));
    await mkdir(join(folder, STORE));
    await symlink(join(folder, 'elsewhere/a.pem'), join(folder, STORE, 'a.pem'));
    assert.match(await failureOf(readNotationTrust('acme', folder)), /^USAGE .*links/);
    const second = await folderWith({ 'real.json': documentOf(GOOD) });
    await symlink('real.json', join(second, 'trustpolicy.json'));
    assert.match(await failureOf(readNotationTrust('acme', second)), /^USAGE .*links/);
  });

  test('roots of time stamps must be roots', async () => {
    const policy = documentOf({ ...GOOD, trustStores: ['ca:acme', 'tsa:stamps'] });
    for (const { holder, failure } of [
      { holder: stamper, failure: /^MALFORMED .*not a root/ },
      { holder: middle, failure: /^MALFORMED .*not a root/ },
      { holder: root, failure: /^read/ },
    ]) {
      const folder = await folderWith({
        'trustpolicy.json': policy,
        [`${STORE}/a.pem`]: pemOf(root),
        'truststore/x509/tsa/stamps/a.pem': pemOf(holder),
      });
      assert.match(await failureOf(readNotationTrust('acme', folder)), failure);
    }
  });

  test('that must not be read', {
    skip: process.getuid?.() === 0 && 'root may read everything',
  }, async () => {
    const folder = await folderWith({ 'trustpolicy.json': documentOf(GOOD) });
    await chmod(join(folder, 'trustpolicy.json'), 0);
    assert.match(await failureOf(readNotationTrust('acme', folder)), /^NO_PERMISSION/);
  });
});

function pem(label: string, holder: Holder): string {
  return pemOf(holder).replaceAll('CERTIFICATE', label);
}

describe('a trust policy', () => {
  const scopes = (...registryScopes: string[]) => [{ ...GOOD, registryScopes }];
  const who = (...trustedIdentities: string[]) => [{ ...GOOD, trustedIdentities }];
  const level = (signatureVerification: unknown) => [{ ...GOOD, signatureVerification }];
  const rows: readonly {
    readonly name: string;
    readonly policies: readonly unknown[];
    readonly failure: RegExp;
  }[] = [
    { name: 'none', policies: [], failure: /trustPolicies/ },
    {
      name: 'an unknown field',
      policies: [{ ...GOOD, enabled: true }],
      failure: /trustPolicies\.0.*enabled/,
    },
    { name: 'no name', policies: [{ ...GOOD, name: '' }], failure: /trustPolicies\.0\.name/ },
    {
      name: 'a name twice',
      policies: [GOOD, { ...GOOD, registryScopes: ['*'] }],
      failure: /name of another policy/,
    },
    { name: 'no scope', policies: scopes(), failure: /registryScopes/ },
    { name: '* among others', policies: scopes('*', NAME), failure: /\* must stand alone/ },
    { name: 'a pattern', policies: scopes('registry.acme.example/*'), failure: /no repository/ },
    { name: 'a tag', policies: scopes('registry.acme.example/app:1'), failure: /no repository/ },
    { name: 'a scheme', policies: scopes('https://registry.acme.example/app'), failure: /no repository/ },
    { name: 'a host alone', policies: scopes('registry.acme.example'), failure: /no repository/ },
    { name: 'a scope of two policies', policies: [GOOD, { ...GOOD, name: 'b' }], failure: /claimed twice/ },
    {
      name: '* of two policies',
      policies: [...scopes('*'), { ...GOOD, name: 'b', registryScopes: ['*'] }],
      failure: /claimed twice/,
    },
    {
      name: 'an unknown level',
      policies: level({ level: 'lenient' }),
      failure: /signatureVerification\.level/,
    },
    { name: 'no level', policies: level({}), failure: /signatureVerification\.level/ },
    {
      name: 'integrity overridden',
      policies: level({ level: 'strict', override: { integrity: 'log' } }),
      failure: /override.*integrity/,
    },
    {
      name: 'expiry skipped',
      policies: level({ level: 'strict', override: { expiry: 'skip' } }),
      failure: /override\.expiry/,
    },
    {
      name: 'stamps never',
      policies: level({ level: 'strict', verifyTimestamp: 'never' }),
      failure: /verifyTimestamp/,
    },
    {
      name: 'skip for all',
      policies: [{ name: 'a', registryScopes: ['*'], signatureVerification: { level: 'skip' } }],
      failure: /by name, not \*/,
    },
    {
      name: 'skip overridden',
      policies: [
        { name: 'a', registryScopes: [NAME], signatureVerification: { level: 'skip', override: {} } },
      ],
      failure: /cannot be overridden/,
    },
    { name: 'skip with stores', policies: level({ level: 'skip' }), failure: /goes without/ },
    { name: 'no store', policies: [{ ...GOOD, trustStores: undefined }], failure: /trustStores/ },
    {
      name: 'only stores of stamps',
      policies: [{ ...GOOD, trustStores: ['tsa:x'] }],
      failure: /ca or signingAuthority/,
    },
    {
      name: 'an unknown kind of store',
      policies: [{ ...GOOD, trustStores: ['root:x'] }],
      failure: /is not like ca:NAME/,
    },
    {
      name: 'a store elsewhere',
      policies: [{ ...GOOD, trustStores: ['ca:../x'] }],
      failure: /is not like ca:NAME/,
    },
    {
      name: 'a store above',
      policies: [{ ...GOOD, trustStores: ['ca:..'] }],
      failure: /is not like ca:NAME/,
    },
    { name: 'no identity', policies: who(), failure: /trustedIdentities: at least one/ },
    { name: '* among identities', policies: who('*', WHO), failure: /\* must stand alone/ },
    { name: 'an identity without O', policies: who('x509.subject: C=US, ST=WA'), failure: /lacks O/ },
    { name: 'identities that overlap', policies: who(WHO, `${WHO}, CN=x`), failure: /overlaps/ },
    { name: 'an identity twice', policies: who(WHO, WHO), failure: /overlaps/ },
    { name: 'an attribute twice', policies: who(`${WHO}, O=b`), failure: /O is given twice/ },
    { name: 'an unknown attribute', policies: who(`${WHO}, X=b`), failure: /no known attribute/ },
    { name: 'an attribute without value', policies: who(`${WHO}, CN=`), failure: /CN is empty/ },
    { name: 'two attributes in one part', policies: who(`${WHO}, CN=a+OU=b`), failure: /several attributes/ },
    { name: 'a bare semicolon', policies: who(`${WHO}, CN=a;b`), failure: /needs a backslash/ },
    { name: 'a value in hexadecimal', policies: who(`${WHO}, CN=#0c0161`), failure: /hexadecimal/ },
  ];
  for (const { name, policies, failure } of rows) {
    test(`${name}: MALFORMED`, () => {
      assert.throws(
        () => parseTrustPolicy(Buffer.from(documentOf(...policies)), 'trustpolicy.json'),
        (error) =>
          isFailure(error, 'MALFORMED') &&
          failure.test(error.message) &&
          /trustpolicy\.json/.test(error.message),
      );
    });
  }

  test('other versions, no JSON, names twice: MALFORMED', () => {
    const texts = [
      JSON.stringify({ version: '2.0', trustPolicies: [GOOD] }),
      JSON.stringify({ trustPolicies: [GOOD] }),
      '{',
      '{"version":"1.0","version":"1.0","trustPolicies":[]}',
      '[]',
    ];
    for (const text of texts) {
      assert.throws(() => parseTrustPolicy(Buffer.from(text), 'trustpolicy.json'), { code: 'MALFORMED' });
    }
  });

  test('identities of another kind: UNSUPPORTED', () => {
    const bytes = Buffer.from(documentOf(...who('com.example.plugin: x')));
    assert.throws(() => parseTrustPolicy(bytes, 'trustpolicy.json'), { code: 'UNSUPPORTED' });
  });

  test('escapes, spaces and letters of any script', () => {
    const text = 'x509.subject: C = US , ST=WA,O=Acme\\, Inc\\2e,CN=\\ a\\5C b , OU=Küche 🍳';
    const [policy] = parseTrustPolicy(Buffer.from(documentOf(...who(text))), 'trustpolicy.json');
    assert.deepEqual(Object.fromEntries(policy?.identities[0] ?? []), {
      C: 'US',
      ST: 'WA',
      O: 'Acme, Inc.',
      CN: ' a\\ b',
      OU: 'Küche 🍳',
    });
  });
});

test('a plain list of authorities is one strict policy for all', async () => {
  const trust = toNotationTrust('acme', [Buffer.from(pemOf(root))], [WHO]);
  assert.equal(await outcomeOf(ask(signJws(leaf), trust)), 'proven');
  assert.throws(() => toNotationTrust('acme', [Buffer.from('no')], ['*']), { code: 'MALFORMED' });
  assert.throws(() => toNotationTrust('acme', [derOf(root)], []), { code: 'MALFORMED' });
});
