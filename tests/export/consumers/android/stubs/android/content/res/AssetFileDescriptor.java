package android.content.res;

import java.io.Closeable;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;

/** As in an APK, the asset lies inside a larger file: bytes stand before and behind it. */
public class AssetFileDescriptor implements Closeable {
    private static final int BEFORE = 12;
    private final RandomAccessFile apk;
    private final long length;

    AssetFileDescriptor(File asset) throws IOException {
        File file = File.createTempFile("apk", null);
        file.deleteOnExit();
        try (FileOutputStream out = new FileOutputStream(file)) {
            out.write(new byte[BEFORE]);
            out.write(Files.readAllBytes(asset.toPath()));
            out.write(new byte[30]);
        }
        apk = new RandomAccessFile(file, "r");
        length = asset.length();
    }

    public FileDescriptor getFileDescriptor() {
        try {
            return apk.getFD();
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }

    public long getStartOffset() {
        return BEFORE;
    }

    public long getDeclaredLength() {
        return length;
    }

    @Override
    public void close() throws IOException {
        apk.close();
    }
}
