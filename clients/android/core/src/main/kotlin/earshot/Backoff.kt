/**
 * Backoff: how long to wait before the next attempt, and when to give up.
 *
 * Waits double, with jitter, so that a fleet that lost its server doesn't come back at one moment. Time
 * and chance are arguments.
 */
package earshot

internal class Pause(val attempt: Int, val waitMs: Long)

internal class Backoff(
    private val retryMsMin: Long,
    private val retryMsMax: Long,
    private val giveUpMsMax: Long,
    /** From 0 on and below 1. */
    private val random: () -> Double
) {
    private var attempts = 0
    private var sinceMs: Long? = null

    /**
     * The pause before the next attempt, or null to give up. A server's `retryAfterMs` comes before the wait, not
     * in its place: those whom it told the same come one by one. In a hurry the first attempt waits for nothing.
     */
    fun next(nowMs: Long, retryAfterMs: Long, isHurried: Boolean): Pause? {
        val since = sinceMs ?: nowMs
        sinceMs = since
        attempts += 1
        val waitMs = retryAfterMs + if (isHurried && attempts == 1) 0 else ownMs()
        return if (nowMs + waitMs - since >= giveUpMsMax) null else Pause(attempts, waitMs)
    }

    /** The trouble is over. */
    fun reset() {
        attempts = 0
        sinceMs = null
    }

    /** The first may be next to nothing; the others are at least half of what they double. */
    private fun ownMs(): Long {
        val doubled = retryMsMin shl Math.min(attempts - 1, 30)
        val ceilingMs = Math.min(retryMsMax, doubled)
        val floorMs = if (attempts == 1) 0 else ceilingMs / 2
        return floorMs + (random() * (ceilingMs - floorMs)).toLong()
    }
}
