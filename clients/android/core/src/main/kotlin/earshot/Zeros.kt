/**
 * Zeros: a microphone that gives nothing but zeros. Android does that without an error when another app
 * has the microphone, when the app is in the background without its service, or when the user switched
 * microphones off.
 */
package earshot

/** Tells once when `afterMs` of audio were nothing but zeros, and once when there is sound again. */
class Zeros(
    private val encoding: Encoding,
    private val sampleRateHertz: Int,
    private val afterMs: Int = 3_000,
    private val tell: (isSilent: Boolean) -> Unit
) {
    private var samples = 0L
    private var isSilent = false

    fun hear(audio: ByteArray, offset: Int = 0, length: Int = audio.size) {
        // Both zeros of mu-law.
        val isZero: (Byte) -> Boolean =
            if (encoding == Encoding.LINEAR16) { byte -> byte == 0.toByte() }
            else { byte -> byte == 0xff.toByte() || byte == 0x7f.toByte() }
        val hasSound = (offset until offset + length).any { !isZero(audio[it]) }
        samples = if (hasSound) 0 else samples + length / encoding.sampleBytes
        val now = samples * 1000 >= afterMs.toLong() * sampleRateHertz
        if (now != isSilent && (now || hasSound)) {
            isSilent = now
            tell(now)
        }
    }
}
