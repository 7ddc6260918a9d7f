/**
 * EarshotStream: live speech to Earshot and its transcript back.
 *
 * It keeps audio until it is settled, honours the window, says what it had to drop, and takes its session up again
 * when the connection is lost: one connection after another, and the waits between. What is said on the wire:
 * PROTOCOL.md.
 */
package earshot

import java.io.Closeable
import java.util.Random
import java.util.concurrent.Future
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import okhttp3.OkHttpClient

/** Unsent audio from which write() asks to hold back: this, or a sixth of a smaller store. */
private const val HIGH_MS = 10_000

/** A connection that lasted so long has done well, whatever came of it. */
private const val STEADY_MS = 10_000L
private const val SEEN_MS_MIN = 1_000L

/** How soon to look again whether a full socket has sent some. */
private const val FULL_MS = 50L
private const val PING_MS = 10_000L

private val sharedClient: OkHttpClient by lazy {
    OkHttpClient.Builder().pingInterval(PING_MS, TimeUnit.MILLISECONDS).build()
}

/**
 * One stream, from `start` to `summary`, over as many connections as it takes. It connects at once. Its methods may
 * be called from any thread. Throws an IllegalArgumentException for a malformed URL.
 */
class EarshotStream(private val options: EarshotOptions, private val listener: EarshotListener) : Closeable {
    private enum class State { ASKING, OPEN, WAITING, HELD, RESTING, OVER }

    private val client = options.client ?: sharedClient
    private val loop = Loop()
    private val tape = Tape(options.encoding.sampleBytes, options.sampleRateHertz, options.storeMs)
    private val highMs = Math.min(HIGH_MS, options.storeMs / 6)
    private val isPoked = AtomicBoolean()
    private val isPressed = AtomicBoolean()
    @Volatile private var isOver = false

    // Of the loop alone from here on.
    private val heard = Heard()
    private val random = Random()
    private val backoff = Backoff(options.retryMsMin, options.retryMsMax, options.giveUpMsMax) { random.nextDouble() }
    private var state = State.WAITING
    private var connection: Connection? = null
    private var attempt = 0
    private var refresh = if (options.token == null) Refresh.NONE else Refresh.POSSIBLE
    private var liveMs: Long? = null
    private var timer: Future<*>? = null
    private var hasSession = false
    private var summary: Message? = null
    private var seen = 0
    private var seenTimer: Future<*>? = null

    init {
        okhttp3.Request.Builder().url(options.url)
        loop.post { call() }
    }

    /**
     * Sends audio as one frame, or as several when the server takes only shorter ones. Copies it. False: hold back
     * until onDrain; what is written all the same is taken, until the store is full and its oldest audio goes, said
     * by a `gap`. After the end it answers false and takes nothing. Throws an IllegalArgumentException for half a
     * sample, and an IllegalStateException after finish().
     */
    fun write(audio: ByteArray, offset: Int = 0, length: Int = audio.size): Boolean {
        val sampleBytes = options.encoding.sampleBytes
        require(length % sampleBytes == 0) { "write() got $length bytes, expected a multiple of $sampleBytes" }
        assertUnfinished()
        if (isOver) return false
        if (length > 0) tape.append(audio.copyOfRange(offset, offset + length))
        poke()
        if (tape.unsentMs >= highMs) isPressed.set(true)
        return !isPressed.get()
    }

    /** Asks for a final of all audio so far, as when a push-to-talk button is released. */
    fun settle() {
        assertUnfinished()
        tape.mark("finalize")
        poke()
    }

    /** Says that so much audio was lost before it got here: 1 to 86,400,000 ms. */
    fun gap(ms: Int) {
        require(ms in 1..86_400_000) { "gap() got $ms, expected 1 to 86400000" }
        assertUnfinished()
        tape.gap(ms.toLong())
        poke()
    }

    /** No more audio: what is left is sent, and onEnd brings the summary. */
    fun finish() {
        if (!tape.finished) tape.mark("finish")
        poke()
    }

    /** Ends at once, without a summary. */
    override fun close() = loop.post { end(Problem("closed", "the stream was closed by its app")) }

    /** The device has another network than before: the connection is replaced now, and a wait of our own ends. */
    fun networkChanged() = loop.post {
        if (state == State.WAITING) again()
        else connection?.close(Problem("network", "the network has changed", retryable = true))
    }

    private fun assertUnfinished() = check(!tape.finished) { "no audio may follow finish()" }

    /** However often audio is written, one run of pump() waits at most. */
    private fun poke() {
        if (isPoked.compareAndSet(false, true)) loop.post {
            isPoked.set(false)
            pump()
        }
    }

    private fun call() {
        state = State.ASKING
        listener.onState(StreamState.Connecting(attempt))
        val source = options.token
        if (source == null) open(null) else ask(source)
    }

    private fun ask(source: () -> String) {
        val asked = AtomicBoolean()
        val answer = { token: String?, why: String ->
            if (asked.compareAndSet(false, true) && state == State.ASKING) {
                timer?.cancel(false)
                if (token != null) open(token) else onLost(Problem("no_token", why, retryable = true))
            }
        }
        timer = loop.after(options.connectMsMax) { answer(null, "no token came within ${options.connectMsMax} ms") }
        val thread = Thread({
            try {
                val token = source()
                loop.post { answer(token, "") }
            } catch (error: Exception) {
                loop.post { answer(null, "no token came: ${error.message}") }
            }
        }, "earshot-token")
        thread.isDaemon = true
        thread.start()
    }

    private fun open(token: String?) {
        if (state != State.ASKING) return
        state = State.OPEN
        liveMs = null
        val resume = heard.resume
        val start = options.startFields() + if (resume == null) emptyMap() else mapOf("resume" to resume)
        connection = Connection(client, options.url, token, start, options, loop, this::onMessage) { why ->
            if (why == null) end(null) else onLost(why)
        }
    }

    private fun onMessage(message: Message) {
        // From here on what this node says doesn't exist for us.
        if (message.type == "goaway") {
            val what = "the server goes away in ${message.long("timeLeftMs")} ms"
            connection?.close(Problem("draining", what, retryable = true))
        }
        val settled = heard.settled
        val shown = take(message)
        if (heard.settled > settled) {
            tape.settle(heard.settled)
            backoff.reset()
        }
        for (each in shown) show(each)
        pump()
    }

    /** What of it the app is to see. */
    private fun take(message: Message): List<Message> {
        when (message.type) {
            "ready" -> return if (takeReady(message)) listOf(message) else emptyList()
            "ack" -> {
                tape.acknowledge(message.int("received"), message.int("windowMs"))
                heard.ack(message)
            }
            "final" -> {
                if (!heard.isNew(message)) return emptyList()
                // A server that gives no tokens knows no `seen` either.
                if (heard.resume != null && seenTimer == null) tellSeen()
            }
            "gap" -> return heard.newOf(message)
            "summary" -> summary = message
        }
        return listOf(message)
    }

    private fun takeReady(ready: Message): Boolean {
        liveMs = loop.nowMs
        if (refresh == Refresh.SPENT) refresh = Refresh.POSSIBLE
        val terms = Terms(ready.int("frame"), ready.int("windowMs"), ready.int("maxFrameMs"), ready.int("maxFrameBytes"))
        val session = ready.text("session")
        if (ready.fields["resumed"] == false) {
            val fromMs = if (hasSession) heard.settledMs else null
            tape.renew(terms, heard.settledMs)
            heard.begin(true, ready.text("resume"))
            listener.onState(StreamState.Live(session, fromMs))
        } else if (tape.resume(terms)) {
            heard.begin(false, ready.text("resume"))
            listener.onState(StreamState.Resumed(session))
        } else {
            heard.forsake()
            val what = "the server resumes at frame ${terms.frame}, which is settled or was never sent"
            connection?.close(Problem("bad_answer", what, retryable = true))
            return false
        }
        hasSession = true
        return true
    }

    private fun show(message: Message) {
        val text = message.text("text") ?: ""
        val startMs = message.long("start")
        val endMs = message.long("end")
        when (message.type) {
            "interim" -> listener.onInterim(text, startMs, endMs)
            "final" -> listener.onFinal(text, startMs, endMs, message.int("result"))
            "gap" -> listener.onGap(startMs, endMs, message.text("reason") ?: "")
        }
        listener.onMessage(message)
    }

    /** At most once a second. */
    private fun tellSeen() {
        seen = heard.result
        seenTimer = loop.after(SEEN_MS_MIN) {
            seenTimer = null
            if (heard.result > seen && connection?.isLive == true) tellSeen()
        }
        connection?.send(Item.Message(mapOf("type" to "seen", "result" to seen)))
    }

    /** Sends what the window and the socket allow, and keeps the store within its bounds. */
    private fun pump() {
        while (true) {
            val open = connection ?: break
            if (!open.isLive) break
            if (open.queueBytes >= options.queueBytesMax) {
                loop.after(FULL_MS) { poke() }
                break
            }
            open.send(tape.take() ?: break)
        }
        tape.trim()
        if (state == State.RESTING && !tape.idle) again()
        if (tape.unsentMs <= highMs / 2 && isPressed.compareAndSet(true, false)) listener.onDrain()
    }

    private fun onLost(why: Problem) {
        if (state == State.OVER) return
        connection = null
        seenTimer?.cancel(false)
        seenTimer = null
        val live = liveMs
        if (live != null && loop.nowMs - live >= STEADY_MS) backoff.reset()
        val verdict = verdictOf(why, refresh)
        if (refresh == Refresh.POSSIBLE && why.status == 401) refresh = Refresh.SPENT
        if (verdict == Verdict.ANEW) heard.forsake()
        when {
            verdict == Verdict.END -> end(why)
            verdict == Verdict.REST && tape.idle -> {
                state = State.RESTING
                attempt = 0
                listener.onState(StreamState.Resting(why))
            }
            else -> retry(why, verdict == Verdict.RESUME && isHurried(why))
        }
    }

    private fun retry(why: Problem, isHurried: Boolean) {
        val pause = backoff.next(loop.nowMs, why.retryAfterMs, isHurried)
        if (pause == null) {
            end(why)
            return
        }
        state = if (why.retryAfterMs > 0) State.HELD else State.WAITING
        attempt = pause.attempt
        timer = loop.after(pause.waitMs) { if (state == State.WAITING || state == State.HELD) again() }
        listener.onState(StreamState.Reconnecting(why, pause.attempt, pause.waitMs))
    }

    private fun again() {
        timer?.cancel(false)
        call()
    }

    private fun end(why: Problem?) {
        if (state == State.OVER) return
        state = State.OVER
        isOver = true
        timer?.cancel(false)
        seenTimer?.cancel(false)
        connection?.close(why)
        listener.onState(StreamState.Ended(why))
        listener.onEnd(summary, why)
        loop.end()
    }
}
