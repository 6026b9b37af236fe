// The pictures of the README: `node tests/page/browser/pictures.mjs report.html plan.html docs/images`.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Chromium } from './chromium.mjs';

const [report, plan, folder] = process.argv.slice(2);
const WIDTH = 1280;

const chromium = new Chromium(process.env.CHROMIUM ?? 'chromium');
const tab = await chromium.tab();
await tab.size(WIDTH);
await tab.scheme('light');
for (const [page, name] of [[report, 'report.png'], [plan, 'plan.png']]) {
  await tab.open(page);
  // To the first rows, and no further.
  const rows = await tab.run(`(document.querySelectorAll('#shown tbody tr')[7] ?? document.body).getBoundingClientRect().bottom`);
  writeFileSync(join(folder, name), await tab.picture({ x: 0, y: 0, width: WIDTH, height: Math.ceil(Math.min(rows, 1900)) }));
}
await chromium.close();
