"""The look of the report: dark and light, on a screen, a phone and paper."""

STYLESHEET = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --raised: #f4f5f7; --ink: #1b1f24; --soft: #57606a; --line: #d3d8de;
  --first: #1f6feb; --second: #b5490b; --third: #1a7f4b;
  --success: #cdebd6; --warn: #fff4d6; --warn-line: #c58b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --raised: #1e2329; --ink: #e8ebef; --soft: #a3adb8; --line: #3a424b;
    --first: #6cb0ff; --second: #ff9d57; --third: #5fd08f;
    --success: #1d4a31; --warn: #352b10; --warn-line: #d6a52b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 3rem; max-width: 70rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
h1 { font-size: clamp(1.4rem, 3.4vw, 2rem); line-height: 1.25; margin: .25rem 0 .75rem;
  max-width: 32em; text-wrap: balance; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-top: .75rem;
  border-top: 1px solid var(--line); }
h3, .charts figcaption { font-size: 1rem; font-weight: 600; margin: 0 0 .5rem; }
p { margin: .5rem 0; max-width: 46rem; }
figure { margin: 0; }
.origin, .soft, figcaption span, .ends { color: var(--soft); }
.origin { margin: 0; overflow-wrap: anywhere; }
.warnings { background: var(--warn); border-left: 4px solid var(--warn-line);
  border-radius: 4px; padding: .75rem 1rem; margin: 1.25rem 0; }
.warnings ul { margin: 0; padding-left: 1.1rem; }
.warnings li { max-width: 60rem; }
.warnings li + li { margin-top: .35rem; }
.keys { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem;
  margin: 1.25rem 0 .75rem; }
.keys div { background: var(--raised); border-radius: 6px; padding: .7rem .9rem; }
.keys dt { color: var(--soft); font-size: .875rem; }
.keys dd { margin: 0; font-size: 1.45rem; font-weight: 600; line-height: 1.3;
  overflow-wrap: anywhere; }
.keys dd small { display: block; font-size: .8125rem; font-weight: 400; color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9375rem; }
th, td { padding: .4rem .8rem; text-align: right; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; white-space: normal; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tbody th { font-weight: 500; }
.under { margin-top: 1.75rem; }
.wide { width: 100%; }
.wrong { color: var(--second); font-weight: 600; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
  gap: 1.75rem 2.5rem; align-items: start; }
.charts svg { display: block; width: 100%; height: auto; }
.strip { margin: 1.1rem 0; }
.strip figcaption { margin-bottom: .25rem; }
.strip svg { display: block; width: 100%; height: 5.5rem; }
.ends { display: flex; justify-content: space-between; font-size: .8125rem; }
.labelled { fill: var(--raised); } .success { fill: var(--success); }
.positive { fill: var(--second); } .missed { fill: var(--first); }
.probability { fill: none; stroke: var(--ink); stroke-width: 1.75;
  vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.threshold { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 5 4;
  vector-effect: non-scaling-stroke; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .875rem;
  color: var(--soft); list-style: none; padding: 0; margin: 1.25rem 0 .5rem; }
.legend svg { width: 1.25rem; height: .75rem; margin-right: .4rem; vertical-align: baseline; }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(45%, 14rem), 1fr));
  gap: 1.25rem 1rem; }
.images img { display: block; width: 100%; height: auto; background: var(--raised);
  border-radius: 4px; margin-bottom: .25rem; }
.images figcaption { font-size: .875rem; line-height: 1.4; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.25rem; margin: 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
details { margin-top: 1.25rem; }
summary { cursor: pointer; font-weight: 600; }
pre { background: var(--raised); border-radius: 6px; padding: 1rem; overflow-x: auto;
  font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
@media print {
  :root { color-scheme: light; --paper: #fff; --raised: #f0f1f3; --ink: #000; --soft: #444;
    --line: #bbb; --first: #0b4fb3; --second: #9a3c05; --third: #116237; --success: #cdebd6;
    --warn: #fff; --warn-line: #666; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  html { font-size: 10.5px; }
  body { max-width: none; padding: 0; }
  .keys { grid-template-columns: repeat(6, 1fr); }
  .beside { grid-template-columns: 1fr 1fr; gap: 1.25rem 2rem; }
  .images { grid-template-columns: repeat(4, 1fr); }
  h2 { break-after: avoid; margin-top: 1.5rem; }
  h2 + p { break-after: avoid; }
  figure, tr, .keys, .warnings, .facts { break-inside: avoid; }
  .scroll, pre { overflow: visible; }
  pre { white-space: pre-wrap; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""
