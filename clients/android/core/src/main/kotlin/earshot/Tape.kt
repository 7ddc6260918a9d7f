/**
 * Tape: audio that may still be needed, in the order it was spoken, and the markers between.
 *
 *   [ sent, unsettled ........ | not sent yet ........ ]
 *     numbered                   take() sends from here while the window allows
 *
 * It is bounded in ms: past the bound the oldest frames not sent yet become one gap that says how much
 * went. It may be used from any thread; it knows no socket and no time.
 */
package earshot

/** Entries held, whatever their length: 90 s of frames of 5 ms, with room. */
private const val ENTRIES_MAX = 20_000

/** A `gap` of the wire says at most this; more takes several. */
private const val GAP_MS_MAX = 86_400_000L

/** Audio in one frame, at most, before `ready` says so. */
private const val FRAME_BYTES_MAX = 65_536

/** What is sent next. */
internal sealed class Item {
    class Audio(val bytes: ByteArray) : Item()
    class Message(val fields: Map<String, Any>) : Item()
}

/** What `ready` allows. */
internal class Terms(val frame: Int, val windowMs: Int, val maxFrameMs: Int, val maxFrameBytes: Int)

private sealed class Entry {
    /** 0 until it is sent; markers have none. */
    open val number: Int? = null

    class Frame(val audio: ByteArray, override val number: Int) : Entry()

    /** It was sent, but its audio had to go since. */
    class Copyless(val samples: Long, override val number: Int) : Entry()

    /** `ms` that were declared, and `samples` that were lost here. */
    class Lost(var ms: Long, var samples: Long, override val number: Int) : Entry()

    class Mark(val type: String) : Entry()
}

internal class Tape(private val sampleBytes: Int, private val rate: Int, storeMs: Int) {
    private val entries = ArrayList<Entry>()
    private val samplesMax = samplesOf(storeMs.toLong())

    /** For audio that was sent: where the store is too small, copies go rather than what was never sent. */
    private val sentSamplesMax = samplesMax * 3 / 4

    /** How many entries, from the first, have been sent. */
    private var sent = 0
    private var number = 1
    private var received = 0
    private var settled = 0

    /** The session's samples before the first entry: settled, and gone from here. */
    private var goneSamples = 0L
    private var frameSamplesMax = (FRAME_BYTES_MAX / sampleBytes).toLong()
    private var sentSamples = 0L
    private var unsentSamples = 0L

    /** Lost, but too short for the ms that gaps are counted in: the next gap brings it. */
    private var undeclaredSamples = 0L
    private var windowSamples = 0L
    private var outstandingSamples = 0L

    val unsentMs: Long @Synchronized get() = msOf(unsentSamples)

    /** Nothing may follow any more. */
    val finished: Boolean @Synchronized get() = (entries.lastOrNull() as? Entry.Mark)?.type == "finish"

    /** Nothing held here waits for an outcome. */
    val idle: Boolean @Synchronized get() = entries.all { it is Entry.Mark && it.type == "finalize" }

    /** Takes ownership of `audio`: whole samples, at least one. */
    @Synchronized
    fun append(audio: ByteArray) {
        unsentSamples += samplesIn(audio)
        val bytesMax = (frameSamplesMax * sampleBytes).toInt()
        var at = 0
        while (at < audio.size) {
            val end = Math.min(audio.size, at + bytesMax)
            entries.add(Entry.Frame(if (end - at == audio.size) audio else audio.copyOfRange(at, end), 0))
            at = end
        }
        trim()
    }

    /** `finalize` says nothing new right after another that waits. */
    @Synchronized
    fun mark(type: String) {
        val last = entries.lastOrNull() as? Entry.Mark
        if (type == "finalize" && entries.size > sent && last?.type == type) return
        entries.add(Entry.Mark(type))
    }

    /** The caller's own gap, `ms` long. */
    @Synchronized
    fun gap(ms: Long) {
        var from = entries.size
        while (from > sent && entries[from - 1] !is Entry.Frame) from -= 1
        lose(from, entries.size, Entry.Lost(ms, 0, 0))
    }

    /**
     * A new session takes what is unsettled. Numbers and time begin anew: its 0 is `settledMs` of the
     * session before, and the part of a frame that lies before that is not said again.
     */
    @Synchronized
    fun renew(terms: Terms, settledMs: Long) {
        unsend(0)
        cut(samplesOf(settledMs) - goneSamples)
        goneSamples = 0
        settled = 0
        admit(terms)
    }

    /**
     * The session goes on from frame `terms.frame`. False, and nothing is done: the server wants what was
     * settled, or what was never sent.
     */
    @Synchronized
    fun resume(terms: Terms): Boolean {
        if (terms.frame <= settled || terms.frame > number) return false
        var from = sent
        while (from > 0) {
            val before = entries[from - 1].number
            if (before != null && before < terms.frame) break
            from -= 1
        }
        unsend(from)
        admit(terms)
        return true
    }

    @Synchronized
    fun acknowledge(upTo: Int, windowMs: Int) {
        received = Math.max(received, upTo)
        outstandingSamples = 0
        for (at in sent - 1 downTo 0) {
            val entry = entries[at]
            val number = entry.number
            if (number != null && number <= received) break
            outstandingSamples += samplesOf(entry)
        }
        windowSamples = samplesOf(windowMs.toLong())
    }

    /**
     * Everything up to frame `upTo` has its outcome. A marker right behind it stays, since it stands at the
     * end of that frame and a resume would have to repeat it.
     */
    @Synchronized
    fun settle(upTo: Int) {
        settled = Math.max(settled, upTo)
        var gone = 0
        for (at in 0 until sent) {
            val entry = entries[at]
            val number = entry.number ?: continue
            if (number > upTo) break
            if (entry is Entry.Frame) sentSamples -= samplesOf(entry)
            goneSamples += if (entry is Entry.Lost) samplesOf(entry.ms) else samplesOf(entry)
            gone = at + 1
        }
        entries.subList(0, gone).clear()
        sent -= gone
    }

    /** What is to be sent now, as sent from here on; null when nothing is, or may be. */
    @Synchronized
    fun take(): Item? {
        val entry = entries.getOrNull(sent)
        return when (entry) {
            is Entry.Frame -> takeFrame(entry)
            is Entry.Lost -> takeGap(entry)
            is Entry.Mark -> takeMark(entry)
            else -> null
        }
    }

    /** Keeps to the bounds. Call it when take() has answered null. */
    @Synchronized
    fun trim() {
        var at = 0
        while (at < sent && sentSamples > sentSamplesMax) {
            val entry = entries[at]
            if (entry is Entry.Frame) {
                val samples = samplesOf(entry)
                entries[at] = Entry.Copyless(samples, entry.number)
                sentSamples -= samples
            }
            at += 1
        }
        while (sentSamples + unsentSamples > samplesMax || entries.size > ENTRIES_MAX) {
            if (!loseUnsent()) return
        }
    }

    /** From `from` on nothing counts as sent any more; what has no copy is a gap. */
    private fun unsend(from: Int) {
        val again = ArrayList<Entry>()
        for (entry in entries.subList(from, sent)) {
            when (entry) {
                is Entry.Frame -> {
                    again.add(Entry.Frame(entry.audio, 0))
                    sentSamples -= samplesOf(entry)
                    unsentSamples += samplesOf(entry)
                }
                is Entry.Copyless -> {
                    val last = again.lastOrNull()
                    if (last is Entry.Lost) last.samples += entry.samples
                    else again.add(Entry.Lost(0, entry.samples, 0))
                }
                is Entry.Lost -> again.add(Entry.Lost(entry.ms, entry.samples, 0))
                is Entry.Mark -> again.add(entry)
            }
        }
        replace(from, sent, again)
        sent = from
    }

    /** Lets the first `samples` of the first frame or gap go. */
    private fun cut(samples: Long) {
        val at = entries.indexOfFirst { it.number != null }
        if (samples <= 0 || at < 0) return
        val entry = entries[at]
        if (entry is Entry.Lost) {
            val ofLost = Math.min(samples, entry.samples)
            entry.samples -= ofLost
            entry.ms = Math.max(0, entry.ms - msOf(samples - ofLost))
        }
        if (entry !is Entry.Frame) return
        val gone = Math.min(samples, samplesOf(entry))
        val audio = entry.audio.copyOfRange((gone * sampleBytes).toInt(), entry.audio.size)
        unsentSamples -= gone
        replace(at, at + 1, if (audio.isEmpty()) emptyList() else listOf(Entry.Frame(audio, 0)))
    }

    private fun admit(terms: Terms) {
        val bytesMax = (terms.maxFrameBytes / sampleBytes).toLong()
        frameSamplesMax = Math.max(1, Math.min(bytesMax, samplesOf(terms.maxFrameMs.toLong())))
        number = terms.frame
        received = terms.frame - 1
        acknowledge(received, terms.windowMs)
    }

    private fun takeFrame(entry: Entry.Frame): Item? {
        val samples = Math.min(samplesOf(entry), frameSamplesMax)
        if (!fits(samples)) return null
        val bytes = (samples * sampleBytes).toInt()
        val isWhole = bytes == entry.audio.size
        val first = Entry.Frame(if (isWhole) entry.audio else entry.audio.copyOfRange(0, bytes), number++)
        val rest = if (isWhole) emptyList() else listOf(Entry.Frame(entry.audio.copyOfRange(bytes, entry.audio.size), 0))
        replace(sent, sent + 1, listOf(first) + rest)
        sent += 1
        unsentSamples -= samples
        sentSamples += samples
        outstandingSamples += samples
        return Item.Audio(first.audio)
    }

    /** A gap that grows while the window is closed is said once, with the frame that follows it. */
    private fun takeGap(gap: Entry.Lost): Item? {
        val behind = entries.getOrNull(sent + 1)
        if (behind is Entry.Frame && !fits(Math.min(samplesOf(behind), frameSamplesMax))) return null
        val samples = gap.samples + undeclaredSamples
        val lostMs = msOf(samples)
        undeclaredSamples = samples - samplesOf(lostMs)
        val ms = gap.ms + lostMs
        if (ms == 0L) {
            entries.removeAt(sent)
            return take()
        }
        val said = Math.min(GAP_MS_MAX, ms)
        val rest = if (said == ms) emptyList() else listOf(Entry.Lost(ms - said, 0, 0))
        replace(sent, sent + 1, listOf(Entry.Lost(said, 0, number++)) + rest)
        sent += 1
        return Item.Message(mapOf("type" to "gap", "ms" to said, "frames" to 1))
    }

    /** Where several stand at one place, the last is enough: a resume repeats it. */
    private fun takeMark(mark: Entry.Mark): Item {
        val before = entries.getOrNull(sent - 1) as? Entry.Mark
        if (before?.type == mark.type) entries.removeAt(sent) else sent += 1
        return Item.Message(mapOf("type" to mark.type))
    }

    /** The oldest frame not sent yet becomes a gap. False when there is none. */
    private fun loseUnsent(): Boolean {
        var at = sent
        while (at < entries.size && entries[at] !is Entry.Frame) at += 1
        val entry = entries.getOrNull(at) ?: return false
        val samples = samplesOf(entry)
        unsentSamples -= samples
        lose(sent, at + 1, Entry.Lost(0, samples, 0))
        return true
    }

    /**
     * Puts one gap in the place of unsent entries. A `finalize` among them comes before it: between two lost
     * stretches there is nothing to settle, and so the markers of a long outage stay few.
     */
    private fun lose(from: Int, to: Int, gap: Entry.Lost) {
        var finalize: Entry? = null
        for (entry in entries.subList(from, to)) {
            if (entry is Entry.Lost) {
                gap.ms += entry.ms
                gap.samples += entry.samples
            }
            if (entry is Entry.Mark && entry.type == "finalize" && finalize == null) finalize = entry
        }
        replace(from, to, listOfNotNull(finalize, gap))
    }

    /** With nothing outstanding one frame may be longer than the window, unless that is 0. */
    private fun fits(samples: Long): Boolean {
        if (windowSamples == 0L || sent >= ENTRIES_MAX) return false
        return outstandingSamples == 0L || outstandingSamples + samples <= windowSamples
    }

    private fun replace(from: Int, to: Int, by: List<Entry>) {
        entries.subList(from, to).clear()
        entries.addAll(from, by)
    }

    private fun samplesOf(entry: Entry): Long = when (entry) {
        is Entry.Frame -> samplesIn(entry.audio)
        is Entry.Copyless -> entry.samples
        else -> 0
    }

    private fun samplesIn(audio: ByteArray): Long = (audio.size / sampleBytes).toLong()

    private fun msOf(samples: Long): Long = samples * 1000 / rate

    private fun samplesOf(ms: Long): Long = ms * rate / 1000
}
