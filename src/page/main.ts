/**
 * Main: the live page: press, speak, read. Ties what a person does to talks, and talks to what is shown.
 */
import { systemClock } from '../clock.ts';
import { element } from './dom.ts';
import { OptionsView } from './options-view.ts';
import { Page } from './page.ts';
import { copy, isFormat, save } from './saving.ts';

const page = new Page(systemClock, new OptionsView());
const speak = element('speak', HTMLButtonElement);
const file = element('file', HTMLInputElement);

speak.addEventListener('click', () => page.press());

file.addEventListener('change', () => {
  const [chosen] = file.files ?? [];
  if (chosen !== undefined) page.open(chosen);
  // The same file may be chosen again.
  file.value = '';
});

/** Space does what the button does, wherever nothing else wants it. */
document.addEventListener('keydown', (event) => {
  if (event.code !== 'Space' || event.repeat || isTaken(event.target)) return;
  if (event.ctrlKey || event.shiftKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  page.press();
});

function isTaken(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('button, input, select, textarea, summary, a') !== null
  );
}

document.addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('dragging');
});
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) document.body.classList.remove('dragging');
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('dragging');
  const [dropped] = event.dataTransfer?.files ?? [];
  if (dropped !== undefined) page.open(dropped);
});

element('copy', HTMLButtonElement).addEventListener('click', () => {
  copy(page.lines).then(
    () => {
      page.saved();
      page.note('Copied.');
    },
    (error: Error) => page.note(`Not copied: ${error.message}.`),
  );
});
element('clear', HTMLButtonElement).addEventListener('click', () => page.clear());
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-save]')) {
  button.addEventListener('click', () => {
    const format = button.dataset['save'];
    if (!isFormat(format)) return;
    save(page.lines, format, systemClock);
    page.saved();
  });
}

/** The browser asks whether to leave, in words of its own. */
window.addEventListener('beforeunload', (event) => {
  if (page.holds === 'words') event.preventDefault();
});
