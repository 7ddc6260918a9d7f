/**
 * PageRig: the live page in a browser, and what somebody in front of it would see.
 */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

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
 * one gives each sample as it is, and by a MediaStream too. It is text: Node has nothing of what it uses.
 */
function exactMicrophone(samples: Int16Array): string {
  return `navigator.mediaDevices.getUserMedia = () => {
    const bytes = Uint8Array.from(atob('${base64(samples)}'), (char) => char.charCodeAt(0));
    const pcm = new Int16Array(bytes.buffer);
    const context = new AudioContext();
    const buffer = context.createBuffer(1, pcm.length, context.sampleRate);
    buffer.getChannelData(0).set(Float32Array.from(pcm, (sample) => sample / 32768));
    const source = new AudioBufferSourceNode(context, { buffer });
    const microphone = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    source.connect(microphone);
    source.start(context.currentTime + 0.5);
    return Promise.resolve(microphone.stream);
  };`;
}
