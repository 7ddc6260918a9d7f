/**
 * SampleService: the conversation of the sample, and what its activity shows of it.
 */
package earshot.sample

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.content.Context
import android.os.Build
import android.os.Handler
import android.os.Looper
import earshot.EarshotListener
import earshot.EarshotOptions
import earshot.Message
import earshot.Problem
import earshot.StreamState
import earshot.device.ListeningService

/** The machine that Android's emulator runs on; for a phone its address in your network, or wss:// and a name. */
const val ADDRESS = "ws://10.0.2.2:8080/v1/stream"
private const val CHANNEL = "listening"

/** What is shown; used on the main thread only. */
object Captions {
    var finals = ""
    var interim = ""
    var state = ""
    var onChange: () -> Unit = {}
}

class SampleService : ListeningService() {
    private val main = Handler(Looper.getMainLooper())

    override fun options() = EarshotOptions(url = ADDRESS, language = "en-US")

    override fun notification(): Notification {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.O) {
            @Suppress("DEPRECATION")
            return described(Notification.Builder(this))
        }
        val channel = NotificationChannel(CHANNEL, "Listening", NotificationManager.IMPORTANCE_LOW)
        (getSystemService(Context.NOTIFICATION_SERVICE) as NotificationManager).createNotificationChannel(channel)
        return described(Notification.Builder(this, CHANNEL))
    }

    private fun described(builder: Notification.Builder): Notification =
        builder.setSmallIcon(android.R.drawable.ic_btn_speak_now).setContentTitle("Earshot is listening").build()

    override fun onSilent(isSilent: Boolean) =
        show { state = if (isSilent) "No sound: does another app have the microphone?" else "Listening" }

    override val listener = object : EarshotListener {
        override fun onInterim(text: String, startMs: Long, endMs: Long) = show { interim = text }

        override fun onFinal(text: String, startMs: Long, endMs: Long, result: Int) = show {
            finals += "$text "
            interim = ""
        }

        override fun onState(state: StreamState) = show { this.state = sentenceOf(state) }

        override fun onEnd(summary: Message?, why: Problem?) =
            show { state = if (why == null) "All is said" else "It ended: ${why.message}" }
    }

    private fun show(change: Captions.() -> Unit) {
        main.post {
            Captions.change()
            Captions.onChange()
        }
    }

    private fun sentenceOf(state: StreamState): String = when (state) {
        is StreamState.Connecting -> "Connecting"
        is StreamState.Live, is StreamState.Resumed -> "Listening"
        is StreamState.Reconnecting -> "Connection lost, again in ${state.waitMs} ms; what you say is kept"
        is StreamState.Resting -> "Waiting for sound"
        is StreamState.Ended -> "Ended"
    }
}
