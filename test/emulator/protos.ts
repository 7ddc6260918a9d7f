/**
 * Protos: the messages of StreamingRecognize as bytes, by the files @google-cloud/speech ships.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { MethodDefinition } from '@grpc/proto-loader';
import { fromJSON } from '@grpc/proto-loader';
import type { Version } from './limits.ts';
import { VERSIONS } from './limits.ts';

export interface Method {
  readonly version: Version;
  /** A request as the client wrote it, 64-bit numbers and enums as strings. Throws on other bytes. */
  readonly decode: (bytes: Buffer) => object;
  readonly encode: (response: object) => Buffer;
}

type Methods = { readonly [name: string]: MethodDefinition<object, object> };

/** The options of google-gax: what is decoded here looks like what its clients decode. */
const AS_GAX = { keepCase: false, longs: String, enums: String, defaults: true, oneofs: true };

/** The streaming methods by their HTTP/2 path. Takes some 200 ms. */
export function loadMethods(): ReadonlyMap<string, Method> {
  const path = createRequire(import.meta.url).resolve(
    '@google-cloud/speech/build/protos/protos.json',
  );
  const protos = fromJSON(JSON.parse(readFileSync(path, 'utf8')), AS_GAX);
  const methods = new Map<string, Method>();
  for (const version of VERSIONS) {
    const speech = protos[`google.cloud.speech.${version}.Speech`] as Methods;
    const method: MethodDefinition<object, object> | undefined = speech['StreamingRecognize'];
    if (method === undefined) throw new Error(`the protos have no ${version} StreamingRecognize`);
    const { requestDeserialize: decode, responseSerialize: encode } = method;
    methods.set(method.path, { version, decode, encode });
  }
  return methods;
}
