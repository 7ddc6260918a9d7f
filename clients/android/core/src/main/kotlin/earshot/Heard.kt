/**
 * Heard: what has come of one session, so that a resume asks for the rest and nothing is seen twice.
 *
 * It holds the newest resume token and the newest final's number. A server that gives no tokens gives
 * none to resume with: its sessions end with their connection.
 */
package earshot

internal class Heard {
    var token: String? = null
        private set
    var result = 0
        private set
    var settled = 0
        private set
    var settledMs = 0L
        private set
    private var gaps = Gaps()

    /** What `start` brings for a resume; null when there is nothing to resume. */
    val resume: Map<String, Any>?
        get() = token?.let { mapOf("token" to it, "result" to result) }

    /** The session goes on, or another one begins. */
    fun begin(isNew: Boolean, resume: String?) {
        if (isNew) {
            result = 0
            settled = 0
            settledMs = 0
            gaps = Gaps()
            token = resume
        } else {
            token = resume ?: token
        }
    }

    /** It can't be taken up again: the next one is new. */
    fun forsake() {
        token = null
    }

    fun ack(message: Message) = settle(message)

    /** Whether the app is to see it: it comes for the first time. */
    fun isNew(final: Message): Boolean {
        val number = final.int("result")
        if (number <= result) return false
        result = number
        settle(final)
        return true
    }

    /** What of it the app is to see: the parts that come for the first time. */
    fun newOf(gap: Message): List<Message> {
        val fresh = gaps.take(Stretch(gap.long("start"), gap.long("end")))
        settle(gap)
        return fresh.map { gap.with(mapOf("start" to it.start.toDouble(), "end" to it.end.toDouble())) }
    }

    /**
     * With tokens, only what the newest one says is settled for good: without it a resume would need more.
     * One that is older than ours came late, and is no use.
     */
    private fun settle(message: Message) {
        val resume = message.text("resume")
        if (resume == null && token != null) return
        val upTo = message.int("settled")
        val upToMs = message.long("settledMs")
        if (upTo < settled || upToMs < settledMs) return
        token = resume
        settled = upTo
        settledMs = upToMs
        if (resume != null) gaps.settle(upToMs)
    }
}

/** Session time in ms, from `start` on and before `end`. */
internal class Stretch(val start: Long, val end: Long)

/** Beyond the settled audio there are seldom more than a few; at the bound the oldest is forgotten. */
private const val STRETCHES_MAX = 1_000

/** A gap has no number: it is known by its times, and may come again, alone or with its neighbours. */
internal class Gaps {
    /** By their start. */
    private var seen = ArrayList<Stretch>()

    /** The parts that weren't seen before, in order; from now on they were. */
    fun take(gap: Stretch): List<Stretch> {
        val fresh = unseen(gap)
        seen.addAll(fresh)
        seen.sortBy { it.start }
        if (seen.size > STRETCHES_MAX) seen.subList(0, seen.size - STRETCHES_MAX).clear()
        return fresh
    }

    /** All before `settledMs` was seen, so what comes of it comes again. */
    fun settle(settledMs: Long) {
        seen = ArrayList(seen.filter { it.end >= settledMs })
        seen.add(0, Stretch(0, settledMs))
    }

    private fun unseen(gap: Stretch): List<Stretch> {
        // A gap shorter than a millisecond has no length on the wire.
        if (gap.start == gap.end) return if (seen.any { it.hasPoint(gap.start) }) emptyList() else listOf(gap)
        val fresh = ArrayList<Stretch>()
        var at = gap.start
        for (each in seen) {
            if (each.start >= gap.end) break
            if (each.start > at) fresh.add(Stretch(at, each.start))
            at = Math.max(at, each.end)
        }
        if (at < gap.end) fresh.add(Stretch(at, gap.end))
        return fresh
    }

    private fun Stretch.hasPoint(at: Long) = if (start == end) start == at else start < at && at < end
}
