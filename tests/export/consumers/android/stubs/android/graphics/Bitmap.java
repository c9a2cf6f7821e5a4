package android.graphics;

/** Stands in for Android's own; it scales to the nearest pixel. */
public final class Bitmap {
    public enum Config { ARGB_8888 }

    private final int[] pixels;
    private final int width;
    private final int height;

    private Bitmap(int[] pixels, int width, int height) {
        this.pixels = pixels;
        this.width = width;
        this.height = height;
    }

    public static Bitmap createBitmap(int[] colors, int width, int height, Config config) {
        return new Bitmap(colors.clone(), width, height);
    }

    public static Bitmap createScaledBitmap(Bitmap source, int width, int height, boolean filter) {
        int[] scaled = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int row = y * source.height / height;
                scaled[y * width + x] = source.pixels[row * source.width + x * source.width / width];
            }
        }
        return new Bitmap(scaled, width, height);
    }

    public void getPixels(int[] into, int offset, int stride, int x, int y, int wide, int high) {
        for (int row = 0; row < high; row++) {
            for (int column = 0; column < wide; column++) {
                into[offset + row * stride + column] = pixels[(y + row) * width + x + column];
            }
        }
    }
}
