import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText, xmlTexts } from './decoded-text.ts';

test('texts are read in every encoding that Windows writes', () => {
  const wide = Buffer.from('<a>ü</a>', 'utf16le');
  const cases: readonly Buffer[] = [
    Buffer.from('<a>ü</a>'),
    Buffer.from('\ufeff<a>ü</a>'),
    Buffer.concat([Buffer.from([0xff, 0xfe]), wide]),
    Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(wide).swap16()]),
    wide,
  ];
  for (const bytes of cases) assert.equal(decodeText(bytes), '<a>ü</a>');
});

test('texts of XML: namespaces, comments, CDATA, entities, empty elements', () => {
  const source =
    '<?xml version="1.0"?><t:Task x="y"><!-- <Command>no</Command> --><Exec><Command>a &amp; &#x62;&quot;</Command>' +
    '<Arguments/><Arguments><![CDATA[<c> & d]]></Arguments></Exec></t:Task>';
  assert.deepEqual(
    [...xmlTexts(source)],
    [
      { name: 'Command', text: 'a & b"', within: ['Task', 'Exec'] },
      { name: 'Arguments', text: '<c> & d', within: ['Task', 'Exec'] },
    ],
  );
});

test('what is no XML takes no time', () => {
  const start = performance.now();
  for (const part of ['<', '<a ', '<a>', '</a>', '<!--', '<![CDATA[', '&#', '<a b="'])
    assert.ok([...xmlTexts(part.repeat(200_000))].length >= 0);
  assert.ok(performance.now() - start < 5_000);
});
