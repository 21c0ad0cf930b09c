import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attackUrl, isWebUrl } from './links.ts';

const techniques: readonly (readonly [id: string, url: string | undefined])[] = [
  ['T1059', 'https://attack.mitre.org/techniques/T1059/'],
  ['T1059.004', 'https://attack.mitre.org/techniques/T1059/004/'],
  ['T1059/../x', undefined],
  ['', undefined],
];
for (const [id, url] of techniques) test(`technique ${id}`, () => assert.equal(attackUrl(id), url));

const references: readonly (readonly [text: string, expected: boolean])[] = [
  ['https://example.com/a', true],
  ['HTTP://example.com', true],
  ['javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['//example.com', false],
  ['https://', false],
];
for (const [text, expected] of references) {
  test(`${text} is ${expected ? 'a' : 'no'} link`, () => assert.equal(isWebUrl(text), expected));
}
