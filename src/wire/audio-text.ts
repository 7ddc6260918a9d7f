/**
 * Audio text: a frame as JSON, in the form in which most clients write it.
 *
 * Nothing else comes so often as text, and to parse it as any other message takes a tenth of what such a
 * frame costs (bench: ingest). What looks otherwise is for the parser, and says the same.
 */

/** How audio begins and ends in JSON as most clients write it, without `audio_id`. */
const AUDIO_HEAD = /^\{ ?"type": ?"audio", ?"content": ?"/;
const AUDIO_TAIL = '"}';

/** The base64 of a message that is audio in that form; whether it is base64 is for who decodes it. */
export function contentOf(text: string): string | undefined {
  const from = AUDIO_HEAD.exec(text)?.[0].length;
  const to = text.length - AUDIO_TAIL.length;
  if (from === undefined || !text.endsWith(AUDIO_TAIL)) return undefined;
  const isPlain = text.indexOf('"', from) === to && !text.includes('\\', from);
  return isPlain ? text.slice(from, to) : undefined;
}
