/**
 * PageRig: the live page in a browser, and what somebody in front of it would see.
 */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Ear } from '../emulator/ear.ts';

export class PageRig {
  readonly page: Page;
  /** What the browser complains of: a policy that is broken, or something thrown. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => this.complaints.push(message.text()));
  }

  /** `voice`: 16-bit samples that its microphone gives from half a second on, exactly. */
  static async open(
    browser: Browser,
    url: string,
    { voice, ...options }: BrowserContextOptions & { voice?: Voice } = {},
  ): Promise<PageRig> {
    const context = await browser.newContext(options);
    const rig = new PageRig(await context.newPage());
    if (voice !== undefined) {
      await rig.page.addInitScript({ content: exactMicrophone(await voice(rig.page)) });
    }
    await rig.page.goto(url);
    return rig;
  }

  get status(): Promise<string> {
    return this.page.getByRole('status').innerText();
  }

  get story(): Promise<string> {
    return this.page.locator('#story').innerText();
  }

  get advice(): Promise<string> {
    return this.page.getByRole('alert').innerText();
  }

  /** What was said, a line each, without times. */
  get lines(): Promise<string[]> {
    return this.page.locator('#lines li p').allInnerTexts();
  }

  async press(name: 'Speak' | 'Stop'): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Resolves once its microphone has said all of its `voice`. */
  async saidAll(): Promise<void> {
    await this.page.evaluate('microphone.done');
  }

  /**
   * The numbers that the page's worklet posted whole: on a machine under load Chromium leaves out
   * sound of a MediaStream (stop its renderer for 300 ms, and see), and nobody can send what he never got.
   */
  async heard(): Promise<number[]> {
    const given = await this.page.evaluate<string>(`(() => {
      const bytes = new Uint8Array(Int16Array.from(microphone.given).buffer);
      return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    })()`);
    const bytes = Uint8Array.from(Buffer.from(given, 'latin1'));
    const marks = new Ear().hear(new Int16Array(bytes.buffer));
    return marks.flatMap((mark) => (mark.kind === 'word' ? [mark.number] : []));
  }

  /** Writes into a field of the options. */
  async enter(label: string, text: string): Promise<void> {
    const field = this.page.getByLabel(label);
    if (!(await field.isVisible())) await this.page.getByText('Options', { exact: true }).click();
    await field.fill(text);
  }

  /** Resolves once the connection's state says so. */
  async settled(): Promise<void> {
    await this.page.getByRole('status').getByText('Settled').waitFor();
  }
}

/** The samples, once the rate of the browser's audio is known. */
export type Voice = (page: Page) => Promise<Int16Array>;

/** Samples a second of a browser's audio. */
export function rateOf(page: Page): Promise<number> {
  return page.evaluate('new AudioContext().sampleRate');
}

function base64(samples: Int16Array): string {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
}

/**
 * What runs in the page before its scripts. The browser's fake microphone resamples what it plays; this
 * one gives each sample as it is, and by a MediaStream too. What the page's worklet makes of it is
 * kept. It is text: Node has nothing of what it uses.
 */
function exactMicrophone(samples: Int16Array): string {
  return `globalThis.microphone = { given: [] };
  microphone.done = new Promise((resolve) => { microphone.onDone = resolve; });
  navigator.mediaDevices.getUserMedia = () => {
    const bytes = Uint8Array.from(atob('${base64(samples)}'), (char) => char.charCodeAt(0));
    const pcm = new Int16Array(bytes.buffer);
    const context = new AudioContext();
    const buffer = context.createBuffer(1, pcm.length, context.sampleRate);
    buffer.getChannelData(0).set(Float32Array.from(pcm, (sample) => sample / 32768));
    const source = new AudioBufferSourceNode(context, { buffer });
    source.onended = microphone.onDone;
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    source.connect(destination);
    source.start(context.currentTime + 0.5);
    return Promise.resolve(destination.stream);
  };
  globalThis.AudioWorkletNode = class extends AudioWorkletNode {
    constructor(...options) {
      super(...options);
      this.port.addEventListener('message', ({ data }) => {
        if (data !== 'end') for (const sample of data) microphone.given.push(sample * 32768);
      });
    }
  };`;
}
