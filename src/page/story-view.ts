/**
 * Story view: how the connection is, in a word; what happened to it; and what to do when it is wrong.
 */
import type { Clock } from '../clock.ts';
import type { Advice } from './advice.ts';
import { element, made } from './dom.ts';
import type { PageState } from './state.ts';
import type { Chapter } from './story.ts';
import { statusOf } from './story.ts';

/** Beyond it the oldest go. */
const CHAPTERS_MAX = 200;

export class StoryView {
  readonly #status = element('status', HTMLElement);
  readonly #word = element('status-word', HTMLElement);
  readonly #story = element('story', HTMLOListElement);
  readonly #advice = element('advice', HTMLElement);
  readonly #what = element('advice-what', HTMLElement);
  readonly #remedy = element('advice-remedy', HTMLElement);
  readonly #time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
  readonly #clock: Clock;
  #advised: Advice | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It is so now, and that is worth no line. */
  show({ word, tone }: Chapter): void {
    this.#status.dataset['tone'] = tone;
    if (this.#word.textContent !== word) this.#word.textContent = word;
  }

  tell(chapter: Chapter, state: PageState): void {
    const status = statusOf(chapter, state);
    if (status !== undefined) this.show(status);
    const lamp = made('span', 'lamp');
    const time = made('time', '', this.#time.format(this.#clock.wallMs()));
    const item = made('li', '', lamp, made('span', '', chapter.text), time);
    item.dataset['tone'] = chapter.tone;
    this.#story.prepend(item);
    if (this.#story.childElementCount > CHAPTERS_MAX) this.#story.lastElementChild?.remove();
  }

  /** Undefined: nothing is wrong any more. */
  advise(advice: Advice | undefined): void {
    this.#advised = advice;
    this.#what.textContent = advice?.what ?? '';
    this.#remedy.textContent = advice?.remedy ?? '';
    this.#advice.hidden = advice === undefined;
  }

  /** This is not wrong any more, if it was. */
  withdraw(advice: Advice): void {
    if (this.#advised === advice) this.advise(undefined);
  }
}
