/**
 * Page: one talk after another, and what of them is shown where.
 */
import type { StreamError } from '../client/browser.ts';
import { connect } from '../client/browser.ts';
import type { Clock } from '../clock.ts';
import type { Advice } from './advice.ts';
import {
  adviceOfConnecting,
  adviceOfFile,
  adviceOfInsecure,
  adviceOfMicrophone,
  adviceOfProblem,
  MICROPHONE_GONE,
  PAUSED,
  SILENT,
  SILENT_FILE,
} from './advice.ts';
import type { Asked } from './asked.ts';
import { Asking } from './asking.ts';
import { element } from './dom.ts';
import { openMicrophone } from './microphone.ts';
import type { OptionsView } from './options-view.ts';
import { openRecording } from './recording.ts';
import { Screen } from './screen.ts';
import type { Source, SourceEvents } from './source.ts';
import type { PageEvent, PageState } from './state.ts';
import { next } from './state.ts';
import type { Chapter } from './story.ts';
import { ASKING, FINISHING, READING, READY } from './story.ts';
import { StoryView } from './story-view.ts';
import { Talk } from './talk.ts';
import { Tape } from './tape.ts';
import { TapeView } from './tape-view.ts';
import type { Line } from './transcript.ts';
import { Transcript } from './transcript.ts';
import { TranscriptView } from './transcript-view.ts';

const LABELS: { readonly [S in PageState]: string } = {
  idle: 'Speak',
  asking: 'Cancel',
  talking: 'Stop',
  finishing: 'Skip',
};

/** What is shown while a source is asked for, and when nothing is heard of it. */
interface Kind {
  readonly chapter: Chapter;
  readonly silent: Advice;
}

const MICROPHONE: Kind = { chapter: ASKING, silent: SILENT };
const RECORDING: Kind = { chapter: READING, silent: SILENT_FILE };

/** What is left of a level, each time that it is looked at. */
const FALL = 0.82;

export class Page {
  readonly #options: OptionsView;
  readonly #asking = new Asking();
  readonly #screen = new Screen();
  readonly #tape = new Tape();
  readonly #transcript = new Transcript();
  readonly #tapeView = new TapeView(this.#tape);
  readonly #transcriptView = new TranscriptView();
  readonly #story: StoryView;
  readonly #clock: Clock;
  readonly #speak = element('speak', HTMLButtonElement);
  readonly #label = element('speak-label', HTMLElement);
  readonly #meter = element('meter', HTMLElement);
  readonly #levelSaid = element('level', HTMLMeterElement);
  #state: PageState = 'idle';
  #talk: Talk | undefined;
  #level = 0;
  #unsaved: 'nothing' | 'words' = 'nothing';

  constructor(clock: Clock, options: OptionsView) {
    this.#options = options;
    this.#clock = clock;
    this.#story = new StoryView(clock);
    this.#story.show(READY);
    this.#takeToken();
    const { mediaDevices } = navigator;
    if (mediaDevices === undefined) this.#story.advise(adviceOfInsecure(location.origin));
    else {
      void options.offerMicrophones();
      mediaDevices.addEventListener('devicechange', () => void options.offerMicrophones());
    }
  }

  /** Whether leaving the page would lose anything. */
  get holds(): 'nothing' | 'words' {
    return this.#state === 'idle' ? this.#unsaved : 'words';
  }

  get lines(): readonly Line[] {
    return this.#transcript.lines;
  }

  /** The big button. */
  press(): void {
    switch (this.#state) {
      case 'idle':
        this.#record();
        break;
      case 'asking':
        this.#asking.cancel();
        this.#enter('stop');
        this.#story.show(READY);
        break;
      case 'talking':
        this.#talk?.stop();
        break;
      case 'finishing':
        this.#talk?.abandon();
    }
  }

  /** Reads a recording, unless somebody talks. */
  open(file: File): void {
    if (this.#state !== 'idle') {
      this.note(`${file.name} was not opened, since this talk goes on: press Stop first.`);
      return;
    }
    this.#begin(RECORDING, () => openRecording(file)).catch((error: Error) => {
      this.#fail(adviceOfFile(file.name, error.message));
    });
  }

  /** All that was said is somewhere else too. */
  saved(): void {
    this.#unsaved = 'nothing';
  }

  clear(): void {
    this.saved();
    this.#transcript.clear();
    this.#transcriptView.clear();
    this.#offer();
    this.#speak.focus();
  }

  note(text: string): void {
    this.#tell({ word: 'Warning', text, tone: 'calm' });
  }

  #record(): void {
    if (navigator.mediaDevices === undefined) {
      this.#story.advise(adviceOfInsecure(location.origin));
      return;
    }
    const events: SourceEvents = {
      onGone: () => {
        this.#talk?.stop();
        this.#story.advise(MICROPHONE_GONE);
      },
      onPaused: () => this.#story.advise(PAUSED),
      onBack: (missedMs) => {
        this.#story.withdraw(PAUSED);
        if (this.#state === 'talking') this.#talk?.miss(missedMs);
      },
    };
    const open = ({ microphone }: Asked) => openMicrophone(microphone, this.#clock, events);
    this.#begin(MICROPHONE, open).catch((error: Error) =>
      this.#fail(adviceOfMicrophone(error.name, error.message)),
    );
  }

  /** Rejects with what `open` throws. */
  async #begin(kind: Kind, open: (asked: Asked) => Promise<Source>): Promise<void> {
    const asked = this.#options.read();
    if (asked === undefined || !this.#enter('begin')) return;
    this.#story.advise(undefined);
    this.#story.show(kind.chapter);
    const source = await this.#asking.ask(() => open(asked));
    if (source === undefined || !this.#enter('given')) return;
    void this.#options.offerMicrophones();
    try {
      this.#listen(source, asked, kind);
    } catch (error) {
      source.stop();
      this.#fail(adviceOfConnecting(error instanceof Error ? error.message : String(error)));
      return;
    }
    void this.#screen.keepOn();
  }

  #listen(source: Source, { start, token }: Asked, { silent }: Kind): void {
    const url = new URL('v1/stream', document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.hash = '';
    url.search = '';
    const { href } = url;
    const parts = {
      connect,
      source,
      tape: this.#tape,
      transcript: this.#transcript,
      url: href,
      token,
      start,
    };
    this.#talk = new Talk(parts, {
      onLoudness: (loudness) => this.#show(loudness),
      onChapter: (chapter) => this.#tell(chapter),
      onLine: (line) => {
        this.#transcriptView.add(line);
        this.#unsaved = 'words';
        if (line.kind === 'final') this.#story.withdraw(silent);
        this.#offer();
      },
      onChange: () => {
        this.#transcriptView.interim(this.#transcript.interim);
        this.#tapeView.draw('newest');
      },
      onSilence: () => this.#story.advise(silent),
      onRefused: (why) => this.#story.advise(adviceOfProblem(why)),
      onLive: () => this.#story.advise(undefined),
      onFinishing: () => {
        this.#show(0);
        if (this.#enter('stop')) this.#tell(FINISHING);
      },
      onBroken: ({ name, message }) => this.#story.advise(adviceOfMicrophone(name, message)),
      onEnd: (why) => this.#end(why),
    });
  }

  #end(why: StreamError | undefined): void {
    this.#talk = undefined;
    this.#enter('end');
    this.#transcript.interim = undefined;
    this.#transcriptView.interim(undefined);
    this.#tapeView.draw('all');
    this.#show(0);
    this.#screen.letGo();
    if (why === undefined) return;
    if (why.code === 'closed') this.#story.show(READY);
    else this.#stopped(why);
  }

  #stopped(why: StreamError): void {
    this.#tell({ word: 'Stopped', text: `Stopped: ${why.message}.`, tone: 'bad' });
    this.#story.advise(adviceOfProblem(why));
  }

  #fail(advice: Advice): void {
    if (!this.#enter('end')) return;
    this.#story.show(READY);
    this.#story.advise(advice);
  }

  /** A level rises at once and falls slowly, as on any meter. */
  #show(loudness: number): void {
    this.#level = Math.max(loudness, this.#state === 'talking' ? this.#level * FALL : 0);
    for (const { style } of [this.#meter, this.#speak]) {
      style.setProperty('--level', this.#level.toFixed(3));
    }
    this.#levelSaid.value = Math.round(this.#level * 100);
  }

  #offer(): void {
    const { lines } = this.#transcript;
    const isWordless = !lines.some((line) => line.kind === 'final' && line.text !== '');
    for (const button of document.querySelectorAll<HTMLButtonElement>('.tools button')) {
      button.disabled = button.id === 'clear' ? lines.length === 0 : isWordless;
    }
  }

  #tell(chapter: Chapter): void {
    this.#story.tell(chapter, this.#state);
  }

  /** One that came with the address is none for the history, or for who looks on. */
  #takeToken(): void {
    const token = new URLSearchParams(location.hash.slice(1)).get('token');
    this.#options.token = token ?? '';
    if (token !== null) history.replaceState(null, '', location.pathname + location.search);
  }

  #enter(event: PageEvent): boolean {
    const state = next(this.#state, event);
    if (state === undefined) return false;
    this.#state = state;
    document.body.dataset['state'] = state;
    this.#label.textContent = LABELS[state];
    return true;
  }
}
