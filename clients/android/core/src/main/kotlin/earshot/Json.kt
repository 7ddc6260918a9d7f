/**
 * Json: text to maps and back. Android has org.json and the JVM has nothing, so this is all there is to
 * depend on: objects are maps, arrays lists, numbers doubles.
 */
package earshot

internal class JsonFault(message: String) : Exception(message)

internal object Json {
    /** Throws a JsonFault for what is none. */
    fun parse(text: String): Any? = Parser(text).whole()

    fun write(value: Any?): String = StringBuilder().also { put(value, it) }.toString()

    private fun put(value: Any?, to: StringBuilder) {
        when (value) {
            is String -> quote(value, to)
            is Map<*, *> -> {
                to.append('{')
                for ((at, entry) in value.entries.withIndex()) {
                    if (at > 0) to.append(',')
                    quote(entry.key.toString(), to)
                    to.append(':')
                    put(entry.value, to)
                }
                to.append('}')
            }
            is Iterable<*> -> {
                to.append('[')
                for ((at, each) in value.withIndex()) {
                    if (at > 0) to.append(',')
                    put(each, to)
                }
                to.append(']')
            }
            is Double -> if (value == Math.rint(value) && Math.abs(value) < 1e15) to.append(value.toLong()) else to.append(value)
            else -> to.append(value.toString())
        }
    }

    private fun quote(text: String, to: StringBuilder) {
        to.append('"')
        for (char in text) {
            when {
                char == '"' || char == '\\' -> to.append('\\').append(char)
                char < ' ' || char == '\u2028' || char == '\u2029' -> to.append(String.format("\\u%04x", char - '\u0000'))
                else -> to.append(char)
            }
        }
        to.append('"')
    }
}

/** Nested deeper than this is no message of the protocol. */
private const val DEPTH_MAX = 50

private class Parser(private val text: String) {
    private var at = 0
    private var depth = 0

    fun whole(): Any? {
        val value = value()
        space()
        if (at != text.length) fault()
        return value
    }

    private fun value(): Any? {
        space()
        if (++depth > DEPTH_MAX) fault()
        val value: Any? = when (peek()) {
            '{' -> map()
            '[' -> list()
            '"' -> string()
            't' -> word("true", true)
            'f' -> word("false", false)
            'n' -> word("null", null)
            else -> number()
        }
        depth -= 1
        return value
    }

    private fun map(): Map<String, Any?> {
        val map = LinkedHashMap<String, Any?>()
        at += 1
        space()
        if (take('}')) return map
        do {
            space()
            if (peek() != '"') fault()
            val key = string()
            space()
            if (!take(':')) fault()
            map[key] = value()
            space()
        } while (take(','))
        if (!take('}')) fault()
        return map
    }

    private fun list(): List<Any?> {
        val list = ArrayList<Any?>()
        at += 1
        space()
        if (take(']')) return list
        do {
            list.add(value())
            space()
        } while (take(','))
        if (!take(']')) fault()
        return list
    }

    private fun string(): String {
        val said = StringBuilder()
        at += 1
        while (true) {
            val char = peek()
            at += 1
            when (char) {
                '"' -> return said.toString()
                '\\' -> said.append(escaped())
                else -> said.append(char)
            }
        }
    }

    private fun escaped(): Char {
        val char = peek()
        at += 1
        return when (char) {
            'n' -> '\n'
            't' -> '\t'
            'r' -> '\r'
            'b' -> '\b'
            'f' -> '\u000c'
            'u' -> {
                if (at + 4 > text.length) fault()
                val code = text.substring(at, at + 4).toIntOrNull(16) ?: fault()
                at += 4
                code.toChar()
            }
            else -> char
        }
    }

    private fun number(): Double {
        val from = at
        while (at < text.length && (text[at].isDigit() || text[at] in "+-.eE")) at += 1
        return text.substring(from, at).toDoubleOrNull() ?: fault()
    }

    private fun word(word: String, value: Any?): Any? {
        if (!text.startsWith(word, at)) fault()
        at += word.length
        return value
    }

    private fun take(char: Char): Boolean {
        if (at >= text.length || text[at] != char) return false
        at += 1
        return true
    }

    private fun peek(): Char = if (at < text.length) text[at] else fault()

    private fun space() {
        while (at < text.length && text[at] in " \t\r\n") at += 1
    }

    private fun fault(): Nothing = throw JsonFault("no JSON at character $at")
}
