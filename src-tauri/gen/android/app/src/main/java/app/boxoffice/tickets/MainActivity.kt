package app.boxoffice.tickets

import android.os.Bundle
import android.view.View
import android.webkit.WebView
import androidx.activity.enableEdgeToEdge
import androidx.core.graphics.Insets
import androidx.core.view.ViewCompat
import androidx.core.view.WindowInsetsCompat
import androidx.core.view.WindowInsetsCompat.Type
import androidx.webkit.ScriptHandler
import androidx.webkit.WebViewCompat
import androidx.webkit.WebViewFeature

class MainActivity : TauriActivity() {
  private var webView: WebView? = null
  private var covered = Insets.NONE
  private var atDocumentStart: ScriptHandler? = null

  override fun onCreate(savedInstanceState: Bundle?) {
    enableEdgeToEdge()
    super.onCreate(savedInstanceState)
    val content = findViewById<View>(android.R.id.content)
    ViewCompat.setOnApplyWindowInsetsListener(content) { view, insets -> makeRoom(view, insets) }
  }

  override fun onWebViewCreate(webView: WebView) {
    super.onWebViewCreate(webView)
    this.webView = webView
    tellPage()
  }

  /** Edge to edge nothing makes room for the keyboard by itself: the page ends where it begins. */
  private fun makeRoom(view: View, insets: WindowInsetsCompat): WindowInsetsCompat {
    val around = Type.systemBars() or Type.displayCutout()
    val bars = insets.getInsets(around)
    val keyboard = insets.getInsets(Type.ime()).bottom
    view.setPadding(0, 0, 0, keyboard)
    covered = Insets.of(bars.left, bars.top, bars.right, if (keyboard > 0) 0 else bars.bottom)
    tellPage()
    return WindowInsetsCompat.Builder(insets)
      .setInsets(around, covered)
      .setInsets(Type.ime(), Insets.NONE)
      .build()
  }

  /** WebViews before 140 answer 0 for env(safe-area-inset-*): the page reads these variables too. */
  private fun tellPage() {
    val webView = webView ?: return
    val script = script()
    webView.evaluateJavascript(script, null)
    // For the page that is yet to come, or comes again.
    if (WebViewFeature.isFeatureSupported(WebViewFeature.DOCUMENT_START_SCRIPT)) {
      atDocumentStart?.remove()
      atDocumentStart = WebViewCompat.addDocumentStartJavaScript(webView, script, setOf("*"))
    }
  }

  private fun script(): String {
    val density = resources.displayMetrics.density
    val sides = listOf(
      "top" to covered.top,
      "right" to covered.right,
      "bottom" to covered.bottom,
      "left" to covered.left,
    )
    val set = sides.joinToString("") { (side, pixels) ->
      "style.setProperty('--native-safe-$side', '${pixels / density}px');"
    }
    return """(() => {
      const tell = () => { const style = document.documentElement.style; $set };
      if (document.documentElement) tell();
      else document.addEventListener('readystatechange', tell, { once: true });
    })();"""
  }
}
