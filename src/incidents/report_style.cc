// Colours: seven kinds told apart by lightness as well as by hue (so they hold in greyscale and for
// colour-blind readers: blue against ochre first), each lighter in the dark than on paper.
#include "incidents/report_style.h"

namespace tracehound::incidents {

constinit const std::string_view kReportStyle = R"css(
:root {
  --paper: #fdfcf9; --ink: #1c1a17; --soft: #5f5a52; --faint: #6f6960; --rule: #dcd7cc;
  --hair: #ebe7de; --wash: #f4f1ea; --service: #1f4e85; --held: #dc9a2e; --mixed: #8d5a86;
  --crossed: #5ba399; --burned: #5a3d2b; --fees: #8b8b86; --cut: #cfc9bb; --trunk: #cbc5b8;
  --trunk-node: #6d675d; --link: #1f4e85; --good: #2b6b4f; --bad: #a3291d; --mark: #fff3c9;
  --serif: "Iowan Old Style", "Charter", "Bitstream Charter", "Palatino Linotype", Palatino,
    "Source Serif 4", Cambria, Georgia, "DejaVu Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans",
    Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono",
    "DejaVu Sans Mono", monospace; color-scheme: light dark;
}
@media screen and (prefers-color-scheme:dark) {
  :root {
    --paper: #15171a; --ink: #ebe8e1; --soft: #aaa69d; --faint: #8f8c85; --rule: #3a3b3d;
    --hair: #27292c; --wash: #1c1f23; --service: #6ea3dd; --held: #e5ad4e; --mixed: #b98ab3;
    --crossed: #4f8f87; --burned: #a07b63; --fees: #96958f; --cut: #55534d; --trunk: #45454a;
    --trunk-node: #a8a296; --link: #8fb8e6; --good: #6fbf98; --bad: #f08a7d; --mark: #3d3720;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 var(--sans);
  font-variant-numeric: tabular-nums lining-nums; overflow-wrap: break-word;
}
main, header, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.nb { white-space: nowrap; }
code, .id { font: 11.5px/1.5 var(--mono); overflow-wrap: anywhere; }
.id { user-select: all; -webkit-user-select: all; }
header { padding-top: 3rem; }
.kicker {
  margin: 0; padding-top: .6rem; border-top: 3px solid var(--ink); font-size: 12.5px;
  letter-spacing: .06em; color: var(--soft); display: flex; flex-wrap: wrap; gap: .2rem 1.5rem;
  justify-content: space-between;
}
.kicker b { color: var(--ink); letter-spacing: .08em; text-transform: uppercase; }
h1 {
  margin: 0 0 .8rem; font: 400 clamp(1.75rem,4.1vw,2.85rem)/1.18 var(--serif);
  letter-spacing: -.012em; max-width: 25em; text-wrap: pretty;
}
h1 .u {
  color: inherit; text-decoration: underline; text-decoration-thickness: .11em;
  text-underline-offset: .17em; text-decoration-skip-ink: none; text-decoration-color: var(--c);
}
.incident { margin: 2rem 0 .4rem; font: 600 1.05rem/1.35 var(--sans); overflow-wrap: anywhere; }
.deck { margin: 0 0 2rem; max-width: 46rem; font: 1.08rem/1.55 var(--serif); color: var(--soft); }
.deck strong { color: var(--ink); font-weight: 600; }
section { margin: 3.4rem 0 0; padding-top: .9rem; border-top: 1px solid var(--ink); }
h2 {
  margin: 0; font: 400 1.6rem/1.25 var(--serif); letter-spacing: -.005em; max-width: 34em;
  text-wrap: balance;
}
h3 { margin: 2rem 0 .4rem; font: 600 15px/1.4 var(--sans); }
h4 { margin: 1.5rem 0 .3rem; font: 600 13.5px/1.45 var(--sans); }
.lead { margin: .5rem 0 1.4rem; max-width: 44rem; color: var(--soft); }
.note { margin: .6rem 0 0; max-width: 50rem; font-size: 13px; color: var(--soft); }
.sure {
  display: inline-block; padding: .05em .5em; border: 1px solid currentColor; border-radius: 2px;
  font: 600 10.5px/1.5 var(--sans); letter-spacing: .09em; text-transform: uppercase;
  white-space: nowrap; vertical-align: .12em; color: var(--soft);
}
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font: 13px var(--sans); fill: var(--ink); font-variant-numeric: tabular-nums; }
svg .l { font-weight: 600; }
svg .s { font-size: 12px; fill: var(--soft); }
svg .h { font-size: 12.5px; font-weight: 600; }
svg .m { text-anchor: middle; }
svg .e { text-anchor: end; }
svg a { text-decoration: none; }
svg a:hover .area, svg a:hover .seg { opacity: .85; }
svg .b { opacity: .5; }
svg .b.trunk { opacity: 1; }
svg a:hover .b, svg a:focus-visible .b { opacity: .85; }
svg a:hover text, svg a:focus-visible text { text-decoration: underline; }
.n, .b, .area, .seg { fill: var(--fees); }
.service { --c: var(--service); }
.held { --c: var(--held); }
.mixed { --c: var(--mixed); }
.crossed { --c: var(--crossed); }
.burned { --c: var(--burned); }
.fees { --c: var(--fees); }
.cut { --c: var(--cut); }
.n, .b, .area, .seg { fill: var(--c); }
.n.trunk { fill: var(--trunk-node); }
.b.trunk { fill: var(--trunk); }
a:hover .b.trunk, a:focus-visible .b.trunk { fill: var(--faint); }
.stem, .lead-line { stroke: var(--rule); stroke-width: 1; fill: none; stroke-dasharray: 1 3; }
.grid { stroke: var(--hair); stroke-width: 1; fill: none; }
.axis { stroke: var(--faint); stroke-width: 1; fill: none; }
.tie { stroke: var(--faint); stroke-width: .8; fill: none; }
.mark { stroke: var(--ink); stroke-width: 1.4; fill: none; }
svg.narrow { display: none; }
figure { margin: 1.2rem 0 0; }
figcaption { margin-top: .9rem; font-size: 12.5px; color: var(--soft); max-width: 50rem; }
.bar { height: 2.6rem; margin-bottom: .2rem; }
.keys {
  display: grid; grid-template-columns: repeat(auto-fit,minmax(7rem,1fr)); gap: 1.1rem 1.2rem;
  margin: 1.1rem 0 0; padding: 0; list-style: none;
}
.keys a {
  display: block; color: inherit; text-decoration: none; border-top: 5px solid var(--c);
  padding-top: .45rem;
}
.keys a:hover .what { text-decoration: underline; }
.keys b {
  display: block; font: 400 1.6rem/1.2 var(--serif); letter-spacing: -.01em; white-space: nowrap;
}
.keys .what { font-weight: 600; }
.keys .size { display: block; color: var(--soft); font-size: 13px; }
.short { margin: 1.6rem 0 0; padding: 0; list-style: none; max-width: 50rem; font-size: 14px; }
.short li { margin: .35rem 0; }
section ol { margin: 1rem 0 0; padding-left: 1.3rem; max-width: 50rem; font-size: 14px; }
section ol li { margin: .4rem 0; }
.words td { max-width: 22rem; padding-right: 1.2rem; } .words code { white-space: nowrap; }
td bdi { overflow-wrap: anywhere; }
td.m, th.m { color: var(--soft); font-size: 12px; }
.toc {
  display: flex; flex-wrap: wrap; gap: .3rem 1.3rem; margin: 2.2rem 0 0; padding: .6rem 0;
  border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); font-size: 13.5px;
}
details { border-bottom: 1px solid var(--hair); }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover .name { text-decoration: underline; text-underline-offset: .15em; }
.rows { margin-top: 1.3rem; border-top: 1px solid var(--rule); }
.r {
  display: grid; grid-template-columns: minmax(0,1fr) 3.6rem 8rem 8rem 14.6rem 3.8rem;
  column-gap: 1rem; align-items: baseline; padding: .5rem 0 .5rem 1.15rem; position: relative;
}
.rows.hops .r { grid-template-columns: minmax(0,1fr) 7rem 13.4rem 13.4rem 4rem; }
summary.r::before {
  content: ""; position: absolute; left: .1rem; top: .98rem; width: 0; height: 0;
  border: 4px solid transparent; border-left: 6px solid var(--faint); transition: transform .12s;
}
details[open]>summary.r::before { transform: translate(-1px,1px) rotate(90deg); }
.r>span { text-align: right; font-size: 13.5px; overflow-wrap: anywhere; }
.r>span:first-child { text-align: left; font-size: 15px; }
.r .t { color: var(--soft); }
.head.r { padding-top: .35rem; padding-bottom: .35rem; border-bottom: 1px solid var(--rule); }
.head.r>span, .head.r>span:first-child { font-size: 12px; color: var(--soft); }
.kind>summary, .kind.plain { background: var(--wash); }
.kind .name { font-weight: 600; }
.kind.plain { border-bottom: 1px solid var(--hair); }
.in { margin-left: 1.15rem; }
.r.in, .in>.r { padding-left: 1.15rem; }
.sw {
  display: inline-block; width: .72em; height: .72em; margin-right: .5em; background: var(--c);
  print-color-adjust: exact; -webkit-print-color-adjust: exact;
}
.r>.why {
  grid-column: 1/-1; text-align: left; font-size: 13px; color: var(--soft);
}
.total.r { border-top: 1px solid var(--ink); font-weight: 600; }
.open { padding: .2rem 0 1.6rem 1.15rem; scroll-margin-top: 6rem; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th {
  font-weight: 400; font-size: 12px; color: var(--soft); text-align: left; vertical-align: bottom;
  border-bottom: 1px solid var(--rule); padding: .35rem .7rem .25rem 0;
}
td { vertical-align: top; border-bottom: 1px solid var(--hair); padding: .36rem .7rem .36rem 0; }
th:last-child, td:last-child { padding-right: 0; }
.q { text-align: right; white-space: nowrap; }
td i { font-style: normal; color: var(--faint); }
.r i { font-style: normal; color: var(--faint); }
td .of { display: block; color: var(--soft); font-size: 12px; }
td.k { color: var(--faint); width: 1.9rem; }
td.k a { color: inherit; text-decoration: none; }
td.k a:hover { text-decoration: underline; }
.addr { display: block; color: var(--soft); }
tfoot td { border-bottom: 0; color: var(--soft); }
tfoot tr:last-child td { border-bottom: 1px solid var(--rule); }
tr:target, .open:target>p:first-child, h4:target {
  background: var(--mark); print-color-adjust: exact;
}
th[data-s] { cursor: pointer; }
th[data-s]:hover { color: var(--ink); }
th[aria-sort=ascending]::after { content: " \2191"; }
th[aria-sort=descending]::after { content: " \2193"; }
.cols {
  display: grid; grid-template-columns: repeat(auto-fit,minmax(16rem,1fr)); gap: 1.6rem 2.4rem;
  margin-top: 1.3rem;
}
.cols h3 { margin: .5rem 0 .3rem; }
.cols p { margin: 0; font-size: 14px; color: var(--soft); }
.cols p+p { margin-top: .5rem; }
dl {
  display: grid; grid-template-columns: max-content minmax(0,1fr); gap: .35rem 1.6rem;
  margin: 1.4rem 0 0; font-size: 14px;
}
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
pre {
  margin: .6rem 0 0; padding: .8rem 1rem; background: var(--wash); white-space: pre-wrap;
  overflow-wrap: anywhere;
}
.books {
  display: flex; flex-wrap: wrap; gap: .7rem .8rem; align-items: flex-end; margin: .8rem 0 0;
}
.books a, .books span { font-size: 12px; color: var(--soft); text-decoration: none; }
.books a:hover b { text-decoration: underline; }
.books b { display: block; font: 600 15px/1.5 var(--sans); color: var(--ink); }
.books i { font: 400 15px/1.5 var(--sans); color: var(--soft); }
.books strong { font: 600 15px/1.5 var(--sans); margin-left: .6rem; }
.ok { color: var(--good); font-weight: 600; }
.wrong { color: var(--bad); font-weight: 600; }
footer {
  margin-top: 4rem; padding-top: .9rem; padding-bottom: 3rem; font-size: 12.5px;
  color: var(--soft);
}
footer p {
  margin: 0; overflow-wrap: anywhere; padding-top: .7rem; border-top: 3px solid var(--ink);
}
.p { display: none; }
@media screen and (max-width:46rem) {
  main, header, footer { padding-left: 1.1rem; padding-right: 1.1rem; }
  header { padding-top: 1.2rem; }
  section { margin-top: 2.6rem; }
  svg.wide { display: none; }
  svg.narrow { display: block; }
  .r, .rows.hops .r { grid-template-columns: minmax(0,1fr) auto; row-gap: .05rem; }
  .r>span:nth-child(n+2) { font-size: 13px; }
  .r>.amt { grid-column: 2; grid-row: 1; }
  .r>.pct { grid-column: 2; grid-row: 2; }
  .r>span:first-child { grid-row: 1 / span 3; }
  .r>.t, .r>.cnt { display: none; }
  .head.r>.cnt, .head.r>.t { display: none; }
  .in { margin-left: 0; }
  .open { padding-left: 0; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .6rem; }
  .coins table, .coins tbody, .coins tfoot, .coins tr, .coins td { display: block; width: auto; }
  .coins thead { display: none; }
  .coins td { border: 0; padding: .05rem .9em .05rem 0; text-align: left; white-space: normal; }
  .coins td+td+td { display: inline-block; }
  .coins tr { padding: .5rem 0; border-bottom: 1px solid var(--hair); }
  .coins td[data-n]::before { content: attr(data-n) " "; color: var(--soft); }
  .coins td:empty { display: none; }
  .coins tfoot tr:last-child td { border-bottom: 0; }
  #freeze tr>:nth-child(2), #freeze tr>:nth-child(3) { display: none; }
  #freeze td:first-child { min-width: 6.5rem; }
  #freeze td:nth-child(4) { white-space: normal; }
  #freeze .id { font-size: 10px; }
}
@page {
  margin: 17mm 15mm 18mm;
  @bottom-right {
    content: counter(page) " / " counter(pages); font: 9pt sans-serif; color: #666;
  }
}
@media print {
  :root { --paper: #fff; --wash: #f5f3ee; }
  body { font-size: 10pt; }
  main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
  header { padding-top: 0; }
  h1 { font-size: 23pt; }
  h1, h2, h3, h4, summary, .lead { break-after: avoid; }
  figure, .lead, .keys, .cols>div, tr, .books, dl>dd, .r { break-inside: avoid; }
  section { margin-top: 2rem; }
  .toc, .screen { display: none; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  svg.wide { display: block!important; }
  svg.narrow { display: none!important; }
  .kind, .kind>summary { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .cols { grid-template-columns: repeat(3, 1fr); gap: 1.4rem; }
  pre { break-inside: avoid; } .note { break-after: avoid; }
  details:not(.flat)::details-content {
    content-visibility: visible!important; block-size: auto!important;
  }
  summary.r::before { display: none; }
  tfoot { display: table-row-group; }
  a:not(.u) { color: inherit; text-decoration: none; }
  .scroll { overflow: visible; }
  code, .id { font-size: 6.5pt; }
  table, .r>span { font-size: 7.6pt; }
  th, .head.r>span, .head.r>span:first-child, .r>.why { font-size: 7.5pt; }
  td, th { padding-right: .4rem; } td.k { width: 1.3rem; } td .of { font-size: 7pt; }
  .r, .rows.hops .r { font-size: 9.5pt; column-gap: .6rem; }
  .r { grid-template-columns: minmax(0,1fr) 3rem 6.2rem 6.2rem 11.6rem 3rem; padding-left: 0; }
  .rows.hops .r { grid-template-columns: minmax(0,1fr) 4rem 10.6rem 10.6rem 3rem; }
  footer { margin-top: 1.2rem; padding-bottom: 0; break-before: avoid; break-inside: avoid; }
  .r>span:first-child { font-size: 9.5pt; }
  .in { margin-left: .6rem; }
  .r.in, .in>.r { padding-left: 0; }
  .open { padding-left: 0; padding-bottom: .8rem; }
  tr.x { display: none; }
  tr.p { display: table-row; }
}
)css";

// Opens what a link leads into (browsers that do not do so by themselves), and sorts tables.
constinit const std::string_view kReportScript = R"js(
(function () {
  "use strict";
  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (var e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();

  function key(row, column) {
    var text = row.cells[column].textContent;
    var number = parseFloat(text.replace(/[,<>]/g, ""));
    return /^\d{4}-/.test(text) || isNaN(number) ? text : number;
  }
  function sort(head) {
    var table = head.closest("table"), body = table.tBodies[0];
    var up = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
    table.querySelectorAll("th").forEach(function (th) { th.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", up === 1 ? "ascending" : "descending");
    Array.from(body.rows)
      .map(function (row) { return { row: row, key: key(row, head.cellIndex) }; })
      .sort(function (a, b) { return up * (a.key < b.key ? -1 : a.key > b.key ? 1 : 0); })
      .forEach(function (entry) { body.appendChild(entry.row); });
  }
  document.querySelectorAll("th[data-s]").forEach(function (head) {
    head.tabIndex = 0;
    head.title = "Sort";
    head.addEventListener("click", function () { sort(head); });
    head.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      sort(head);
    });
  });
}());
)js";

}  // namespace tracehound::incidents
