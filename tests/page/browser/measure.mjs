// How long a page takes until it is there, and what it holds, beside a plain table: `node measure.mjs PAGE TABLE`.

import { readFileSync } from 'node:fs';

import { Chromium } from './chromium.mjs';

const [ours, plain] = process.argv.slice(2);
const drawn = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

/** In a Chromium of its own, so that neither has the other's memory. */
async function opened(path, look = () => {}) {
  const chromium = new Chromium(process.env.CHROMIUM ?? 'chromium');
  const tab = await chromium.tab();
  await tab.size(1440);
  const start = performance.now();
  await tab.open(path);
  await tab.run(drawn);
  const ready = performance.now() - start;
  const { processInfo } = await chromium.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  const memory = Math.max(...renderers.map(({ id }) => proportional(id)));
  const more = await look(tab);
  const later = Math.max(...renderers.map(({ id }) => proportional(id)));
  await chromium.close();
  return { ready, memory, later, more };
}

function proportional(processId) {
  const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${processId}/smaps_rollup`, 'utf8'));
  return Number(found[1]) / 1024;
}

/** What it takes to do something to the page, until that is seen. */
async function timed(tab, what) {
  return tab.run(`(async () => { const start = performance.now(); ${what}; await ${drawn}; return performance.now() - start; })()`);
}

async function used(tab) {
  const type = (words) => `const input = document.getElementById('filter'); input.value = ${JSON.stringify(words)};
    input.dispatchEvent(new Event('input')); await new Promise((done) => setTimeout(done, 150))`;
  const times = {};
  times['filtering for the first time'] = await timed(tab, type('person.99 not_found'));
  times['filtering again'] = await timed(tab, type('zolc seats'));
  await timed(tab, type(''));
  for (const [column, name] of [[3, 'users'], [7, 'messages'], [12, 'numbers'], [4, 'addresses']]) {
    times[`sorting by ${name}`] = await timed(tab, `document.querySelector('#shown th:nth-child(${column}) button').click()`);
  }
  times['sorting the other way'] = await timed(tab, `document.querySelector('#shown th:nth-child(4) button').click()`);
  times['the next page'] = await timed(tab, `document.querySelector('.pager [data-go=next]').click()`);
  return times;
}

const page = await opened(ours, used);
const print = (what, { ready, memory }) => console.log(`${what}: ready in ${(ready / 1000).toFixed(2)} s, ${memory.toFixed(0)} MiB`);
print('the page', page);
console.log(`after use: ${page.later.toFixed(0)} MiB`);
for (const [what, time] of Object.entries(page.more)) console.log(`${what}: ${(time / 1000).toFixed(2)} s`);
const table = await opened(plain);
print('one table', table);
console.log(`ratios: 1/${(table.ready / page.ready).toFixed(0)} of the time, 1/${(table.memory / page.memory).toFixed(0)} of the memory`);
