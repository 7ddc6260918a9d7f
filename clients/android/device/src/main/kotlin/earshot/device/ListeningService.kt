/**
 * ListeningService: keeps listening while the screen is off or another app is in front. A foreground service of type
 * microphone, with a stream, the microphone and the network of one conversation.
 *
 * Your app extends it, names it in its manifest with android:foregroundServiceType="microphone", and starts it by
 * startForegroundService() while one of its activities is visible: later Android gives no microphone.
 */
package earshot.device

import android.app.Notification
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import android.os.PowerManager
import earshot.EarshotListener
import earshot.EarshotOptions
import earshot.EarshotStream
import earshot.Message
import earshot.Problem

/** Longer than any conversation; the lock ends with the service. */
private const val AWAKE_MS_MAX = 6 * 3_600_000L
private const val NOTIFICATION = 1

/** Sent by startService(): no more audio follows, and the service stops when all is said. */
const val ACTION_FINISH = "earshot.FINISH"

abstract class ListeningService : Service() {
    private var stream: EarshotStream? = null
    private var microphone: MicrophoneSource? = null
    private var network: NetworkWatch? = null
    private var awake: PowerManager.WakeLock? = null

    protected abstract fun options(): EarshotOptions

    /** What the person sees while the microphone is on; its channel is made by the app. */
    protected abstract fun notification(): Notification

    /** Called on the stream's thread. */
    protected abstract val listener: EarshotListener

    /** Called on the microphone's thread: nothing but zeros comes, or there is sound again. */
    protected open fun onSilent(isSilent: Boolean) {}

    override fun onBind(intent: Intent): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        if (intent?.action == ACTION_FINISH) finish()
        else {
            // Asked for after each startForegroundService(), the first or not.
            show()
            if (stream == null) begin()
        }
        // A service that the system has killed could not have the microphone again from the background.
        return START_NOT_STICKY
    }

    override fun onDestroy() {
        release()
        stream?.close()
        stream = null
    }

    private fun show() {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            startForeground(NOTIFICATION, notification(), ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE)
        } else startForeground(NOTIFICATION, notification())
    }

    private fun begin() {
        val power = getSystemService(Context.POWER_SERVICE) as PowerManager
        awake = power.newWakeLock(PowerManager.PARTIAL_WAKE_LOCK, "earshot:listening").also { it.acquire(AWAKE_MS_MAX) }
        val options = options()
        val begun = EarshotStream(options, Ending(listener))
        stream = begun
        network = NetworkWatch(this, begun).also { it.start() }
        microphone = MicrophoneSource(begun, options.sampleRateHertz, onSilent = this::onSilent).also { it.start() }
    }

    private fun finish() {
        microphone?.stop()
        microphone = null
        if (stream == null) stopSelf() else stream?.finish()
    }

    @Synchronized
    private fun release() {
        microphone?.stop()
        microphone = null
        network?.stop()
        network = null
        awake?.let { if (it.isHeld) it.release() }
        awake = null
    }

    /** The service ends with its stream. */
    private inner class Ending(private val app: EarshotListener) : EarshotListener by app {
        override fun onEnd(summary: Message?, why: Problem?) {
            app.onEnd(summary, why)
            stopSelf()
        }
    }
}
