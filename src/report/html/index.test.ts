import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertGolden, assertInert } from '../testing/golden.ts';
import { CLEAN_REPORT, MARKUP, SAMPLE_REPORT } from '../testing/sample-report.ts';
import { renderHtml } from './index.ts';
import { html } from './markup.ts';

test('html: golden', () => {
  const text = renderHtml([SAMPLE_REPORT]);
  assertInert(text);
  assertGolden('sample.html', text);
});

test('html: markup of the image stays text', () => {
  const text = renderHtml([SAMPLE_REPORT]);
  assert.ok(!text.includes(MARKUP));
  assert.doesNotMatch(text, /<img|<script>alert|href="(?!https?:|#)|\son\w+=(?!alert)/);
  assert.equal(text.match(/<script/g)?.length, 1);
});

test('html: nothing is loaded from anywhere', () => {
  const text = renderHtml([SAMPLE_REPORT]);
  assert.doesNotMatch(text, /\ssrc="|<link|@import|url\(/);
});

test('html: the policy names the style and the script by their digests', () => {
  const text = renderHtml([SAMPLE_REPORT]);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1]?.replaceAll('&#39;', "'") ?? '';
  assert.match(policy, /^default-src 'none'; /);
  for (const tag of ['style', 'script']) {
    const content = text.slice(text.indexOf(`<${tag}>`) + tag.length + 2, text.indexOf(`</${tag}>`));
    const digest = createHash('sha256').update(content).digest('base64');
    assert.ok(policy.includes(`${tag}-src 'sha256-${digest}'`), tag);
  }
});

test('html: several platforms stand in one page, with a way to each', () => {
  const text = renderHtml([SAMPLE_REPORT, CLEAN_REPORT]);
  assert.match(
    text,
    /<a class="deny" href="#image-0">linux\/arm64\/v8<\/a><a class="allow" href="#image-1">/,
  );
  assert.equal(text.match(/<main /g)?.length, 2);
});

test('html: says why where nothing was found and the image is still not allowed', () => {
  const decision = { outcome: 'undetermined', reasons: ['only packages were read'] } as const;
  assert.match(renderHtml([{ ...CLEAN_REPORT, decision }]), /class="meaning">only packages were read</);
});

test('html: a hole never opens a tag, ends an attribute or starts a reference', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { text: page } = html`<p title="${text}">${[text, undefined, html`<b>${text}</b>`]}</p>`;
      assert.match(page, /^<p title="[^"<>]*">[^<>]*<b>[^<>]*<\/b><\/p>$/);
      assert.doesNotMatch(page, /&(?!(?:amp|lt|gt|quot|#39|#96);)/);
    }),
  );
});
