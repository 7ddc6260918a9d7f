/**
 * Checks: what of the core the conformance kit doesn't see.
 */
package earshot

private val wrong = ArrayList<String>()

private fun expect(what: String, got: Any?, expected: Any?) {
    if (got != expected) wrong.add("$what is $got, expected $expected")
}

private fun json() {
    val text = "{\"a\":[1,-2.5,true,false,null,\"\\\"\\\\\\u0007\"],\"b\":{}}"
    expect("JSON written as it was read", Json.write(Json.parse(text)), text)
    expect("an escaped character", Json.parse("\"\\u00e4\\n\""), "\u00e4\n")
    for (broken in listOf("", "{", "[1,]", "{\"a\"}", "\"", "1 2", "nul", "\"\\u00\"", "[".repeat(60))) {
        val read = try { Json.parse(broken) } catch (fault: JsonFault) { "fault" }
        expect("'$broken'", read, "fault")
    }
}

private fun messages() {
    expect("an unknown type", Message.read("{\"type\":\"weather\"}"), Message.Read.Unknown)
    for (broken in listOf("[]", "{}", "{\"type\":1}", "{\"type\":\"ack\"}", "{\"type\":\"ack\",\"received\":-1}")) {
        expect(broken, Message.read(broken), Message.Read.None)
    }
}

private fun backoff() {
    for (chance in listOf(0.0, 0.5, 0.999)) {
        val backoff = Backoff(500, 10_000, 600_000) { chance }
        val waits = (1..7).map { backoff.next(0, 0, false)?.waitMs ?: -1 }
        val ceilings = listOf(500L, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000)
        for ((at, wait) in waits.withIndex()) {
            val floor = if (at == 0) 0 else ceilings[at] / 2
            expect("wait $at of $wait ms within bounds", wait in floor..ceilings[at], true)
        }
    }
    val backoff = Backoff(500, 10_000, 60_000) { 0.5 }
    expect("a hurried first wait", backoff.next(0, 0, true)?.waitMs, 0L)
    expect("a wait that the server asks for", backoff.next(0, 2_000, false)?.waitMs, 2_750L)
    expect("giving up", backoff.next(60_000, 0, false), null)
}

private fun gaps() {
    val gaps = Gaps()
    val take = { start: Long, end: Long -> gaps.take(Stretch(start, end)).map { "${it.start}-${it.end}" } }
    expect("a gap", take(100, 200), listOf("100-200"))
    expect("the same gap", take(100, 200), emptyList<String>())
    expect("a longer one", take(50, 250), listOf("50-100", "200-250"))
    gaps.settle(300)
    expect("one before what is settled", take(260, 310), listOf("300-310"))
}

/** A store of 1 s of frames of 100 ms, full of what was sent. */
private fun tape() {
    val tape = Tape(2, 8_000, 1_000)
    tape.resume(Terms(1, 60_000, 1_000, 65_536))
    for (n in 1..10) tape.append(ByteArray(1_600))
    while (tape.take() != null) continue
    tape.trim()
    tape.resume(Terms(1, 60_000, 1_000, 65_536))
    val first = tape.take() as Item.Message
    expect("the gap where copies had to go", first.fields["ms"], 300L)
    expect("what is unsent then", tape.unsentMs, 700L)
    expect("a frame that was never sent", tape.resume(Terms(12, 1, 1, 1)), false)
}

private fun zeros() {
    val told = ArrayList<Boolean>()
    val zeros = Zeros(Encoding.LINEAR16, 8_000, 1_000) { told.add(it) }
    for (n in 1..9) zeros.hear(ByteArray(1_600))
    expect("0.9 s of zeros", told, emptyList<Boolean>())
    for (n in 1..5) zeros.hear(ByteArray(1_600))
    expect("1.4 s of zeros", told, listOf(true))
    zeros.hear(ByteArray(1_600) { 1 })
    zeros.hear(ByteArray(1_600))
    expect("sound again", told, listOf(true, false))
}

private fun options() {
    val refused = listOf(
        { EarshotOptions("ws://host", storeMs = 10) },
        { EarshotOptions("ws://host", sampleRateHertz = 7_999) }
    ).count { try { it(); false } catch (error: IllegalArgumentException) { true } }
    expect("options out of range", refused, 2)
    val isRefused = try {
        EarshotStream(EarshotOptions("no address"), object : EarshotListener {})
        false
    } catch (error: IllegalArgumentException) { true }
    expect("a malformed address refused", isRefused, true)
}

fun main() {
    json()
    messages()
    backoff()
    gaps()
    tape()
    zeros()
    options()
    for (each in wrong) println(each)
    println(if (wrong.isEmpty()) "checks of the core passed" else "${wrong.size} checks of the core failed")
    System.exit(if (wrong.isEmpty()) 0 else 1)
}
