import { createHash } from 'node:crypto';
import type { Report } from '../../core/report.ts';
import { nameOf, platformOf } from '../image-name.ts';
import { renderFindings } from './findings.ts';
import { renderLayers } from './layers.ts';
import { html, type Markup, trusted } from './markup.ts';
import { renderPackages } from './packages.ts';
import { renderProblems } from './problems.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { renderConfig, renderVerdict } from './summary.ts';
import { renderVouching } from './vouching.ts';

/**
 * One file that needs nothing else: no network, no fonts, no images, and no script either; the script it has only adds
 * the filter of the package table. What an image's author wrote is escaped by the template, and the content security
 * policy lets nothing run or load but the style and the script that are named in it by their digests.
 */
export function renderHtml(reports: readonly Report[]): string {
  const [first] = reports;
  const title =
    first === undefined ? 'nothing inspected' : `${nameOf(first.image)}: ${first.decision.outcome}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${first === undefined ? 'pratique' : `pratique ${first.tool.version}`}">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
${reports.length > 1 ? renderContents(reports) : undefined}${reports.map(renderReport)}
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}

function policy(): string {
  const digestOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; style-src ${digestOf(STYLE)}; script-src ${digestOf(SCRIPT)}; base-uri 'none'; form-action 'none'`;
}

function renderContents(reports: readonly Report[]): Markup {
  const links = reports.map(
    ({ image, decision }, index) =>
      html`<a class="${decision.outcome}" href="#image-${index}">${image.platform === undefined ? nameOf(image) : platformOf(image.platform)}</a>`,
  );
  return html`<nav class="platforms" aria-label="Platforms">${links}</nav>\n`;
}

function renderReport(report: Report, index: number): Markup {
  const { createdAt, tool, timings } = report;
  const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
  return html`<main id="image-${index}">
${renderVerdict(report)}
${renderFindings(report)}
${renderProblems(report)}
${renderVouching(report)}
${renderLayers(report)}
${renderPackages(report)}
${renderConfig(report)}
<footer>
<p>Inspected by ${tool.name} ${tool.version} at <time datetime="${createdAt}">${createdAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>
in ${seconds(timings.total)}: open ${seconds(timings.open)}, read ${seconds(timings.read)}, judge ${seconds(timings.judge)}.
The image was read, not run.</p>
</footer>
</main>`;
}
