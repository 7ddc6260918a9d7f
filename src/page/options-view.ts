/**
 * Options view: what the next talk asks for, as the form says; kept in the browser, but for the token.
 */

import type { Asked } from './asked.ts';
import { askedOf } from './asked.ts';
import { element } from './dom.ts';
import { microphones } from './microphone.ts';

const KEPT_AS = 'earshot.options';
const NOT_KEPT = 'token';
const FIELDS = 'input, select, textarea';

export class OptionsView {
  readonly #form = element('form', HTMLFormElement);
  /** The microphone that the person chose, though it may not be there now. */
  #microphone = '';

  constructor() {
    this.#restore();
    this.#form.addEventListener('change', ({ target }) => {
      if (target instanceof HTMLSelectElement) this.#microphone = target.value;
      this.#keep();
    });
    this.#form.addEventListener('submit', (event) => event.preventDefault());
  }

  /** What the form says, or undefined when a field can't be so: the browser shows which. */
  read(): Asked | undefined {
    if (this.#form.checkValidity()) return askedOf(this.#values());
    element('options', HTMLDetailsElement).open = true;
    this.#form.reportValidity();
    return undefined;
  }

  /** A token that came with the address. */
  set token(token: string) {
    const field = this.#form.elements.namedItem('token');
    if (field instanceof HTMLInputElement) field.value = token;
  }

  /** Offers the microphones that have names by now. */
  async offerMicrophones(): Promise<void> {
    const select = this.#form.elements.namedItem('microphone');
    if (!(select instanceof HTMLSelectElement)) return;
    const found = await microphones();
    const offers = found.map(({ label, deviceId }) => new Option(label, deviceId));
    select.replaceChildren(...[...select.options].slice(0, 1), ...offers);
    const isThere = found.some(({ deviceId }) => deviceId === this.#microphone);
    select.value = isThere ? this.#microphone : '';
  }

  #values(): Record<string, string | boolean> {
    return Object.fromEntries(this.#fields().map((field) => [field.name, contentOf(field)]));
  }

  #fields(): Field[] {
    return [...this.#form.querySelectorAll<Field>(FIELDS)];
  }

  #keep(): void {
    const { [NOT_KEPT]: _, ...values } = this.#values();
    const kept = { ...values, microphone: this.#microphone };
    try {
      localStorage.setItem(KEPT_AS, JSON.stringify(kept));
    } catch {
      // A browser may forbid it: then they hold until the page is closed.
    }
  }

  #restore(): void {
    const kept = readKept();
    const { microphone } = kept;
    if (typeof microphone === 'string') this.#microphone = microphone;
    for (const field of this.#fields()) {
      const value = kept[field.name];
      if (field instanceof HTMLInputElement && field.type === 'checkbox') {
        if (typeof value === 'boolean') field.checked = value;
      } else if (typeof value === 'string') field.value = value;
    }
  }
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function contentOf(field: Field): string | boolean {
  return field instanceof HTMLInputElement && field.type === 'checkbox'
    ? field.checked
    : field.value.trim();
}

/** What somebody else has put there is no options. */
function readKept(): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? '{}');
    return typeof kept === 'object' && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}
