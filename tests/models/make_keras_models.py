#!/usr/bin/env python3
"""make_keras_models.py FOLDER SEEDS: small models of Keras as it saves them, and what it computes of each layer, into FOLDER, as they are kept
in tests/models/keras. Run once with keras 3.12.0, jax, numpy and h5py (KERAS_BACKEND=jax); nothing of this is needed to run the tests.
NAME.npz has the outputs of layers by the names that `convforge import` gives their tensors, and the model's inputs. Into SEEDS goes what is kept in tests/fuzz/seeds/keras."""
import json
import os
import sys
import zipfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402
from keras.src.ops.function import make_node_key  # noqa: E402


def example():
    """The example of the documentation: an image of ones under 3x3x3 ones."""
    return keras.Sequential([keras.Input((8, 8, 3), name="image"),
                             layers.Conv2D(4, 3, padding="same", kernel_initializer="ones", name="conv")], name="example")


def small_cnn():
    image = keras.Input((12, 10, 3), name="image")
    x = layers.Rescaling(2.0, offset=-1.0, name="rescaling")(image)
    x = layers.ZeroPadding2D(((0, 1), (0, 1)), name="pad")(x)
    x = layers.Conv2D(8, 3, strides=2, use_bias=False, name="stem")(x)
    x = layers.BatchNormalization(name="stem_bn")(x)
    stem = layers.ReLU(6.0, name="stem_relu")(x)
    x = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(stem)
    x = layers.BatchNormalization(scale=False, name="depthwise_bn")(x)
    x = layers.Activation("hard_silu", name="depthwise_act")(x)
    x = layers.Conv2D(8, 1, name="project")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    skip = layers.Add(name="add")([stem, x])
    a = layers.SeparableConv2D(6, 3, padding="same", depth_multiplier=2, activation="silu", name="separable")(skip)
    b = layers.Conv2D(6, (1, 3), dilation_rate=(1, 2), padding="same", groups=2, name="grouped")(skip)
    b = layers.LeakyReLU(negative_slope=0.1, name="leaky")(b)
    x = layers.Concatenate(name="concatenate")([a, b])
    x = layers.MaxPooling2D(2, strides=1, padding="same", name="pool")(x)
    x = layers.Conv2DTranspose(4, 3, strides=2, padding="same", name="transposed")(x)
    x = layers.PReLU(shared_axes=[1, 2], name="prelu")(x)
    up = layers.UpSampling2D(2, name="up")(skip)
    up = layers.Conv2D(4, 3, padding="same", activation="elu", name="up_conv")(up)
    x = layers.Add(name="sum")([up, x])
    x = layers.Multiply(name="gate")([x, layers.Conv2D(4, 1, activation="sigmoid", name="gate_conv")(x)])
    maps = layers.Conv2D(5, 3, activation="softmax", name="maps")(x)
    x = layers.GlobalAveragePooling2D(name="global_pool")(x)
    return keras.Model(image, [maps, layers.Dense(3, activation="relu", name="dense")(x)], name="small_cnn")


def other_ranks():
    """1-D and 3-D layers, a layer that is called twice, and models in the model."""
    sound, volume = keras.Input((20, 2), name="sound"), keras.Input((4, 5, 6, 2), name="volume")
    x = layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu", name="causal")(sound)
    shared = layers.Conv1D(4, 3, padding="same", name="shared")
    x = layers.ZeroPadding1D((1, 2), name="pad1")(shared(shared(x)))
    x = layers.SeparableConv1D(3, 3, strides=2, name="separable1")(x)
    x = layers.DepthwiseConv1D(3, depth_multiplier=2, name="depthwise1")(x)
    x = layers.Conv1DTranspose(2, 4, strides=3, name="transposed1")(x)
    inner_input = keras.Input((None, 2), name="inner_input")
    inner = keras.Model(inner_input, layers.BatchNormalization(name="norm")(layers.Conv1D(3, 3, name="first")(inner_input)), name="inner")
    x = inner(x)
    x = keras.Sequential([layers.Conv1D(2, 1, name="first"), layers.ReLU(name="relu")], name="sequence")(x)
    y = layers.Conv3D(3, (2, 3, 3), padding="same", name="conv3")(volume)
    y = layers.BatchNormalization(center=False, name="norm3")(y)
    y = layers.ReLU(negative_slope=0.25, name="relu3")(y)
    y = layers.Conv3DTranspose(2, 2, strides=2, name="transposed3")(y)
    return keras.Model([sound, volume], [layers.Flatten(name="flat")(x), y], name="other_ranks")


def channels_first():
    image = keras.Input((3, 9, 7), name="image")
    x = layers.Conv2D(4, 3, strides=2, padding="same", data_format="channels_first", name="first")(image)
    x = layers.BatchNormalization(axis=1, name="norm")(x)
    x = layers.ReLU(name="relu")(x)
    return keras.Model(image, layers.Conv2D(2, (3, 2), data_format="channels_first", name="second")(x), name="channels_first")


def numbered(model, seed=1):
    """Weights that are neither zeros nor ones, and exact in few digits, so that files are small when deflated."""
    random = np.random.default_rng(seed)
    for variable in model.weights:
        numbers = random.integers(-8, 9, variable.shape) / 16
        variable.assign(numbers + (1.5 if "variance" in variable.path or "gamma" in variable.path else 0))
    return model


def value_of(model, tensor, inputs):
    """Of a tensor of the model's graph, on its inputs."""
    return np.asarray(keras.Model(model.inputs, tensor)(inputs))


def without_activation(layer, before):
    plain = type(layer).from_config(layer.get_config() | {"activation": None, "name": "plain"})
    plain.build(before.shape)
    plain.set_weights(layer.get_weights())
    return np.asarray(plain(before))


def depthwise_part(layer, before):
    kind = layers.DepthwiseConv1D if isinstance(layer, layers.SeparableConv1D) else layers.DepthwiseConv2D
    depthwise = kind(layer.kernel_size, strides=layer.strides, padding=layer.padding, use_bias=False,
                     depth_multiplier=layer.depth_multiplier)
    depthwise.build(before.shape)
    depthwise.kernel.assign(layer.depthwise_kernel)
    return np.asarray(depthwise(before))


def outputs_of(model, inputs, prefix=""):
    """By layers' names: of each call, those of nested models too."""
    found = {}
    for layer in model.layers:
        nodes = [node for i, node in enumerate(layer._inbound_nodes) if make_node_key(layer, i) in model._nodes and node.input_tensors]
        for number, node in enumerate(nodes):
            name = prefix + layer.name + (f"#{number}" if number else "")
            before = [value_of(model, tensor, inputs) for tensor in node.input_tensors]
            if isinstance(layer, keras.Model):
                inner = layer._functional if isinstance(layer, keras.Sequential) else layer
                found |= outputs_of(inner, before, name + "/")
                continue
            found[name] = value_of(model, node.output_tensors[0], inputs)
            if isinstance(layer, (layers.SeparableConv1D, layers.SeparableConv2D)):
                found[name + "/depthwise"] = depthwise_part(layer, before[0])
            if getattr(layer, "activation", None) is keras.activations.softmax:
                found[name + " before softmax"] = without_activation(layer, before[0])
    return found


def keras_2(path, new):
    """The file as Keras 2 wrote it: other names of arguments and variables, lists as inbound nodes, no build_config. Fixed texts, and chunks
    that are deflated, as h5py can write them."""
    def arguments(entry):
        config = {k: v for k, v in entry["config"].items() if k not in ("registered_name", "build_config")}
        if isinstance(config.get("dtype"), dict):
            config["dtype"] = config["dtype"]["config"]["name"]
        if "batch_shape" in config:
            config["batch_input_shape"] = config.pop("batch_shape")
        if entry["class_name"] == "LeakyReLU":
            config["alpha"] = config.pop("negative_slope")
        if entry["class_name"] == "DepthwiseConv2D":
            config |= {"groups": 1}
        nodes = []
        for node in entry["inbound_nodes"]:
            tensors = node["args"][0] if isinstance(node["args"][0], list) else node["args"]
            nodes.append([[*tensor["config"]["keras_history"], {}] for tensor in tensors])
        return {"class_name": entry["class_name"], "config": config, "name": config["name"], "inbound_nodes": nodes}

    with h5py.File(new) as source, h5py.File(path, "w") as file:
        config = json.loads(source.attrs["model_config"])
        model = config["config"]
        lists = {key: model[key] if isinstance(model[key][0], list) else [model[key]] for key in ("input_layers", "output_layers")}
        config = {"class_name": "Functional", "config": {"name": model["name"], "layers": [arguments(layer) for layer in model["layers"]], **lists}}
        file.attrs["model_config"] = np.bytes_(json.dumps(config))
        file.attrs["keras_version"] = np.bytes_("2.15.0")
        weights = file.create_group("model_weights")
        for name, group in source["model_weights"].items():
            names = [path.decode() if isinstance(path, bytes) else path for path in group.attrs["weight_names"]]
            own = weights.create_group(name)
            own.attrs["weight_names"] = np.array([np.bytes_(path + ":0") for path in names]) if names else []
            for each in names:
                data = group[each][()]
                own.create_dataset(each + ":0", data=data, **({"chunks": True, "compression": "gzip"} if data.size > 8 else {}))


def deflated(path):
    """The archive again, smaller: Keras stores members as they are, and reads either."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)


def newest(path, old):
    """The same with the newest forms of HDF5's groups and headers."""
    with h5py.File(old) as source, h5py.File(path, "w", libver="latest") as file:
        file.attrs["model_config"] = source.attrs["model_config"]
        source.copy("model_weights", file)


def seed_config(kind, names, **extra):
    """A model of few words, for tests/fuzz."""
    entries = [{"class_name": "Conv2D", "config": {"name": names[0], "filters": 2, "kernel_size": [3, 3], "activation": "relu"}},
               {"class_name": "BatchNormalization", "config": {"name": names[1], "axis": [3], "scale": False}},
               {"class_name": "Dense", "config": {"name": names[2], "units": 1}}]
    if kind == "Sequential":
        entries[0]["config"]["batch_input_shape"] = [None, 4, 4, 1]
        return {"class_name": kind, "config": {"name": "m", "layers": entries} | extra}
    entries.insert(0, {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 4, 4, 1]}, "inbound_nodes": []})
    entries.append({"class_name": "Add", "config": {"name": "sum"}})
    for entry, read in zip(entries[1:], ("x", *names[:2], names[1]), strict=True):
        tensors = [{"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}} for name in (read, *names[2:][:entry["class_name"] == "Add"])]
        entry["inbound_nodes"] = [{"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {"mask": None}}]
    return {"class_name": kind, "config": {"name": "m", "layers": entries, "input_layers": ["x", 0, 0], "output_layers": [["sum", 0, 0]]}}


SEED_WEIGHTS = [("kernel", (3, 3, 1, 2)), ("bias", (2,))], [("beta", (2,)), ("moving_mean", (2,)), ("moving_variance", (2,))], [("kernel", (2, 1)), ("bias", (1,))]


def write_seeds(folder):
    """Files of a few kilobytes, as the fuzz target mutates them: config and weights behind one another, too (tests/fuzz/keras.cpp)."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ["a", "b", "d"]
    for libver, chunks in (("earliest", False), ("latest", False), ("earliest", True)):
        path = folder / f"{'chunks' if chunks else libver}.h5"
        with h5py.File(path, "w", libver=libver) as file:
            config = json.dumps(seed_config("Sequential", names), separators=(",", ":"))
            file.attrs["model_config"] = config if libver == "latest" else np.bytes_(config)
            for name, variables in zip(names, SEED_WEIGHTS, strict=True):
                group = file.create_group(f"model_weights/{name}")
                group.attrs["weight_names"] = np.array([np.bytes_(variable) for variable, _ in variables])
                for variable, shape in variables:
                    more = {"chunks": tuple(max(1, size - 1) for size in shape)} | ({"compression": "gzip"} if len(shape) > 1 else {}) if chunks else {}
                    group.create_dataset(variable, data=np.ones(shape, "f8" if variable == "beta" else "f4"), **more)
    weights = folder / "weights.h5"
    with h5py.File(weights, "w") as file:
        for group, variables in zip(("conv2d", "batch_normalization", "dense"), SEED_WEIGHTS, strict=True):
            for place, (_, shape) in enumerate(variables):
                file[f"layers/{group}/vars/{place}"] = np.ones(shape, "f2" if group == "dense" else "f4")
        file["layers/conv2d/vars"].attrs["name"] = "a"
    config = json.dumps(seed_config("Functional", names), separators=(",", ":")).encode()
    (folder / "functional.parts").write_bytes(config + b"\0" + weights.read_bytes())
    for name, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(folder / f"{name}.keras", "w", method) as archive:
            archive.writestr(zipfile.ZipInfo("config.json"), config, method)
            archive.writestr(zipfile.ZipInfo("model.weights.h5"), weights.read_bytes(), method)
    weights.unlink()
    (folder / "refused_cut.h5").write_bytes((folder / "earliest.h5").read_bytes()[:3000])
    (folder / "refused_circle.parts").write_bytes(config.replace(b'"x",0,0', b'"sum",0,0') + b"\0")
    print({path.name: path.stat().st_size for path in folder.iterdir()})


def save_outputs(model, folder):
    random = np.random.default_rng(7)
    inputs = [np.round(random.uniform(-1, 1, (1, *value.shape[1:])) * 64).astype(np.float32) / 64 for value in model.inputs]
    given = {value.name: array for value, array in zip(model.inputs, inputs, strict=True)}
    functional = model._functional if isinstance(model, keras.Sequential) else model
    np.savez_compressed(folder / f"{model.name}.npz", **given, **outputs_of(functional, inputs))


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    small, cnn, ranks, first = example(), numbered(small_cnn()), numbered(other_ranks()), numbered(channels_first())
    for model in (small, cnn, ranks, first):
        model.save(folder / f"{model.name}.keras")
        save_outputs(model, folder)
    for model in (cnn, ranks, first):
        deflated(folder / f"{model.name}.keras")
    for model in (small, cnn, ranks):
        model.save(folder / f"{model.name}.h5", include_optimizer=False)
    newest(folder / "example_newest.h5", folder / "example.h5")
    keras_2(folder / "small_cnn_keras2.h5", folder / "small_cnn.h5")
    (folder / "small_cnn.h5").unlink()  # other_ranks.h5 is of the same form
    write_seeds(Path(sys.argv[2]))


if __name__ == "__main__":
    main()
