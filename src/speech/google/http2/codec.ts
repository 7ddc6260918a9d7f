/**
 * Codec: the messages of a streaming call as bytes, by the protos that Google's library ships.
 *
 * Only the first message and the responses come here. Responses are as the decoder makes them: to turn
 * them into the plain objects that the library gives would cost more than to decode them.
 */
import { protos } from '@google-cloud/speech';
import type { Version } from '../driver.ts';
import { frameOf } from './frames.ts';

export interface Codec {
  /** The method, as HTTP/2 calls it. */
  readonly path: string;
  /** Throws where `first` is no such message. */
  readonly frameOfFirst: (first: object) => Buffer;
  /** Of the field that audio is: its number above its type, which is 2, bytes with a length. */
  readonly audioTag: number;
  /** Throws on other bytes. */
  readonly decode: (message: Uint8Array) => object;
}

const { v1, v2 } = protos.google.cloud.speech;

export const CODECS: { readonly [V in Version]: Codec } = {
  v1: {
    path: '/google.cloud.speech.v1.Speech/StreamingRecognize',
    frameOfFirst: (first) => {
      const { StreamingRecognizeRequest: Request } = v1;
      return frameOf(Request.encode(Request.fromObject(first)).finish());
    },
    audioTag: (2 << 3) | 2,
    decode: (message) => v1.StreamingRecognizeResponse.decode(message),
  },
  v2: {
    path: '/google.cloud.speech.v2.Speech/StreamingRecognize',
    frameOfFirst: (first) => {
      const { StreamingRecognizeRequest: Request } = v2;
      return frameOf(Request.encode(Request.fromObject(first)).finish());
    },
    audioTag: (5 << 3) | 2,
    decode: (message) => v2.StreamingRecognizeResponse.decode(message),
  },
};
