/** Light and dark by the reader's own setting, wide and narrow, and on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f5f1, #14171a);
  --sheet: light-dark(#ffffff, #1c2024);
  --ink: light-dark(#1d2327, #e6e8ea);
  --soft: light-dark(#5b6570, #9aa5b0);
  --line: light-dark(#e0ddd5, #2e353b);
  --code: light-dark(#f3f1ec, #14181b);
  --link: light-dark(#1f5fa8, #7fb3f0);
  --block: light-dark(#b3261e, #ff8a80);
  --block-ground: light-dark(#fbeae9, #3a1d1c);
  --review: light-dark(#8a5a00, #f2bf5e);
  --review-ground: light-dark(#fdf3dd, #352a14);
  --note: light-dark(#2b5f75, #86c5dd);
  --note-ground: light-dark(#e7f2f6, #16292f);
  --allow: light-dark(#1d6b3c, #7fd6a0);
  --allow-ground: light-dark(#e5f4ea, #15301f);
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
main + main { border-top: 1px solid var(--line); }
code, pre, .path { font-family: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .86em; }
p, ul, ol, dl, h1, h2, h3, pre { margin: 0; }
ul, ol { padding: 0; list-style: none; }
a { color: var(--link); text-underline-offset: .15em; }
small { font-size: .88rem; font-weight: 400; color: var(--soft); }
section { margin-top: 2.5rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin-bottom: .9rem; display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: baseline; }

.platforms { display: flex; flex-wrap: wrap; gap: .5rem; max-width: 62rem; margin: 0 auto; padding: 1.25rem 1.25rem 0; }
.platforms a { padding: .2rem .8rem; border-radius: 2rem; border: 1px solid currentColor; text-decoration: none; }
.allow { --tone: var(--allow); --tone-ground: var(--allow-ground); }
.deny, .block { --tone: var(--block); --tone-ground: var(--block-ground); }
.undetermined, .review, .problem, .incomplete { --tone: var(--review); --tone-ground: var(--review-ground); }
.note, .notice { --tone: var(--note); --tone-ground: var(--note-ground); }
.platforms a { color: var(--tone); }

header { background: var(--tone-ground); border: 1px solid color-mix(in srgb, var(--tone) 35%, transparent); border-radius: .75rem; padding: 1.5rem 1.75rem; }
.verdict { color: var(--tone); font-size: 1.05rem; font-weight: 700; display: flex; align-items: center; gap: .6rem; }
.mark { display: inline-grid; place-items: center; width: 1.75rem; height: 1.75rem; border-radius: 50%; background: var(--tone); color: var(--tone-ground); font-size: 1rem; line-height: 1; }
h1 { font-size: clamp(1.3rem, 4vw, 1.9rem); line-height: 1.2; margin: .6rem 0 .35rem; overflow-wrap: anywhere; letter-spacing: -.01em; }
.meaning { color: var(--soft); }
.counts { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; margin-top: 1.1rem; }
.counts li { --own: var(--tone, var(--ink)); color: var(--own); }
.counts .plain { --tone: var(--ink); }
.counts b { font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.counts .zero { color: var(--soft); }

.facts { display: grid; grid-template-columns: 1fr; background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; margin-top: 1rem; padding: .35rem 1.25rem; }
.facts div { display: grid; grid-template-columns: 9rem 1fr; gap: .25rem 1rem; padding: .5rem 0; border-top: 1px solid var(--line); }
.facts div:first-child { border-top: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
dd code { display: inline-block; max-width: 100%; margin-right: .5rem; }
.config dd code { background: var(--code); border-radius: .3rem; padding: 0 .4rem; margin-bottom: .2rem; }

.badge { display: inline-block; background: var(--tone-ground); color: var(--tone); border: 1px solid color-mix(in srgb, var(--tone) 35%, transparent); border-radius: 2rem; padding: 0 .65rem; font-size: .8rem; font-weight: 650; white-space: nowrap; }
h2 .badge { font-size: .95rem; }
.card { background: var(--sheet); border: 1px solid var(--line); border-left: .3rem solid var(--tone); border-radius: .5rem; padding: 1.1rem 1.25rem; }
.card + .card { margin-top: .9rem; }
.card h3 { font-size: 1.05rem; line-height: 1.35; }
.rule { color: var(--soft); font-size: .9rem; }
.rule span::before { content: "· "; }
.places > li { margin-top: .8rem; padding-top: .8rem; border-top: 1px solid var(--line); }
.path { font-weight: 600; overflow-wrap: anywhere; max-height: 7.5em; overflow-y: auto; }
pre { background: var(--code); border-radius: .35rem; padding: .5rem .75rem; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 14em; overflow-y: auto; }
.evidence { margin-top: .4rem; border-left: .18rem solid color-mix(in srgb, var(--tone) 55%, transparent); }
.layer { color: var(--soft); font-size: .88rem; margin-top: .4rem; overflow-wrap: anywhere; }
.layer em { color: var(--review); font-style: normal; }
.layer em::before { content: "· "; color: var(--soft); }
.remedy { margin-top: .9rem; padding-top: .8rem; border-top: 1px solid var(--line); }
.remedy b { color: var(--allow); margin-right: .3rem; }
.links { display: flex; flex-wrap: wrap; gap: .15rem .9rem; margin-top: .5rem; font-size: .88rem; color: var(--soft); }
.links > * { overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--link); margin-top: .6rem; }
.nothing { color: var(--soft); }

.problems li { background: var(--sheet); border: 1px solid var(--line); border-left: .3rem solid var(--tone); border-radius: .5rem; padding: .75rem 1.1rem; overflow-wrap: anywhere; }
.problems li + li { margin-top: .6rem; }
.problems span { color: var(--tone); font-size: .88rem; font-weight: 600; margin-left: .3rem; }

.vouching .card > ul > li { position: relative; margin-top: .7rem; padding-left: 1.9rem; overflow-wrap: anywhere; }
.vouching .mark { position: absolute; left: 0; top: .15rem; width: 1.25rem; height: 1.25rem; font-size: .75rem; }
.vouching li ul { color: var(--soft); font-size: .92rem; }

.layers { background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; padding: .35rem 1.25rem; }
.layers li { padding: .8rem 0; border-top: 1px solid var(--line); }
.layers li:first-child { border-top: 0; }
.layers .head { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline; }
.layers .head b { min-width: 1.3rem; font-variant-numeric: tabular-nums; }
.layers .head span:not(.badge) { color: var(--soft); font-size: .88rem; }
.instruction { margin-top: .4rem; max-height: 7.5em; }

.filter { display: flex; align-items: center; gap: .8rem; margin-bottom: .6rem; color: var(--soft); }
.filter input { font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--line); border-radius: .4rem; padding: .35rem .7rem; width: min(22rem, 100%); }
.scroll { overflow-x: auto; margin-top: .6rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; }
table { border-collapse: collapse; width: 100%; min-width: 36rem; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem 1rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th { white-space: nowrap; }
td:nth-child(-n+2) { min-width: 9rem; }
td:last-child { min-width: 12rem; }
th { color: var(--soft); font-weight: 600; border-top: 0; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .88rem; }

:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media (max-width: 40rem) {
  main { padding: 1rem .8rem 2rem; }
  header { padding: 1.1rem 1.1rem; }
  .facts div { grid-template-columns: 1fr; gap: 0; }
  .card, .layers, .facts { padding-left: .9rem; padding-right: .9rem; }
  th, td { padding: .4rem .6rem; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  :root { color-scheme: light; --ground: #fff; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  main + main { break-before: page; border: 0; }
  .platforms, .filter, summary { display: none; }
  pre, .path { max-height: none; overflow: visible; }
  details::details-content { content-visibility: visible; }
  table { min-width: 0; }
  .card, .problems li, .layers li, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  .links a[href]::after { content: " " attr(href); font-size: .85em; word-break: break-all; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
