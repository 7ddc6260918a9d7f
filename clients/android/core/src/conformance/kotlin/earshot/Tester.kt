/**
 * Tester: the library as a command that the conformance kit can test: its commands come in, a JSON object a line,
 * and what the app is told goes out likewise. test/conformance/README.md says which.
 */
package earshot

import java.util.Base64

private fun print(fields: Map<String, Any?>) {
    println(Json.write(fields))
    System.out.flush()
}

private object Printer : EarshotListener {
    override fun onMessage(message: Message) = print(message.fields)

    override fun onEnd(summary: Message?, why: Problem?) =
        print(mapOf("type" to "end") + (if (why == null) emptyMap() else mapOf("code" to why.code, "why" to why.message)))

    override fun onState(state: StreamState) {
        val why = when (state) {
            is StreamState.Reconnecting -> mapOf("why" to state.why.message, "waitMs" to state.waitMs)
            is StreamState.Live -> mapOf("fromMs" to state.fromMs)
            else -> emptyMap()
        }
        print(mapOf<String, Any?>("type" to "state", "state" to state.javaClass.simpleName) + why)
    }
}

private class App(private val url: String?) {
    private var stream: EarshotStream? = null
    private var token: String? = null

    fun take(command: Map<*, *>) {
        when (command["do"]) {
            "connect" -> stream = connect(command)
            "token" -> token = command["token"] as String
            "write" -> stream?.write(Base64.getDecoder().decode(command["audio"] as String))
            "gap" -> stream?.gap((command["ms"] as Double).toInt())
            "finalize" -> stream?.settle()
            "finish" -> stream?.finish()
            "network" -> stream?.networkChanged()
        }
    }

    private fun connect(command: Map<*, *>): EarshotStream {
        token = command["token"] as String?
        val storeMs = (command["storeMs"] as Double?)?.toInt() ?: 90_000
        val source: (() -> String)? = if (token == null) null else { -> token ?: "" }
        val options = EarshotOptions(url ?: command["url"] as String, token = source, storeMs = storeMs)
        return EarshotStream(options, Printer)
    }
}

fun main(args: Array<String>) {
    val app = App(args.firstOrNull())
    while (true) app.take(Json.parse(readLine() ?: break) as Map<*, *>)
    System.exit(0)
}
