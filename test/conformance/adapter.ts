/**
 * Adapter: the TypeScript client behind the tester's commands: what README.md asks of any client.
 */
import type { Stream } from '../../src/client/client.ts';
import type { ConnectOptions } from '../../src/client/options.ts';
import type { Json } from './case.ts';

/** Takes one command; what the client tells its app is printed. */
export function adapterOf(
  begin: (options: ConnectOptions) => Stream,
  print: (line: object) => void,
): (command: Json) => void {
  let stream: Stream | undefined;
  let bearer: string | undefined;
  const connect = ({ url, token, storeMs }: Json): Stream => {
    if (typeof token === 'string') bearer = token;
    return begin({
      url: String(url),
      start: { encoding: 'LINEAR16', sampleRateHertz: 16_000 },
      token: bearer === undefined ? undefined : () => Promise.resolve(bearer ?? ''),
      storeMs: typeof storeMs === 'number' ? storeMs : undefined,
      onMessage: print,
      onEnd: (why) => print({ type: 'end', code: why?.code, retryable: why?.retryable }),
    });
  };
  return (command) => {
    switch (command['do']) {
      case 'connect':
        stream = connect(command);
        return;
      case 'token':
        bearer = String(command['token']);
        return;
      case 'write':
        stream?.write(Buffer.from(String(command['audio']), 'base64'));
        return;
      case 'gap':
        stream?.gap(Number(command['ms']));
        return;
      case 'finalize':
        stream?.finalize();
        return;
      case 'finish':
        stream?.finish().catch(() => undefined);
        return;
      default:
        throw new Error(`the adapter knows no ${JSON.stringify(command)}`);
    }
  };
}
