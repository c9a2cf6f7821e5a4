package com.example.classifier

import androidx.test.platform.app.InstrumentationRegistry
import org.junit.Assert.assertEquals
import org.junit.Test
import org.tensorflow.lite.Interpreter

private const val MODEL = "student.tflite"

/** Put into src/androidTest: the phone's own kernels have to give the golden outputs. */
class ClassifierGoldenTest {
    private val context = InstrumentationRegistry.getInstrumentation().targetContext

    @Test
    fun theFileGivesTheGoldenOutputs() {
        val page = context.assets.open("$MODEL.golden.json").bufferedReader().use { it.readText() }
        val golden = GoldenVectors(page)
        assertEquals(8, golden.size)
        Interpreter(Classifier.map(context, MODEL)).use { interpreter ->
            val failures = golden.failures { inputs, outputs ->
                interpreter.runSignature(inputs, outputs, "serving_default")
            }
            assertEquals(emptyList<String>(), failures)
        }
    }
}
