package com.example.classifier

import java.io.File
import java.nio.ByteBuffer
import org.junit.Assert.assertEquals
import org.junit.Test

/** Files that Python's zipfile wrote; each name says what is in it. */
class LabelsTest {
    private fun labels(name: String, file: String = "labels.txt") =
        readLabels(ByteBuffer.wrap(File(System.getProperty("assets"), name).readBytes()), file)

    @Test
    fun behindAModel() {
        assertEquals(listOf("Hemd", "Schuh mit Öse", "包"), labels("labels_behind.bin"))
    }

    @Test
    fun byItsNameAmongSeveralCompressedOrNot() {
        assertEquals(listOf("one", "two"), labels("several.bin", "labels_age.txt"))
        assertEquals(listOf("a"), labels("several.bin", "other.txt"))
        assertEquals(emptyList<String>(), labels("several.bin"))
    }

    @Test
    fun offsetsThatCountFromTheZipsOwnStart() {
        assertEquals(listOf("own start"), labels("glued.bin"))
    }

    @Test
    fun noneWithoutAZip() {
        assertEquals(emptyList<String>(), labels("no_zip.bin"))
        assertEquals(emptyList<String>(), labels("short.bin"))
    }
}
