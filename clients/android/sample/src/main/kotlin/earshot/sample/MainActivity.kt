/**
 * MainActivity: a button and the captions.
 */
package earshot.sample

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.Color
import android.os.Build
import android.os.Bundle
import android.text.SpannableStringBuilder
import android.text.Spanned
import android.text.style.ForegroundColorSpan
import android.widget.Button
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import earshot.device.ACTION_FINISH

private const val ASKED = 1

class MainActivity : Activity() {
    private lateinit var status: TextView
    private lateinit var text: TextView

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        status = TextView(this)
        text = TextView(this).apply { textSize = 20f }
        val speak = Button(this).apply {
            text = "Speak"
            setOnClickListener { ask() }
        }
        val finish = Button(this).apply {
            text = "Finish"
            setOnClickListener { startService(intent().setAction(ACTION_FINISH)) }
        }
        setContentView(LinearLayout(this).apply {
            orientation = LinearLayout.VERTICAL
            fitsSystemWindows = true
            for (view in listOf(speak, finish, status)) addView(view)
            addView(ScrollView(context).apply { addView(this@MainActivity.text) })
        })
    }

    override fun onResume() {
        super.onResume()
        Captions.onChange = this::show
        show()
    }

    override fun onPause() {
        super.onPause()
        Captions.onChange = {}
    }

    private fun ask() {
        val notify = if (Build.VERSION.SDK_INT >= 33) arrayOf(Manifest.permission.POST_NOTIFICATIONS) else emptyArray()
        requestPermissions(arrayOf(Manifest.permission.RECORD_AUDIO) + notify, ASKED)
    }

    override fun onRequestPermissionsResult(code: Int, names: Array<String>, results: IntArray) {
        if (checkSelfPermission(Manifest.permission.RECORD_AUDIO) != PackageManager.PERMISSION_GRANTED) {
            status.text = "Without the microphone there is nothing to hear: allow it in the settings of this app"
            return
        }
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) startForegroundService(intent()) else startService(intent())
    }

    private fun intent() = Intent(this, SampleService::class.java)

    private fun show() {
        status.text = Captions.state
        val shown = SpannableStringBuilder(Captions.finals)
        shown.append(Captions.interim)
        shown.setSpan(
            ForegroundColorSpan(Color.GRAY), Captions.finals.length, shown.length, Spanned.SPAN_EXCLUSIVE_EXCLUSIVE
        )
        text.text = shown
    }
}
