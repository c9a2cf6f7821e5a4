package com.example.classifier

import org.junit.Assert.assertEquals
import org.junit.Test

class TensorFormatTest {
    private fun format(dtype: String, scale: Float = 0f, zeroPoint: Int = 0) =
        TensorFormat(dtype, intArrayOf(1, 1), scale, zeroPoint)

    private fun throughMemory(dtype: String, stored: Double): Double {
        val format = format(dtype)
        val buffer = format.buffer()
        format.put(buffer, stored)
        buffer.rewind()
        return format.get(buffer)
    }

    @Test
    fun everyDtypeComesBackFromMemory() {
        val ends = mapOf(
            "uint8" to listOf(0.0, 127.0, 128.0, 255.0),
            "int8" to listOf(-128.0, -1.0, 127.0),
            "bool" to listOf(0.0, 1.0),
            "int16" to listOf(-32768.0, 300.0, 32767.0),
            "int32" to listOf(-2147483648.0, 70000.0, 2147483647.0),
            "int64" to listOf(-9007199254740992.0, 9007199254740991.0),
            "float32" to listOf(-1.5, 0.10000000149011612, 3.4028234663852886E38)
        )
        for ((dtype, values) in ends) {
            for (value in values) assertEquals(dtype, value, throughMemory(dtype, value), 0.0)
        }
    }

    @Test
    fun memoryHasTheTensorsBytes() {
        val sizes = mapOf("uint8" to 6, "int16" to 12, "float32" to 24, "int64" to 48)
        for ((dtype, bytes) in sizes) {
            assertEquals(bytes, TensorFormat(dtype, intArrayOf(1, 2, 3)).buffer().capacity())
        }
    }

    /** By the specification: round(x / scale) + zero point, halves away from zero, limited. */
    @Test
    fun quantizesAsTFLiteDoes() {
        val int8 = format("int8", 0.5f, -3)
        val expected = mapOf(
            0f to -3.0, 0.24f to -3.0, 0.25f to -2.0, -0.25f to -4.0, 0.75f to -1.0,
            -0.75f to -5.0, 1000f to 127.0, -1000f to -128.0
        )
        for ((value, stored) in expected) assertEquals(stored, int8.quantize(value), 0.0)
        assertEquals(255.0, format("uint8", 1f / 255, 0).quantize(1f), 0.0)
        assertEquals(0.0, format("uint8", 1f / 255, 0).quantize(-1f), 0.0)
        assertEquals(20000.0, format("int16", 1f / 20000, 0).quantize(1f), 0.0)
    }

    @Test
    fun everyStoredNumberComesBackFromItsValue() {
        val int8 = format("int8", 0.0078125f, 5)
        for (stored in -128..127) {
            val value = int8.dequantize(stored.toDouble())
            assertEquals((stored - 5) / 128f, value, 0f)
            assertEquals(stored.toDouble(), int8.quantize(value), 0.0)
        }
    }

    @Test
    fun withoutScaleNothingHappens() {
        assertEquals(0.3f.toDouble(), format("float32").quantize(0.3f), 0.0)
        assertEquals(7f, format("int32").dequantize(7.0), 0f)
    }

    @Test
    fun unknownDtypeIsNamed() {
        val said = try {
            format("string").dtype
        } catch (error: IllegalArgumentException) {
            error.message
        }
        assertEquals("Tensors of string are not supported.", said)
    }
}
