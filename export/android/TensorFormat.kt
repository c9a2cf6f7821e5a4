package com.example.classifier

import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.ceil
import kotlin.math.floor

/**
 * How a tensor keeps its numbers. Plain Kotlin, so that its test runs without a phone.
 *
 * A quantized tensor stands for `(stored - zeroPoint) * scale`; scale 0 means that it is not
 * quantized. [dtype] is written as in FILE.golden.json: "uint8", "int8", "float32", ...
 */
class TensorFormat(
    val dtype: String,
    val shape: IntArray,
    val scale: Float = 0f,
    val zeroPoint: Int = 0
) {
    /** The number of values, in a batch of one. */
    val size: Int = shape.fold(1) { product, side -> product * side }

    private val bytes = when (dtype) {
        "uint8", "int8", "bool" -> 1
        "int16" -> 2
        "int32", "float32" -> 4
        "int64" -> 8
        else -> throw IllegalArgumentException("Tensors of $dtype are not supported.")
    }
    private val least = when (dtype) { "uint8" -> 0.0; "int8" -> -128.0; else -> -32768.0 }
    private val most = when (dtype) { "uint8" -> 255.0; "int8" -> 127.0; else -> 32767.0 }

    /** Memory that the interpreter reads and writes without a copy. */
    fun buffer(): ByteBuffer = ByteBuffer.allocateDirect(size * bytes).order(ByteOrder.nativeOrder())

    /** Puts a number as the tensor stores it. A Double holds each exactly (int64: up to 2^53). */
    fun put(buffer: ByteBuffer, stored: Double) {
        when (dtype) {
            "uint8", "int8", "bool" -> buffer.put(stored.toInt().toByte())
            "int16" -> buffer.putShort(stored.toInt().toShort())
            "int32" -> buffer.putInt(stored.toInt())
            "int64" -> buffer.putLong(stored.toLong())
            else -> buffer.putFloat(stored.toFloat())
        }
    }

    /** The next number, as the tensor stores it. */
    fun get(buffer: ByteBuffer): Double = when (dtype) {
        "uint8" -> (buffer.get().toInt() and 0xff).toDouble()
        "int8", "bool" -> buffer.get().toDouble()
        "int16" -> buffer.getShort().toDouble()
        "int32" -> buffer.getInt().toDouble()
        "int64" -> buffer.getLong().toDouble()
        else -> buffer.getFloat().toDouble()
    }

    /** What is stored for a value. Halves go away from zero, as in TFLite's own QUANTIZE. */
    fun quantize(value: Float): Double {
        if (scale == 0f) return value.toDouble()
        val scaled = (value / scale).toDouble()
        val rounded = if (scaled < 0) ceil(scaled - 0.5) else floor(scaled + 0.5)
        return (rounded + zeroPoint).coerceIn(least, most)
    }

    /** The value that a stored number stands for. */
    fun dequantize(stored: Double): Float =
        if (scale == 0f) stored.toFloat() else (stored - zeroPoint).toFloat() * scale
}
