/**
 * Problem: why a connection or a stream ended without its summary, and what that asks of the stream.
 *
 * The close code decides by its range, so that codes of later servers need no table here.
 */
package earshot

/**
 * `code` is the server's word, or one of the library's own: unreachable (the connection never came), lost (it
 * ended without a word, or nothing came over it for too long), no_token, bad_answer, closed (by the app).
 * `close` is the WebSocket close code and `status` the HTTP status, when there was one.
 */
class Problem(
    val code: String,
    message: String,
    val retryable: Boolean = false,
    val retryAfterMs: Long = 0,
    val close: Int? = null,
    val status: Int? = null
) : Exception(message)

internal enum class Verdict {
    /** Connect again, with the resume token. */
    RESUME,
    /** Connect again without it: what is unsettled goes into a new session. */
    ANEW,
    /** As resume, but not before there is audio. */
    REST,
    /** The same would happen again. */
    END
}

/** Whether another bearer token can be had. SPENT: the newest was refused already. */
internal enum class Refresh { POSSIBLE, SPENT, NONE }

private const val HTTP_UNAUTHORIZED = 401
private const val TOKEN_EXPIRED = 4010
private const val IDLE = 4012

/** Where an `error` came without a close code: the codes that don't mean "resume, or not, as retryable says". */
private val CLOSE_OF = mapOf("bad_resume" to 4411, "idle" to IDLE, "token_expired" to TOKEN_EXPIRED)

internal fun verdictOf(why: Problem, refresh: Refresh): Verdict {
    if (why.status == HTTP_UNAUTHORIZED) return if (refresh == Refresh.POSSIBLE) Verdict.RESUME else Verdict.END
    val close = why.close?.takeIf { it >= 4000 } ?: CLOSE_OF[why.code]
    return when {
        close == null -> if (why.retryable) Verdict.RESUME else Verdict.END
        close == TOKEN_EXPIRED && refresh == Refresh.NONE -> Verdict.END
        close == IDLE -> Verdict.REST
        close < 4400 -> Verdict.RESUME
        close < 4500 -> Verdict.ANEW
        else -> Verdict.END
    }
}

/** A node that says in time that it leaves, and a token that has run out, are no trouble. */
internal fun isHurried(why: Problem): Boolean =
    (why.code == "draining" && why.close == null) || why.status == HTTP_UNAUTHORIZED || why.close == TOKEN_EXPIRED ||
        why.code == "network"
