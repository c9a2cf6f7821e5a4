package com.example.classifier

import java.nio.ByteBuffer
import org.junit.Assert.assertEquals
import org.junit.Test

class GoldenVectorsTest {
    private val page = """{"format": 2,
        "inputs": [
            {"name": "ids", "dtype": "int32", "shape": [2], "values": [[1, 2], [3, 70000]]},
            {"name": "image", "dtype": "uint8", "shape": [1], "values": [[200], [0]]}],
        "outputs": [
            {"name": "sum", "dtype": "float32", "shape": [1], "tolerance": 0.25,
             "values": [[203.0], [70003.0]]},
            {"name": "kind", "dtype": "int8", "shape": [2], "tolerance": 2,
             "values": [[-5, 5], [-128, 127]]}]}"""

    /** A model that adds its inputs up, as far from the golden output as it is told. */
    private fun model(offSum: Float = 0f, offKind: Int = 0) =
        { inputs: Map<String, ByteBuffer>, outputs: Map<String, ByteBuffer> ->
            val ids = inputs.getValue("ids")
            val image = inputs.getValue("image")
            val sum = ids.getInt() + ids.getInt() + (image.get().toInt() and 0xff)
            outputs.getValue("sum").putFloat(sum + offSum)
            val first = if (sum == 203) -5 else -128
            outputs.getValue("kind").put(first.toByte())
                .put(((if (sum == 203) 5 else 127) - offKind).toByte())
            Unit
        }

    @Test
    fun rightOutputsPass() {
        assertEquals(2, GoldenVectors(page).size)
        assertEquals(emptyList<String>(), GoldenVectors(page).failures(model()))
    }

    @Test
    fun theToleranceItselfPasses() {
        assertEquals(emptyList<String>(), GoldenVectors(page).failures(model(0.25f, 2)))
    }

    @Test
    fun oneStepMoreIsReported() {
        val expected = List(2) {
            "Example $it: the output 'kind' is off by 3.0; 2.0 is allowed."
        }
        assertEquals(expected, GoldenVectors(page).failures(model(offKind = 3)))
    }

    @Test
    fun notANumberIsReported() {
        val expected = List(2) {
            "Example $it: the output 'sum' is off by NaN; 0.25 is allowed."
        }
        assertEquals(expected, GoldenVectors(page).failures(model(offSum = Float.NaN)))
    }

    @Test
    fun textsStandBesideTheirIds() {
        val golden = GoldenVectors(page.replaceFirst("{", "{\"texts\": [\"a \u00e9\", \"\"],"))
        assertEquals(listOf("a \u00e9", ""), golden.texts)
        assertEquals(listOf(3.0, 70000.0), golden.input(1, "ids"))
        assertEquals(emptyList<String>(), golden.failures(model()))
        assertEquals(emptyList<String>(), GoldenVectors(page).texts)
    }

    @Test
    fun anotherFormatIsRefused() {
        val said = try {
            GoldenVectors("""{"format": 1, "inputs": [], "outputs": []}""").size.toString()
        } catch (error: IllegalArgumentException) {
            error.message
        }
        assertEquals("The golden vectors have format 1; this code reads format 2.", said)
    }
}
