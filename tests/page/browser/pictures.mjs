// The pictures of the README, of a sheet that the sandbox runs: `node tests/page/browser/pictures.mjs target/debug/reseat`.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { Chromium } from './chromium.mjs';

const WIDTH = 1280;
// Far enough to see what it is about, and below 200 kB.
const HEIGHTS = { report: 1600, plan: 1320 };
const root = resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'reseat-pictures-'));
copyFileSync(join(root, 'tests/page/quarter.csv'), join(folder, 'quarter.csv'));

function reseat(command) {
  const env = { ...process.env, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder, PATH: `${resolve(process.argv[2], '..')}:${process.env.PATH}` };
  try {
    execFileSync('reseat', command.split(' '), { cwd: folder, env, stdio: 'ignore' });
  } catch ({ status }) {
    // Some rows of the sheet need somebody, as in life.
    if (status !== 3) throw new Error(`reseat ${command} has ended with ${status}`);
  }
}
reseat('plan quarter.csv --sandbox --on-shortage fill -o plan.html');
reseat('run quarter.csv --sandbox --on-shortage fill --yes');
reseat('report quarter.results.csv -o report.html');

const chromium = new Chromium(process.env.CHROMIUM ?? 'chromium');
const tab = await chromium.tab();
await tab.size(WIDTH);
await tab.scheme('light');
for (const [name, most] of Object.entries(HEIGHTS)) {
  await tab.open(join(folder, `${name}.html`));
  const height = Math.min(most, await tab.run('document.documentElement.scrollHeight'));
  writeFileSync(join(root, 'docs/images', `${name}.png`), await tab.picture({ x: 0, y: 0, width: WIDTH, height }));
}
await chromium.close();
