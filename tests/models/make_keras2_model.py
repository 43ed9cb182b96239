#!/usr/bin/env python3
"""make_keras2_model.py FOLDER: a small model as Keras 2 saves it, in both forms, and what it computes of each layer, into FOLDER, as kept in
tests/models/keras. Run once with tensorflow-cpu 2.15.1; nothing of this is needed to run the tests."""
import sys
from pathlib import Path

import numpy as np
import tensorflow
from tensorflow import keras
from tensorflow.keras import layers


def model():
    image = keras.Input((7, 6, 3), name="image")
    x = layers.Conv2D(4, 3, padding="same", use_bias=False, name="first")(image)
    x = layers.BatchNormalization(name="norm")(x)
    skip = layers.ReLU(6.0, name="relu")(x)
    x = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(skip)
    x = layers.LeakyReLU(0.1, name="leaky")(x)
    x = layers.SeparableConv2D(4, 3, padding="same", name="separable")(x)
    x = layers.add([skip, x], name="add")
    x = keras.Sequential([layers.Conv2D(2, 1, input_shape=(7, 6, 4), name="conv"), layers.BatchNormalization(name="norm")], name="nest")(x)
    x = layers.Conv2DTranspose(2, 2, strides=2, name="transposed")(x)
    return keras.Model(image, tensorflow.nn.relu(x), name="keras2")


def main():
    folder, made = Path(sys.argv[1]), model()
    random = np.random.default_rng(1)
    for variable in made.weights:
        numbers = random.integers(-8, 9, variable.shape) / 16
        variable.assign(numbers + (1.5 if "variance" in variable.name or "gamma" in variable.name else 0))
    image = np.round(random.uniform(-1, 1, (1, 7, 6, 3)) * 64).astype(np.float32) / 64
    outputs = {"image": image}
    for layer in made.layers[1:]:
        if layer.name != "nest" and not layer.name.startswith("tf."):
            outputs[layer.name] = keras.Model(made.input, layer.output)(image).numpy()
    depthwise, separable = layers.DepthwiseConv2D(3, padding="same", use_bias=False), made.get_layer("separable")
    depthwise.build(outputs["leaky"].shape)
    depthwise.set_weights([separable.get_weights()[0]])
    outputs["separable/depthwise"] = depthwise(outputs["leaky"]).numpy()
    nest = made.get_layer("nest")
    outputs["nest/conv"] = nest.layers[0](outputs["add"]).numpy()
    outputs["nest/norm"] = nest(outputs["add"]).numpy()
    made.save(folder / "keras2.keras"), made.save(folder / "keras2.h5", include_optimizer=False)
    np.savez_compressed(folder / "keras2.npz", **outputs)


if __name__ == "__main__":
    main()
