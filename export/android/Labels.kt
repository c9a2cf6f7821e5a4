package com.example.classifier

import java.io.ByteArrayInputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.zip.ZipInputStream

private const val END_OF_ZIP = 0x06054b50
private const val END_BYTES = 22

/**
 * The lines of `labels.txt`, which the LiteRT metadata convention keeps in a zip behind the
 * model; empty if there is none. Plain Kotlin and java.util.zip, without the support library.
 */
fun readLabels(model: ByteBuffer, name: String = "labels.txt"): List<String> {
    val bytes = model.duplicate().order(ByteOrder.LITTLE_ENDIAN)
    val end = (bytes.limit() - END_BYTES downTo maxOf(0, bytes.limit() - END_BYTES - 0xffff))
        .firstOrNull {
            // The comment reaches to the end of the file, or this is no zip's end.
            bytes.getInt(it) == END_OF_ZIP &&
                it + END_BYTES + (bytes.getShort(it + 20).toInt() and 0xffff) == bytes.limit()
        } ?: return emptyList()
    val directory = end - bytes.getInt(end + 12)
    // Offsets count from the start of the file, or from that of the zip, by who wrote it.
    val shift = directory - bytes.getInt(end + 16)
    bytes.position(shift + bytes.getInt(directory + 42))
    val zip = ByteArray(bytes.remaining()).also { bytes.get(it) }
    ZipInputStream(ByteArrayInputStream(zip)).use { entries ->
        generateSequence { entries.nextEntry }.firstOrNull { it.name == name }
            ?: return emptyList()
        return entries.bufferedReader().readLines().filter { it.isNotEmpty() }
    }
}
