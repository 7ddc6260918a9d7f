/**
 * Message: what the server says, checked as far as the library relies on it.
 *
 * A type that this library doesn't know is passed over: so the server can grow.
 */
package earshot

/** The numbers without which the library can't go on. */
private val NUMBERS = mapOf(
    "ready" to listOf("frame", "windowMs", "maxFrameBytes", "maxFrameMs", "keepaliveMs"),
    "ack" to listOf("received", "settled", "settledMs", "windowMs"),
    "queued" to emptyList(),
    "interim" to listOf("start", "end"),
    "final" to listOf("result", "start", "end", "settled", "settledMs"),
    "gap" to listOf("start", "end", "settled", "settledMs"),
    "warning" to emptyList(),
    "goaway" to listOf("timeLeftMs"),
    "summary" to listOf("receivedMs"),
    "error" to emptyList()
)

/** One message of the server: its fields as PROTOCOL.md names them; numbers are doubles. */
class Message internal constructor(val fields: Map<String, Any?>) {
    val type: String get() = fields["type"] as String

    fun text(name: String): String? = fields[name] as? String
    fun number(name: String): Double? = fields[name] as? Double

    internal fun int(name: String): Int = number(name)?.toInt() ?: 0
    internal fun long(name: String): Long = number(name)?.toLong() ?: 0
    internal fun with(other: Map<String, Any?>) = Message(fields + other)

    override fun toString(): String = Json.write(fields)

    internal sealed class Read {
        class Known(val message: Message) : Read()
        object Unknown : Read()
        /** Not earshot.v1. */
        object None : Read()
    }

    internal companion object {
        fun read(text: String): Read {
            val json = try {
                Json.parse(text)
            } catch (fault: JsonFault) {
                return Read.None
            }
            val fields = LinkedHashMap<String, Any?>()
            for ((name, value) in json as? Map<*, *> ?: return Read.None) fields[name as String] = value
            val type = fields["type"] as? String ?: return Read.None
            val numbers = NUMBERS[type] ?: return Read.Unknown
            val isWhole = numbers.all { name -> (fields[name] as? Double)?.let { it >= 0 } == true }
            return if (isWhole) Read.Known(Message(fields)) else Read.None
        }
    }
}
