package com.example.classifier

import android.content.Context
import android.graphics.Bitmap
import java.io.File
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Test
import org.tensorflow.lite.Interpreter

/** Whole pictures through real files, against scores that Python computed (cases.json). */
class ClassifierTest {
    private val cases = JSONArray(File(System.getProperty("assets"), "cases.json").readText())
        .let { all -> List(all.length()) { all.getJSONObject(it) } }

    private fun floats(case: JSONObject, name: String) = case.getJSONArray(name).let { numbers ->
        FloatArray(numbers.length()) { numbers.getDouble(it).toFloat() }
    }

    private fun picture(case: JSONObject): Bitmap {
        val pixels = case.getJSONArray("pixels")
        val argb = IntArray(pixels.length()) { pixels.getLong(it).toInt() }
        val (width, height) = case.getInt("width") to case.getInt("height")
        return Bitmap.createBitmap(argb, width, height, Bitmap.Config.ARGB_8888)
    }

    private fun classifier(case: JSONObject) = Classifier(
        Classifier.map(Context(), case.getString("model")),
        Interpreter.Options().setNumThreads(2),
        floats(case, "mean"),
        floats(case, "std"),
        case.getBoolean("logits")
    )

    @Test
    fun scoresAreThoseOfPython() {
        assertEquals(8, cases.size)
        for (case in cases) {
            classifier(case).use {
                // Twice: what is left in the memory of the first run changes nothing.
                for (run in 1..2) {
                    val scores = it.scores(picture(case))
                    assertArrayEquals(case.getString("model"), floats(case, "scores"), scores, 2e-6f)
                }
            }
        }
    }

    @Test
    fun bestFirstWithTheirNames() {
        for (case in cases) {
            classifier(case).use { classifier ->
                val names = case.getJSONArray("labels")
                val scores = floats(case, "scores")
                val order = scores.indices.sortedByDescending { scores[it] }.take(2)
                val found = classifier.classify(picture(case), top = 2)
                assertEquals(order.map { names.getString(it) }, found.map { it.label })
            }
        }
    }

    private fun refusal(model: String): String? = try {
        Classifier(Classifier.map(Context(), model)).labels.toString()
    } catch (error: IllegalArgumentException) {
        error.message
    }

    @Test
    fun aFileThatIsNoClassifierIsRefused() {
        assertEquals(
            "The file has 2 inputs and 2 outputs; a classifier has one of each.",
            refusal("two.tflite")
        )
        assertEquals(
            "The file takes shape [1, 4], which is not a picture's.", refusal("flat.tflite")
        )
        assertEquals("The file has 2 labels for 3 outputs.", refusal("two_labels.tflite"))
    }

    @Test
    fun softmaxOfHugeLogits() {
        val scores = Classifier.softmax(floatArrayOf(1000f, 1000f, -1000f))
        assertArrayEquals(floatArrayOf(0.5f, 0.5f, 0f), scores, 0f)
    }
}
