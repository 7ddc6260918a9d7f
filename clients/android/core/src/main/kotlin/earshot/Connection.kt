/**
 * Connection: one WebSocket, from its opening to its close, as messages.
 *
 * It says `start`, waits for `ready` within a bound, keeps the connection alive and notices when it is dead. It
 * knows nothing of audio, and ends for good: after its end nothing of it is read any more. All but OkHttp's
 * own callbacks happens on the loop.
 */
package earshot

import java.util.concurrent.Future
import java.util.concurrent.Semaphore
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.Response
import okhttp3.WebSocket
import okhttp3.WebSocketListener

private const val SUBPROTOCOL = "earshot.v1"

/** How long after an `error` its close code may take. */
private const val CLOSE_MS_MAX = 2_000L

/**
 * How long after too long a silence the last look is. After a pause of this process, a sleeping phone's say, timers
 * may come before the messages that came meanwhile.
 */
private const val LAST_LOOK_MS = 100L
private const val TICK_MS = 100L

/** A keepalive interval below this would be a flood. */
private const val KEEPALIVE_MS_MIN = 100L

/** Messages that may wait for a slow listener; beyond it nothing is read from the network. */
private const val MESSAGES_MAX = 1_000
private const val DONE = 1_000

internal class Connection(
    client: OkHttpClient,
    url: String,
    token: String?,
    private val start: Map<String, Any>,
    private val options: EarshotOptions,
    private val loop: Loop,
    private val onMessage: (Message) -> Unit,
    /** Once, and last. Null: the summary has come. */
    private val onEnd: (Problem?) -> Unit
) {
    private enum class State { CONNECTING, STARTING, LIVE, CLOSING, ENDED }

    private val address = url.substringBefore('?')
    private var state = State.CONNECTING
    private var error: Message? = null

    /** For `ready`, later for a close code. */
    private var deadlineMs = loop.nowMs + options.connectMsMax
    private var keepaliveMs = Long.MAX_VALUE
    private var spokeMs = 0L
    private var heardMs = 0L

    /** There is a last look then. */
    private var lookMs: Long? = null
    private var timer: Future<*>? = null
    private val room = Semaphore(MESSAGES_MAX)
    private val socket: WebSocket

    init {
        val request = Request.Builder().url(url).header("Sec-WebSocket-Protocol", SUBPROTOCOL)
        if (token != null) request.header("Authorization", "Bearer $token")
        socket = client.newWebSocket(request.build(), Listener())
        tick()
    }

    /** Frames and markers may be sent: `ready` has come, and no end. */
    val isLive: Boolean get() = state == State.LIVE

    /** Bytes that the socket has taken and not sent. */
    val queueBytes: Long get() = socket.queueSize()

    /** Only while live. */
    fun send(item: Item) {
        spokeMs = loop.nowMs
        // A socket that takes no more has failed: the listener says so, behind what is still to be read.
        when (item) {
            is Item.Audio -> OkHttpCalls.send(socket, item.bytes)
            is Item.Message -> socket.send(Json.write(item.fields))
        }
    }

    /** Gives it up. onEnd comes before this returns, unless it had come. */
    fun close(why: Problem?) = end(why)

    private fun onOpen(subprotocol: String?) {
        if (state != State.CONNECTING) return
        if (subprotocol != SUBPROTOCOL) {
            end(Problem("unreachable", "$address has WebSockets, but not $SUBPROTOCOL"))
            return
        }
        state = State.STARTING
        send(Item.Message(start))
    }

    private fun onText(text: String) {
        if (state == State.CLOSING || state == State.ENDED) return
        heardMs = loop.nowMs
        lookMs = null
        val read = Message.read(text)
        if (read is Message.Read.None) {
            end(Problem("bad_answer", "$address sent what is not $SUBPROTOCOL: is it an Earshot server?"))
        }
        if (read !is Message.Read.Known) return
        val message = read.message
        if (message.type == "ready" && !takeReady(message)) return
        if (message.type == "error") takeError(message)
        onMessage(message)
        if (message.type == "summary") end(null)
    }

    /** A session has one `ready`: numbers count from it. */
    private fun takeReady(ready: Message): Boolean {
        if (state != State.STARTING) return false
        state = State.LIVE
        deadlineMs = Long.MAX_VALUE
        keepaliveMs = Math.max(KEEPALIVE_MS_MIN, ready.long("keepaliveMs"))
        return true
    }

    private fun takeError(message: Message) {
        if (state != State.STARTING && state != State.LIVE) return
        state = State.CLOSING
        error = message
        deadlineMs = loop.nowMs + CLOSE_MS_MAX
    }

    private fun onClosed(code: Int, reason: String) {
        val said = error
        if (said != null) end(refusal(said, code))
        else {
            val what = "$address ended the connection without a summary (close code $code $reason)"
            end(Problem("lost", what, retryable = code < 4_500, close = code))
        }
    }

    private fun onFailed(cause: Throwable, status: Int?, retryAfter: String?) {
        val said = error
        if (said != null) end(refusal(said, null))
        else if (status != null && status != 101) {
            val isRetryable = status == 429 || status >= 500
            val seconds = if (isRetryable) retryAfter?.toDoubleOrNull() ?: 0.0 else 0.0
            val waitMs = Math.max(0.0, seconds * 1_000).toLong()
            end(Problem("unreachable", "$address answered HTTP $status", isRetryable, waitMs, status = status))
        } else {
            val code = if (state == State.CONNECTING) "unreachable" else "lost"
            end(Problem(code, "$address: ${cause.message ?: cause.javaClass.simpleName}", retryable = true))
        }
    }

    private fun refusal(said: Message, close: Int?): Problem {
        val isRetryable = said.fields["retryable"] as? Boolean ?: false
        val code = said.text("code") ?: "error"
        return Problem(code, said.text("message") ?: code, isRetryable, said.long("retryAfterMs"), close)
    }

    private fun tick() {
        if (state == State.ENDED) return
        val nowMs = loop.nowMs
        if (nowMs >= deadlineMs) onDeadline()
        if (state == State.LIVE) {
            if (nowMs - spokeMs >= keepaliveMs) send(Item.Message(mapOf("type" to "keepalive")))
            watch(nowMs)
        }
        if (state != State.ENDED) timer = loop.after(TICK_MS, this::tick)
    }

    private fun watch(nowMs: Long) {
        val look = lookMs
        if (look != null && nowMs >= look) {
            end(Problem("lost", "nothing has come from $address for ${options.quietMsMax} ms", retryable = true))
        } else if (look == null && nowMs - heardMs >= options.quietMsMax) lookMs = nowMs + LAST_LOOK_MS
    }

    private fun onDeadline() {
        val said = error
        if (said != null) end(refusal(said, null))
        else {
            val what = if (state == State.CONNECTING) "no answer" else "a connection, but no ready"
            val message = "$what from $address within ${options.connectMsMax} ms: is it an Earshot server?"
            end(Problem("unreachable", message, retryable = true))
        }
    }

    private fun end(why: Problem?) {
        if (state == State.ENDED) return
        state = State.ENDED
        timer?.cancel(false)
        if (why == null) socket.close(DONE, null) else socket.cancel()
        onEnd(why)
    }

    /** OkHttp's threads: all goes on to the loop. */
    private inner class Listener : WebSocketListener() {
        override fun onOpen(webSocket: WebSocket, response: Response) {
            val subprotocol = OkHttpCalls.headerOf(response, "Sec-WebSocket-Protocol")
            loop.post { onOpen(subprotocol) }
        }

        override fun onMessage(webSocket: WebSocket, text: String) {
            room.acquireUninterruptibly()
            loop.post {
                room.release()
                onText(text)
            }
        }

        override fun onClosing(webSocket: WebSocket, code: Int, reason: String) {
            // Not before what came ahead of it is read and answered: after close() OkHttp sends nothing.
            loop.post {
                webSocket.close(DONE, null)
                onClosed(code, reason)
            }
        }

        override fun onFailure(webSocket: WebSocket, t: Throwable, response: Response?) {
            val status = response?.let { OkHttpCalls.codeOf(it) }
            val retryAfter = response?.let { OkHttpCalls.headerOf(it, "Retry-After") }
            response?.close()
            loop.post { onFailed(t, status, retryAfter) }
        }
    }
}
