import { readFileSync, writeFileSync } from 'node:fs';
import { TIERS } from '../src/core/finding.ts';
import { DETECTORS } from '../src/inspect/all.ts';

/* Writes docs/detectors.md from the detectors' own rules; `--check` only says whether the file is current. */

const target = new URL('../docs/detectors.md', import.meta.url);

function render(): string {
  const rows = DETECTORS.flatMap((detector) =>
    detector.rules.map((rule) => ({ detector: detector.id, rule })),
  )
    .sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1))
    .map(({ detector, rule }) => {
      const page = `[${rule.id}](../src/inspect/detectors/${detector}/README.md)`;
      return `| ${page} | ${rule.tier} | ${rule.title} | ${rule.attack.join(', ')} | ${rule.controls.join(', ')} |`;
    });
  const counts = TIERS.map(
    (tier) =>
      `${DETECTORS.flatMap(({ rules }) => rules).filter((rule) => rule.tier === tier).length} ${tier}`,
  );
  return [
    '# Detectors',
    '',
    'Generated from the rules themselves by `npm run docs`; a test holds the two together.',
    '',
    `${rows.length} rules (${counts.join(', ')}) of ${DETECTORS.length} detectors. A tier is the rule’s usual one;`,
    'co-occurrence can raise or lower it, as the rule’s page says.',
    '',
    '| rule | tier | what is wrong | ATT&CK | CCM |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const text = render();
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write('docs/detectors.md is not current: run npm run docs\n');
  process.exitCode = 1;
}
