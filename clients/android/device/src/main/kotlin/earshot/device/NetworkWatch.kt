/**
 * NetworkWatch: tells a stream that the phone has another network than before, Wi-Fi to mobile say, so that it needn't
 * wait until the old connection is known to be dead.
 */
package earshot.device

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import earshot.EarshotStream

class NetworkWatch(context: Context, private val stream: EarshotStream) : ConnectivityManager.NetworkCallback() {
    private val connectivity = context.getSystemService(Context.CONNECTIVITY_SERVICE) as ConnectivityManager
    private var isFirst = true
    private var current: Network? = null

    fun start() = connectivity.registerDefaultNetworkCallback(this)

    fun stop() = connectivity.unregisterNetworkCallback(this)

    /** Comes at once for the network that is there: the stream uses that one already. */
    override fun onAvailable(network: Network) {
        val isOther = network != current && !isFirst
        isFirst = false
        current = network
        if (isOther) stream.networkChanged()
    }

    override fun onLost(network: Network) {
        if (network == current) current = null
    }
}
