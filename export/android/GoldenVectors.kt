package com.example.classifier

import java.nio.ByteBuffer
import kotlin.math.abs
import org.json.JSONArray
import org.json.JSONObject

/**
 * FILE.golden.json: inputs as the file takes them, and the outputs that it must give.
 *
 * Plain Kotlin; `org.json` is part of Android.
 */
class GoldenVectors(json: String) {
    private class Part(part: JSONObject) {
        val name: String = part.getString("name")
        val format = TensorFormat(
            part.getString("dtype"),
            part.getJSONArray("shape").numbers().map { it.toInt() }.toIntArray()
        )
        val tolerance: Double = part.optDouble("tolerance", 0.0)
        val values: List<List<Double>> = part.getJSONArray("values").let { rows ->
            List(rows.length()) { rows.getJSONArray(it).numbers() }
        }
    }

    /** Of a model of text: the text that each example's ids are made of, for the test of the
     * app's tokenizer. Else empty. */
    val texts: List<String>

    private val inputs: List<Part>
    private val outputs: List<Part>

    init {
        val page = JSONObject(json)
        require(page.getInt("format") == 2) {
            "The golden vectors have format ${page.getInt("format")}; this code reads format 2."
        }
        texts = page.optJSONArray("texts")?.let { rows -> List(rows.length()) { rows.getString(it) } }
            ?: emptyList()
        inputs = page.getJSONArray("inputs").objects().map { Part(it) }
        outputs = page.getJSONArray("outputs").objects().map { Part(it) }
    }

    /** The number of examples. */
    val size: Int = outputs.first().values.size

    /** The values of one input of one example: with `texts`, the ids that a tokenizer must give. */
    fun input(example: Int, name: String): List<Double> =
        inputs.first { it.name == name }.values[example]

    /**
     * Runs each example and says, in a sentence each, which outputs are wrong.
     *
     * @param run Feeds the inputs and fills the outputs, both by name, as
     *     `Interpreter.runSignature` does.
     */
    fun failures(run: (Map<String, ByteBuffer>, Map<String, ByteBuffer>) -> Unit): List<String> =
        (0 until size).flatMap { example ->
            val given = inputs.associate { part ->
                val buffer = part.format.buffer()
                part.values[example].forEach { part.format.put(buffer, it) }
                buffer.rewind()
                part.name to buffer
            }
            val received = outputs.associate { it.name to it.format.buffer() }
            run(given, received)
            outputs.mapNotNull { part ->
                val buffer = received.getValue(part.name)
                buffer.rewind()
                part.values[example]
                    .map { abs(part.format.get(buffer) - it) }
                    // Written so that a NaN fails.
                    .firstOrNull { !(it <= part.tolerance) }
                    ?.let {
                        "Example $example: the output '${part.name}' is off by $it; " +
                            "${part.tolerance} is allowed."
                    }
            }
        }
}

private fun JSONArray.numbers(): List<Double> = List(length()) { getDouble(it) }

private fun JSONArray.objects(): List<JSONObject> = List(length()) { getJSONObject(it) }
