#!/usr/bin/env python3
"""make_models.py DIGITS.csv.gz: writes what is kept beside this script. Run once, with keras 3.12.0, jax and numpy (KERAS_BACKEND=jax);
nothing of this is needed to build or run the example.

DIGITS.csv.gz is sklearn/datasets/data/digits.csv.gz of scikit-learn's wheel (1.7.2): 1797 handwritten digits of 8x8 pixels from 0 to 16, each a
line of 64 pixels and the digit (UCI's Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, CC BY 4.0). The last 297 are not
trained with: they are the test set.

seed.keras   one Conv2D with a 2x2 kernel of ones over a 3x3 image of three colours, as in ../seed_cases
digits.keras a small CNN, trained here
test.csv     the test set, in the form of the file
"""
import gzip
import os
import sys
import zipfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

HERE = Path(__file__).parent
TESTED = 297


def seed():
    return keras.Sequential([keras.Input((3, 3, 3), name="image"), layers.Conv2D(1, 2, activation="relu", kernel_initializer="ones", name="conv")],
                            name="seed")


def cnn():
    return keras.Sequential([
        keras.Input((8, 8, 1), name="image"),
        layers.Rescaling(1 / 16, name="rescaling"),
        layers.Conv2D(16, 3, padding="same", use_bias=False, name="first"),
        layers.BatchNormalization(name="first_norm"),
        layers.ReLU(name="first_relu"),
        layers.Conv2D(32, 3, padding="same", activation="relu", name="second"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Conv2D(32, 3, padding="same", activation="relu", name="third"),
        layers.Flatten(name="flat"),
        layers.Dropout(0.5, name="dropout"),
        layers.Dense(10, activation="softmax", name="digit"),
    ], name="digits")


def trained(images, labels):
    keras.utils.set_random_seed(1)
    model = cnn()
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, 40 * len(images) // 32)), "sparse_categorical_crossentropy")
    model.fit(images, labels, batch_size=32, epochs=40, verbose=0)
    plain = cnn()  # Without what was for training only, of which the file would be three times as large.
    plain.set_weights(model.get_weights())
    return plain


def save(model):
    """Keras stores members of its archive as they are, and reads either."""
    path = HERE / f"{model.name}.keras"
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)


def main():
    lines = gzip.decompress(Path(sys.argv[1]).read_bytes()).decode().splitlines()
    rows = np.array([line.split(",") for line in lines], np.float32)
    images, labels = rows[:, :64].reshape(-1, 8, 8, 1), rows[:, 64].astype(int)
    model = trained(images[:-TESTED], labels[:-TESTED])
    right = int((model.predict(images[-TESTED:], verbose=0).argmax(1) == labels[-TESTED:]).sum())
    print(f"{model.count_params()} parameters, {right} of {TESTED} right")
    save(seed())
    save(model)
    (HERE / "test.csv").write_text("\n".join(lines[-TESTED:]) + "\n")


if __name__ == "__main__":
    main()
