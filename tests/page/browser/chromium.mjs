// A Chromium without a window, told what to do through a pipe in the language of its developer tools.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export class Chromium {
  #child;
  #folder = mkdtempSync(join(tmpdir(), 'reseat-chromium-'));
  #last = 0;
  #waiting = new Map();
  #listeners = new Set();
  #rest = '';

  constructor(program) {
    const flags = ['--headless', '--remote-debugging-pipe', '--no-first-run', '--hide-scrollbars', '--disable-gpu'];
    // Nothing is reached by name; a page that asked for something would be seen asking.
    flags.push('--host-resolver-rules=MAP * ~NOTFOUND', '--disable-background-networking', '--disable-dev-shm-usage');
    flags.push(`--user-data-dir=${this.#folder}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []));
    this.#child = spawn(program, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => this.#end(error));
    this.#child.on('exit', () => this.#end(new Error('Chromium has ended')));
    this.#child.stdio[4].setEncoding('utf8').on('data', (text) => this.#hear(text));
  }

  get processId() {
    return this.#child.pid;
  }

  #end(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #hear(text) {
    const messages = (this.#rest + text).split('\0');
    this.#rest = messages.pop();
    for (const message of messages.map((one) => JSON.parse(one))) {
      const waiting = this.#waiting.get(message.id);
      if (!waiting) {
        for (const listener of this.#listeners) listener(message);
        continue;
      }
      this.#waiting.delete(message.id);
      if (message.error) waiting.reject(new Error(`${waiting.method}: ${message.error.message}`));
      else waiting.resolve(message.result);
    }
  }

  send(method, parameters = {}, sessionId = undefined) {
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, method });
      this.#child.stdio[3].write(`${JSON.stringify({ id, method, params: parameters, sessionId })}\0`);
    });
  }

  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A tab of its own. */
  async tab() {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const tab = new Tab(this, targetId, sessionId);
    await Promise.all(['Page', 'Runtime', 'Log', 'Network'].map((domain) => tab.send(`${domain}.enable`)));
    return tab;
  }

  async close() {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    await this.send('Browser.close').catch(() => {});
    await ended;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Tab {
  /** What a page that is well may not do: say something on the console, break its policy, open a dialog. */
  complaints = [];
  /** What it asked for, its own file among it. */
  requests = [];

  constructor(chromium, targetId, sessionId) {
    Object.assign(this, { chromium, targetId, sessionId });
    this.stop = chromium.listen(({ sessionId: of, method, params }) => {
      if (of !== sessionId) return;
      if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
      if (method === 'Runtime.consoleAPICalled') this.complaints.push(JSON.stringify(params.args));
      if (method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(params.exceptionDetails));
      if (method === 'Log.entryAdded') this.complaints.push(params.entry.text);
      if (method === 'Page.javascriptDialogOpening') {
        this.complaints.push(`a dialog: ${params.message}`);
        this.send('Page.handleJavaScriptDialog', { accept: false });
      }
    });
  }

  send(method, parameters) {
    return this.chromium.send(method, parameters, this.sessionId);
  }

  /** Waits for an event of the tab. */
  once(wanted) {
    return new Promise((resolve) => {
      const stop = this.chromium.listen(({ sessionId, method, params }) => {
        if (sessionId !== this.sessionId || method !== wanted) return;
        stop();
        resolve(params);
      });
    });
  }

  async open(path, fragment = '') {
    this.complaints.length = 0;
    this.requests.length = 0;
    // The same file with another fragment would only be scrolled.
    await this.go('about:blank');
    this.requests.length = 0;
    await this.go(pathToFileURL(path).href + fragment);
  }

  async go(url) {
    const loaded = this.once('Page.loadEventFired');
    const { errorText } = await this.send('Page.navigate', { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await loaded;
  }

  async run(expression) {
    const parameters = { expression, returnByValue: true, awaitPromise: true, userGesture: true };
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', parameters);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Calls a function in the page with these values. */
  call(task, ...values) {
    return this.run(`(${task})(...${JSON.stringify(values)})`);
  }

  script(isOn) {
    return this.send('Emulation.setScriptExecutionDisabled', { value: !isOn });
  }

  size(width, height = 900) {
    return this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  scheme(value) {
    return this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
  }

  async press(key, code = key, text = undefined, modifiers = 0) {
    const virtual = { Enter: 13, Tab: 9, ' ': 32 }[key];
    const parameters = { key, code, modifiers, text, windowsVirtualKeyCode: virtual };
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...parameters });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...parameters });
  }

  async pdf() {
    const { data } = await this.send('Page.printToPDF', { preferCSSPageSize: true, printBackground: false });
    return Buffer.from(data, 'base64');
  }

  async picture(clip) {
    const whole = clip ? { clip: { ...clip, scale: 1 }, captureBeyondViewport: true } : {};
    const { data } = await this.send('Page.captureScreenshot', { format: 'png', ...whole });
    return Buffer.from(data, 'base64');
  }

  async close() {
    this.stop();
    await this.chromium.send('Target.closeTarget', { targetId: this.targetId });
  }
}
