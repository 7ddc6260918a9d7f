/**
 * OkHttpCalls: what OkHttp 3 has as functions and OkHttp 4 as Kotlin properties. Called from Java it is
 * the same for both, in source and in bytecode.
 */
package earshot;

import okhttp3.Response;
import okhttp3.WebSocket;
import okio.ByteString;

final class OkHttpCalls {
  private OkHttpCalls() {}

  static int codeOf(Response response) {
    return response.code();
  }

  static String headerOf(Response response, String name) {
    return response.header(name);
  }

  /** False when the socket takes no more. Copies the audio. */
  static boolean send(WebSocket socket, byte[] audio) {
    return socket.send(ByteString.of(audio, 0, audio.length));
  }
}
