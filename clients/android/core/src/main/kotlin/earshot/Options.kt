/**
 * Options: what a stream is told, with defaults and ranges, and what it tells its app.
 */
package earshot

import okhttp3.OkHttpClient

enum class Encoding(internal val sampleBytes: Int) {
    /** As Android's ENCODING_PCM_16BIT records. */
    LINEAR16(2),
    MULAW(1)
}

class EarshotOptions(
    /** `wss://HOST/v1/stream`, or `ws:`. */
    val url: String,
    val sampleRateHertz: Int = 16_000,
    val encoding: Encoding = Encoding.LINEAR16,
    /** BCP-47, such as en-US; the server's unless given. */
    val language: String? = null,
    /** Further fields of `start`, as PROTOCOL.md names them. */
    val start: Map<String, Any> = emptyMap(),
    /** The bearer token; asked for each connection anew, on a thread of its own, and may block. */
    val token: (() -> String)? = null,
    /** Audio kept here, unsettled or not sent yet, in ms; at least 1,000. */
    val storeMs: Int = 90_000,
    /** How long a connection's `ready`, or a token, may take. */
    val connectMsMax: Long = 10_000,
    /** How long the server may be silent before the connection counts as lost. */
    val quietMsMax: Long = 3_000,
    /** The ceiling of the first wait before another attempt, in ms; it doubles. */
    val retryMsMin: Long = 500,
    /** The ceiling of all such waits, in ms, but for what the server asks. */
    val retryMsMax: Long = 10_000,
    /** How long attempts go on, in ms, before the stream ends. */
    val giveUpMsMax: Long = 600_000,
    /** Bytes that may wait in the socket; beyond it audio waits on the tape. */
    val queueBytesMax: Long = 262_144,
    /** One with other timeouts, interceptors or certificates; null: one for all streams, with a ping each 10 s. */
    val client: OkHttpClient? = null
) {
    init {
        require(storeMs >= 1_000) { "storeMs is $storeMs, expected at least 1000" }
        require(sampleRateHertz in 8_000..48_000) { "sampleRateHertz is $sampleRateHertz, expected 8000 to 48000" }
        require(connectMsMax > 0 && quietMsMax > 0 && retryMsMin > 0 && retryMsMax > 0 && giveUpMsMax >= 0) {
            "a limit in ms is not above 0"
        }
        require(queueBytesMax > 0) { "queueBytesMax is $queueBytesMax, expected above 0" }
    }

    internal fun startFields(): Map<String, Any> =
        mapOf("type" to "start", "encoding" to encoding.name, "sampleRateHertz" to sampleRateHertz) +
            (language?.let { mapOf("language" to it) } ?: emptyMap()) + start
}

/** Where the stream is: each as it begins. */
sealed class StreamState {
    /** Attempt 0 is the first of all, or one after a wait for audio. */
    class Connecting(val attempt: Int) : StreamState()

    /**
     * A session has begun, and its times and results count from 0 and 1. `fromMs`: it is another one than before,
     * and its 0 is there in the session before; all from there on is said again.
     */
    class Live(val session: String?, val fromMs: Long?) : StreamState()

    /** The session goes on: times and results too. */
    class Resumed(val session: String?) : StreamState()

    /** The connection has ended because of `why`; the next attempt begins in `waitMs`. */
    class Reconnecting(val why: Problem, val attempt: Int, val waitMs: Long) : StreamState()

    /** The server has let a silent stream go; it connects again once there is audio. */
    class Resting(val why: Problem) : StreamState()

    /** The last. Null: the summary has come. */
    class Ended(val why: Problem?) : StreamState()
}

/** All is called on the stream's one thread, in order: hand it on to the main thread for views, and don't block. */
interface EarshotListener {
    /** Replaces the interim before it; void once a final or a newer one comes. */
    fun onInterim(text: String, startMs: Long, endMs: Long) {}

    /** Never changes, and comes once. */
    fun onFinal(text: String, startMs: Long, endMs: Long, result: Int) {}

    /** Audio without a transcript, and why. */
    fun onGap(startMs: Long, endMs: Long, reason: String) {}

    /** Every message of the server, those above too, but for what comes again. */
    fun onMessage(message: Message) {}

    fun onState(state: StreamState) {}

    /** After a write() that answered false: more is welcome. */
    fun onDrain() {}

    /** The last. With a summary all is said; else `why` says what went wrong. */
    fun onEnd(summary: Message?, why: Problem?) {}
}
