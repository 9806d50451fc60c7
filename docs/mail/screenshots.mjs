// Looks at the mails: node docs/mail/screenshots.mjs [CHROMIUM]
// The approved HTML of an alert and of a digest, 390 and 1,200 pixels wide, light and dark; the pictures of the alert are
// kept in this folder. It fails when anything is wider than the screen, or when anything is fetched.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const profile = mkdtempSync(join(tmpdir(), 'crowsnest-mail-'));
const pages = { alert: 'alert-mail-html', digest: 'digest-html' };
const browser = spawn(process.argv[2] ?? 'chromium', [
  '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--remote-debugging-pipe', `--user-data-dir=${profile}/data`,
], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });

let last = 0, rest = '', fetched = [];
const waiting = new Map(), listening = new Map();
browser.stdio[4].on('data', data => {
  const parts = (rest + data).split('\0');
  rest = parts.pop();
  for (const message of parts.map(JSON.parse)) {
    waiting.get(message.id)?.(message.result ?? Promise.reject(new Error(JSON.stringify(message.error))));
    listening.get(message.method)?.(message.params);
  }
});
const call = (method, params = {}, sessionId) => new Promise(resolve => {
  waiting.set(++last, resolve);
  browser.stdio[3].write(JSON.stringify({ id: last, method, params, sessionId }) + '\0');
});

const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
const send = (method, params) => call(method, params, sessionId);
await send('Page.enable');
await send('Network.enable');
listening.set('Network.requestWillBeSent', ({ request }) => request.url.startsWith('file:') || request.url.startsWith('data:') || request.url.startsWith('cid:') || fetched.push(request.url));
for (const [name, approved] of Object.entries(pages)) {
  const page = join(profile, `${name}.html`);
  writeFileSync(page, readFileSync(join(here, `../../tests/fixtures/approved/${approved}.txt`)));
  for (const [width, scheme] of [[390, 'light'], [390, 'dark'], [1200, 'light'], [1200, 'dark']]) {
    await send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 });
    await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    const loaded = new Promise(resolve => listening.set('Page.loadEventFired', resolve));
    await send('Page.navigate', { url: pathToFileURL(page).href });
    await loaded;
    const { result } = await send('Runtime.evaluate', {
      expression: '[document.documentElement.scrollWidth, document.documentElement.scrollHeight, getComputedStyle(document.body).backgroundColor]',
      returnByValue: true,
    });
    const [wide, high, background] = result.value;
    const { data } = await send('Page.captureScreenshot', {
      captureBeyondViewport: true, clip: { x: 0, y: 0, width, height: Math.min(high, 2600), scale: 1 },
    });
    if (name === 'alert') {
      writeFileSync(join(here, `${name}-${width}-${scheme}.png`), Buffer.from(data, 'base64'));
    }

    console.log(`${name}-${width}-${scheme}.png  ${wide} wide, ${high} high, on ${background}`);
    process.exitCode ||= wide > width ? 1 : 0;
  }
}

console.log(fetched.length === 0 ? 'nothing was fetched' : `fetched: ${fetched}`);
process.exitCode ||= fetched.length === 0 ? 0 : 1;
const ended = new Promise(resolve => browser.on('exit', resolve));
call('Browser.close');
await ended;
rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
