// The HTML report's style: light and dark as the reader's system asks, readable on a telephone.
export const style = `
:root { color-scheme: light dark; --bg: #fbfbfa; --card: #fff; --text: #1d2126; --dim: #626b76; --line: #e3e5e8; --code: #f3f4f5;
  --error: #b3261e; --warning: #8a5a00; --note: #1f5fae; --good: #1d7a46; --mark: #ffe58f; --marktext: #1d2126; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #14171a; --card: #1b1f24; --text: #e4e7ea; --dim: #98a2ad; --line: #2d333a; --code: #12151a;
    --error: #ff8a80; --warning: #f0b849; --note: #82b4ff; --good: #6fd39b; --mark: #6b5300; --marktext: #fff3c4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 0; display: flex; flex-wrap: wrap; gap: 8px; align-items: baseline; }
p { margin: 6px 0; }
a { color: inherit; text-underline-offset: 2px; }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
[hidden] { display: none !important; }
.eyebrow { color: var(--dim); text-transform: uppercase; letter-spacing: .08em; font-size: 12px; margin: 0 0 4px; }
.verdict { font-size: 17px; font-weight: 600; }
.verdict.good { color: var(--good); } .verdict.bad { color: var(--error); }
.format, .reasons, .row, .hint, .more, footer { color: var(--dim); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); gap: 10px; margin: 20px 0 12px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; }
.tile b { display: block; font-size: 24px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--dim); font-size: 13px; }
.tile.error b { color: var(--error); } .tile.warning b { color: var(--warning); } .tile.note b { color: var(--note); }
.tile.none b { color: var(--dim); font-weight: 400; }
.bar { display: block; width: 100%; height: 8px; border-radius: 4px; }
.bar .kept { fill: var(--good); } .bar .lost { fill: var(--line); }
nav { margin: 28px 0; }
#filter { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin-bottom: 12px; }
#filter input[type=search] { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 6px 10px; width: 220px; }
#filter output { color: var(--dim); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: baseline; }
th { color: var(--dim); font-weight: 500; font-size: 13px; }
.n { font-variant-numeric: tabular-nums; } td.n, th.n { text-align: right; padding-right: 20px; }
.sev { font-size: 12px; font-weight: 600; padding: 1px 8px; border-radius: 99px; border: 1px solid currentColor; white-space: nowrap; }
.sev.error { color: var(--error); } .sev.warning { color: var(--warning); } .sev.note { color: var(--note); }
section.code { margin: 28px 0; }
h2 .name { font-weight: 400; color: var(--dim); } h2 .n { margin-left: auto; color: var(--dim); }
.about { margin: 6px 0 12px; } .about summary { cursor: pointer; } .about p { color: var(--dim); max-width: 75ch; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; margin: 8px 0; }
article p { margin: 2px 0; overflow-wrap: anywhere; }
.place { font-size: 13px; } .place .pointer { color: var(--dim); }
.hint { font-size: 13px; } .hint::before { content: "hint: "; }
pre { background: var(--code); border-radius: 6px; padding: 8px 10px; margin: 8px 0 6px; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 260px; overflow-y: auto; }
mark { background: var(--mark); color: var(--marktext); border-radius: 3px; padding: 0 1px; }
pre i { color: var(--dim); }
footer { border-top: 1px solid var(--line); margin-top: 40px; padding-top: 16px; font-size: 13px; }
footer h2 { font-size: 15px; }
@media (max-width: 560px) { main { padding: 20px 14px 48px; } h1 { font-size: 20px; } .tiles { grid-template-columns: repeat(3, 1fr); } .tile { padding: 8px 10px; } .tile b { font-size: 20px; } }
@media print { article, .tile { break-inside: avoid; } pre { max-height: none; } nav form { display: none; } }
`;
