import { dark, declarations, light } from "./plots/palette.ts";

/** The style sheet of all pages. */
export const style: string = `
:root{color-scheme:light dark;--ground:#f5f5f2;${declarations(light)}}
@media (prefers-color-scheme:dark){:root{--ground:#121418;${declarations(dark)}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:2.5rem 1.25rem 4rem;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
h1{margin:0;font-size:1.9rem;line-height:1.2;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{margin:2.75rem 0 .9rem;font-size:1.2rem;letter-spacing:-.005em}
p{margin:.4rem 0;max-width:46rem}
.lead,.note,caption,figcaption,dt,footer{color:var(--muted)}
.lead{overflow-wrap:anywhere}
.note{font-size:.9rem}
.figures{display:flex;flex-wrap:wrap;gap:1px;margin:1.5rem 0 0;border-radius:10px;overflow:hidden;background:var(--grid);border:1px solid var(--grid)}
.figures div{flex:1 1 7.4rem;padding:.8rem 1rem;background:var(--paper)}
dt{font-size:.85rem}
dd{margin:0;font-size:1.2rem;font-weight:600;letter-spacing:-.01em;white-space:nowrap}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:1rem}
.card,.plots figure,.scroll{background:var(--paper);border:1px solid var(--grid);border-radius:10px}
figure{margin:0}
.plots figure{padding:1rem}
.plots figcaption{margin-bottom:.5rem;color:var(--ink);font-weight:600}
svg{display:block;width:100%;height:auto}
.scroll{overflow-x:auto;margin:1rem 0;max-width:100%;width:fit-content;min-width:min(100%,28rem)}
.scroll>table:not(.matrix){width:100%}
.pair{display:flex;flex-wrap:wrap;gap:0 2rem}
.pair>*{flex:0 1 auto;min-width:0;max-width:100%}
.pair>.scroll{min-width:min(100%,22rem);align-self:flex-start;margin-top:0}
.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--series-0);outline-offset:2px}
table{border-collapse:collapse;font-size:.9rem}
caption{padding:.8rem 1rem .3rem;text-align:left;font-size:.9rem}
caption>span{display:inline-block;position:sticky;left:1rem;max-width:min(44rem,calc(100vw - 5rem))}
th,td{padding:.32rem 1rem;text-align:left;vertical-align:top;overflow-wrap:break-word;max-width:22rem}
th{font-weight:500}
thead th{color:var(--muted);font-weight:400;vertical-align:bottom;border-bottom:1px solid var(--grid)}
tbody tr+tr>*{border-top:1px solid var(--grid)}
.number{text-align:right;white-space:nowrap}
.bar{background:linear-gradient(to right,color-mix(in srgb,var(--series-0) 22%,transparent) var(--share),transparent 0)}
.matrix{font-size:.85rem;margin:0 1rem 1rem}
.matrix caption{padding-left:.4rem}
.matrix th,.matrix td{min-width:2.3rem;padding:.3rem .4rem;border:0}
.matrix td{text-align:center;white-space:nowrap;border:1px solid var(--paper);background:color-mix(in srgb,var(--series-1) var(--share),transparent)}
.matrix .right{background:color-mix(in srgb,var(--series-0) var(--share),transparent)}
.matrix .strong{color:var(--paper);font-weight:600}
.matrix .none{color:color-mix(in srgb,var(--muted) 45%,transparent);background:color-mix(in srgb,var(--muted) 5%,transparent)}
.matrix thead th{border:0;text-align:center}
.matrix .tall{writing-mode:vertical-rl;transform:rotate(180deg);margin:auto;max-height:9rem;text-align:left}
.matrix tbody th{text-align:right;white-space:nowrap;max-width:11rem;overflow:hidden;text-overflow:ellipsis}
.matrix tbody tr+tr>*{border-top:1px solid var(--paper)}
.errors{display:grid;grid-template-columns:repeat(auto-fill,minmax(7.5rem,1fr));gap:1rem;margin:1rem 0;padding:0;list-style:none}
.errors img{display:block;width:100%;aspect-ratio:1;object-fit:contain;background:#000;border-radius:8px}
.errors figcaption{margin-top:.35rem;font-size:.85rem;line-height:1.35;overflow-wrap:anywhere}
.errors b{color:var(--ink);font-weight:600}
.pixels{image-rendering:pixelated}
.card{display:inline-block;max-width:100%;padding:1rem}
.card img{display:block;margin-bottom:.6rem;width:26rem;max-width:100%;border-radius:4px}
details{margin:1rem 0}
summary{cursor:pointer;color:var(--muted)}
footer{margin-top:3rem;font-size:.85rem;overflow-wrap:anywhere}
code{font:.92em ui-monospace,monospace}
@media (max-width:40rem){body{padding:1.5rem .9rem 3rem}h1{font-size:1.5rem}.plots figure{padding:.75rem .5rem}.figures div{flex-basis:40%}dd{font-size:1.1rem}th,td{padding:.3rem .6rem}.matrix{margin:0 .4rem .6rem;font-size:.78rem}.matrix th,.matrix td{min-width:1.7rem;padding:.25rem .2rem}.errors{grid-template-columns:repeat(auto-fill,minmax(6rem,1fr));gap:.75rem}}
@media print{body{background:none;max-width:none}.scroll{overflow:visible}}
`;
