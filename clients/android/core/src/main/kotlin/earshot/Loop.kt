/**
 * Loop: the one thread on which a stream decides, and its clock. It keeps a process alive until the stream has
 * ended.
 */
package earshot

import java.util.concurrent.Future
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.ThreadFactory
import java.util.concurrent.TimeUnit

internal class Loop {
    private val executor = ScheduledThreadPoolExecutor(1, ThreadFactory { Thread(it, "earshot") })

    init {
        executor.removeOnCancelPolicy = true
        executor.executeExistingDelayedTasksAfterShutdownPolicy = false
    }

    /** Milliseconds since an arbitrary start. */
    val nowMs: Long get() = System.nanoTime() / 1_000_000

    /** Nothing happens once the loop has ended. */
    fun post(run: () -> Unit) {
        after(0, run)
    }

    fun after(delayMs: Long, run: () -> Unit): Future<*>? = try {
        executor.schedule({ loudly(run) }, delayMs, TimeUnit.MILLISECONDS)
    } catch (ended: RejectedExecutionException) {
        null
    }

    fun end() = executor.shutdown()

    /** What an app's listener throws must not vanish in a Future. */
    private fun loudly(run: () -> Unit) {
        try {
            run()
        } catch (error: Throwable) {
            val thread = Thread.currentThread()
            thread.uncaughtExceptionHandler.uncaughtException(thread, error)
        }
    }
}
