package com.example.classifier

import android.content.Context
import android.graphics.Bitmap
import java.io.Closeable
import java.io.FileInputStream
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import kotlin.math.exp
import org.tensorflow.lite.DataType
import org.tensorflow.lite.Interpreter
import org.tensorflow.lite.Tensor

/** A class and how sure the model is of it. */
data class Category(val label: String, val score: Float)

/**
 * Names what a picture shows, with a `.tflite` file of one image input and one output of scores.
 *
 * A file made with preprocess="include" takes the pixels' bytes, and [mean] and [std] do not
 * matter. Others take `(pixel - mean) / std`, for a pixel in 0..255, which has to be what the
 * Keras model was trained on: 0 and 255 make [0, 1].
 *
 * @param model The file's bytes, mapped: [map] does it for an asset.
 * @param options Threads and delegates: `Interpreter.Options().setNumThreads(4)`.
 * @param logits Whether the outputs are logits (FILE.manifest.json says so): softmax is applied.
 */
class Classifier(
    model: ByteBuffer,
    options: Interpreter.Options = Interpreter.Options(),
    private val mean: FloatArray = floatArrayOf(0f),
    private val std: FloatArray = floatArrayOf(255f),
    private val logits: Boolean = false
) : Closeable {
    private val interpreter = Interpreter(model, options).also {
        require(it.inputTensorCount == 1 && it.outputTensorCount == 1) {
            "The file has ${it.inputTensorCount} inputs and ${it.outputTensorCount} outputs; " +
                "a classifier has one of each."
        }
    }
    private val source = format(interpreter.getInputTensor(0))
    private val target = format(interpreter.getOutputTensor(0))
    // Bytes without a scale, or of scale 1, are the pixels themselves.
    private val takesPixels = source.dtype == "uint8" && source.scale in setOf(0f, 1f)
    private val input = source.buffer()
    private val output = target.buffer()

    /** The names of the outputs, by the file's own metadata. */
    val labels: List<String> = readLabels(model).let { found ->
        if (found.isEmpty()) List(target.size) { "class $it" } else found
    }

    init {
        require(source.shape.size == 4 && source.shape[3] in listOf(1, 3)) {
            "The file takes shape ${source.shape.toList()}, which is not a picture's."
        }
        require(labels.size == target.size) {
            "The file has ${labels.size} labels for ${target.size} outputs."
        }
    }

    /** The likeliest classes of a picture, best first. */
    fun classify(bitmap: Bitmap, top: Int = 3): List<Category> =
        scores(bitmap)
            .mapIndexed { i, score -> Category(labels[i], score) }
            .sortedByDescending { it.score }
            .take(top)

    /** One score for each label. An interpreter runs one picture at a time. */
    @Synchronized
    fun scores(bitmap: Bitmap): FloatArray {
        feed(bitmap)
        output.rewind()
        interpreter.run(input, output)
        output.rewind()
        val scores = FloatArray(target.size) { target.dequantize(target.get(output)) }
        return if (logits) softmax(scores) else scores
    }

    private fun feed(bitmap: Bitmap) {
        val (height, width, channels) = source.shape.drop(1)
        val scaled = Bitmap.createScaledBitmap(bitmap, width, height, true)
        val pixels = IntArray(width * height)
        scaled.getPixels(pixels, 0, width, 0, 0, width, height)
        input.rewind()
        for (pixel in pixels) {
            val red = pixel shr 16 and 0xff
            val green = pixel shr 8 and 0xff
            val blue = pixel and 0xff
            if (channels == 3) {
                put(red, 0)
                put(green, 1)
                put(blue, 2)
            } else {
                // ITU-R 601 luma in whole numbers, as Pillow's convert("L").
                put(red * 19595 + green * 38470 + blue * 7471 + 0x8000 shr 16, 0)
            }
        }
        input.rewind()
    }

    private fun put(value: Int, channel: Int) {
        val stored = if (takesPixels) {
            value.toDouble()
        } else {
            source.quantize((value - mean[channel % mean.size]) / std[channel % std.size])
        }
        source.put(input, stored)
    }

    override fun close() = interpreter.close()

    companion object {
        /** An asset's bytes, read where they lie in the APK (which must not compress them). */
        fun map(context: Context, asset: String): ByteBuffer =
            context.assets.openFd(asset).use { file ->
                FileInputStream(file.fileDescriptor).channel.use { channel ->
                    channel.map(FileChannel.MapMode.READ_ONLY, file.startOffset, file.declaredLength)
                }
            }

        fun softmax(logits: FloatArray): FloatArray {
            val largest = logits.fold(Float.NEGATIVE_INFINITY) { a, b -> maxOf(a, b) }
            val powers = DoubleArray(logits.size) { exp((logits[it] - largest).toDouble()) }
            return FloatArray(logits.size) { (powers[it] / powers.sum()).toFloat() }
        }

        private fun format(tensor: Tensor): TensorFormat {
            val dtype = when (tensor.dataType()) {
                DataType.UINT8 -> "uint8"
                DataType.INT8 -> "int8"
                DataType.INT16 -> "int16"
                DataType.FLOAT32 -> "float32"
                else -> throw IllegalArgumentException("A ${tensor.dataType()} tensor is not a picture's.")
            }
            val params = tensor.quantizationParams()
            return TensorFormat(dtype, tensor.shape(), params.scale, params.zeroPoint)
        }
    }
}
