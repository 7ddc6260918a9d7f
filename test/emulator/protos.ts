/**
 * Protos: the messages of StreamingRecognize as bytes, by the files @google-cloud/speech ships.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader';
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
  const definitions = loadDefinitions();
  const methods = VERSIONS.map((version) => {
    const { path, requestDeserialize, responseSerialize } = definitionOf(version, definitions);
    return [path, { version, decode: requestDeserialize, encode: responseSerialize }] as const;
  });
  return new Map(methods);
}

/** How a client of google-gax reads the responses of `version`. */
export function responseDecoder(version: Version): (bytes: Buffer) => object {
  return definitionOf(version, loadDefinitions()).responseDeserialize;
}

function loadDefinitions(): PackageDefinition {
  const path = createRequire(import.meta.url).resolve(
    '@google-cloud/speech/build/protos/protos.json',
  );
  return fromJSON(JSON.parse(readFileSync(path, 'utf8')), AS_GAX);
}

function definitionOf(
  version: Version,
  definitions: PackageDefinition,
): MethodDefinition<object, object> {
  const speech = definitions[`google.cloud.speech.${version}.Speech`] as Methods;
  const method = speech['StreamingRecognize'];
  if (method === undefined) throw new Error(`the protos have no ${version} StreamingRecognize`);
  return method;
}
