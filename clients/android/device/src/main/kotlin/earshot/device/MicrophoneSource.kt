/**
 * MicrophoneSource: frames from the microphone into a stream, on a thread of its own.
 *
 * It declares the time that the recorder was lost, and tells of a microphone that gives only zeros.
 */
package earshot.device

import android.annotation.SuppressLint
import android.media.AudioFormat
import android.media.AudioRecord
import android.media.MediaRecorder
import android.os.Process
import android.os.SystemClock
import earshot.EarshotStream
import earshot.Encoding
import earshot.Zeros

private const val FRAME_MS = 100

/** What the recorder may hold while this thread waits for a turn. */
private const val BUFFER_MS = 2_000

/** Between two attempts to get the recorder back. */
private const val RETRY_MS = 500L

/**
 * `source` is one of MediaRecorder.AudioSource: VOICE_RECOGNITION is tuned for recognizers, with no gain control of
 * its own. Its stream must have LINEAR16 and the same rate.
 */
class MicrophoneSource(
    private val stream: EarshotStream,
    private val sampleRateHertz: Int = 16_000,
    private val source: Int = MediaRecorder.AudioSource.VOICE_RECOGNITION,
    /** True: nothing but zeros for 3 s, so another app has the microphone, or it is switched off. On this thread. */
    onSilent: (isSilent: Boolean) -> Unit = {}
) {
    @Volatile private var isOn = false
    private val zeros = Zeros(Encoding.LINEAR16, sampleRateHertz, tell = onSilent)
    private var thread: Thread? = null

    /** Needs the permission RECORD_AUDIO, and from Android 11 on an app in the foreground or its service. */
    @Synchronized
    fun start() {
        if (isOn) return
        isOn = true
        thread = Thread(this::run, "earshot-microphone").also { it.start() }
    }

    /** What was recorded by now is written when this returns. Not to be called on the thread of onSilent. */
    @Synchronized
    fun stop() {
        isOn = false
        thread?.join()
        thread = null
    }

    private fun run() {
        Process.setThreadPriority(Process.THREAD_PRIORITY_URGENT_AUDIO)
        var lostAtMs: Long? = null
        while (isOn) {
            val recorder = open()
            if (recorder == null) {
                lostAtMs = lostAtMs ?: SystemClock.elapsedRealtime()
                SystemClock.sleep(RETRY_MS)
                continue
            }
            lostAtMs?.let { declare(SystemClock.elapsedRealtime() - it) }
            read(recorder)
            recorder.release()
            lostAtMs = SystemClock.elapsedRealtime()
        }
    }

    private fun declare(lostMs: Long) {
        if (lostMs >= 1) stream.gap(Math.min(lostMs, 86_400_000L).toInt())
    }

    /** Null when the microphone can't be had now. */
    @SuppressLint("MissingPermission")
    private fun open(): AudioRecord? {
        val format = AudioFormat.ENCODING_PCM_16BIT
        val leastBytes = AudioRecord.getMinBufferSize(sampleRateHertz, AudioFormat.CHANNEL_IN_MONO, format)
        val bytes = Math.max(leastBytes, BUFFER_MS * sampleRateHertz / 1000 * 2)
        val recorder = AudioRecord(source, sampleRateHertz, AudioFormat.CHANNEL_IN_MONO, format, bytes)
        if (recorder.state == AudioRecord.STATE_INITIALIZED) {
            recorder.startRecording()
            if (recorder.recordingState == AudioRecord.RECORDSTATE_RECORDING) return recorder
        }
        recorder.release()
        return null
    }

    /** Until stop(), or until the recorder fails: then another one is opened. */
    private fun read(recorder: AudioRecord) {
        val frame = ByteArray(FRAME_MS * sampleRateHertz / 1000 * 2)
        while (isOn) {
            val bytes = recorder.read(frame, 0, frame.size)
            if (bytes <= 0) return
            zeros.hear(frame, 0, bytes)
            // A microphone can't hold back: what doesn't fit into the store is said by a gap.
            stream.write(frame, 0, bytes)
        }
        recorder.stop()
    }
}
