package android.content;

import android.content.res.AssetManager;

/** Stands in for Android's own: the assets are a folder. */
public class Context {
    public AssetManager getAssets() {
        return new AssetManager();
    }
}
