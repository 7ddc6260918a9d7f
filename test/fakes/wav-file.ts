/**
 * WAV files as tools write them, byte by byte.
 */

export interface WavFields {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  /** WAVE_FORMAT_EXTENSIBLE, with the tag in its sub-format. */
  readonly isExtensible?: boolean;
  /** Chunks between the format and the data: name and bytes. */
  readonly between?: readonly (readonly [string, number])[];
  /** What the header says of the data's length, if not the truth. */
  readonly dataBytes?: number;
  readonly riff?: string;
}

export function wavOf(audio: Uint8Array, fields: WavFields = {}): Uint8Array {
  const { isExtensible = false, between = [], riff = 'RIFF' } = fields;
  const chunks = [
    text(riff),
    word(0xff_ff_ff_ff),
    text('WAVE'),
    text('fmt '),
    word(isExtensible ? 40 : 16),
    formatOf(fields),
    ...between.flatMap(([name, bytes]) => [
      text(name),
      word(bytes),
      new Uint8Array(bytes + (bytes % 2)),
    ]),
    text('data'),
    word(fields.dataBytes ?? audio.byteLength),
    audio,
  ];
  return Buffer.concat(chunks);
}

function formatOf({ tag = 1, channels = 1, rate = 16_000, bits = 16, ...rest }: WavFields) {
  const { isExtensible = false } = rest;
  const format = Buffer.alloc(isExtensible ? 40 : 16);
  format.writeUInt16LE(isExtensible ? 0xff_fe : tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE((rate * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (isExtensible) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(tag, 24);
  }
  return format;
}

function text(ascii: string): Uint8Array {
  return Buffer.from(ascii, 'latin1');
}

function word(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
