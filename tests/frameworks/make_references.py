#!/usr/bin/env python3
"""make_references.py keras|torch: writes references/FRAMEWORK.npz, what the framework computes for the layers of layer_list.py. Run by
hand when the list changes, in an environment of the framework's own:

  keras: python3 -m venv E && E/bin/pip install keras==3.15.1 jax==0.10.2 && E/bin/python make_references.py keras
  torch: apt-get install --no-install-recommends python3-torch && /usr/bin/python3 make_references.py torch
         (Debian 12: 1.13.1, which says 1.13.0a0)

Keras computes with JAX, as its numpy backend does, too. (TensorFlow 2.21 on a CPU computes other values for some layers with
channels_first than for the same layers with channels_last.) PyTorch computes in float64. Exit status 1: a layer is refused that should
not be, or the other way round, or a sum is not exact."""
import argparse
import os
import sys

import layer_list


class Keras:
    def __init__(self):
        os.environ["KERAS_BACKEND"] = os.environ.get("KERAS_BACKEND", "jax")
        import keras
        import numpy
        self.keras, self.numpy = keras, numpy
        backend = keras.backend.backend()
        self.versions = f"keras {keras.__version__}, {backend} {__import__(backend).__version__}"

    def array(self, tensor, shape):
        return self.numpy.array(layer_list.numbers(tensor, shape), "float32").reshape(shape)

    def compute(self, layer):
        names = vars(self.keras.layers) | {"keras": self.keras, "layers": self.keras.layers}
        made = eval(layer.text, names)
        made.build((None, *layer.shape[1:]))
        shapes = [weights.shape for weights in made.get_weights()]
        if len(shapes) > 2:
            raise NotImplementedError("a layer of several kernels")
        made.set_weights([self.array(tensor, shape) for tensor, shape in zip(("weights", "bias"), shapes)])
        output = self.numpy.asarray(made(self.array("input", layer.shape)), "float32")
        return shapes[0], shapes[1] if len(shapes) > 1 else None, output.shape, output.ravel().tolist()


class Torch:
    def __init__(self):
        import torch
        self.torch, self.versions = torch, f"torch {torch.__version__}"

    def tensor(self, name, shape):
        return self.torch.tensor(layer_list.numbers(name, shape), dtype=self.torch.float64).reshape(tuple(shape))

    def compute(self, layer):
        made = eval(layer.text, vars(self.torch.nn) | {"torch": self.torch, "nn": self.torch.nn}).double()
        with self.torch.no_grad():
            made.weight.copy_(self.tensor("weights", made.weight.shape))
            if made.bias is not None:
                made.bias.copy_(self.tensor("bias", made.bias.shape))
            output = made(self.tensor("input", layer.shape))
        return made.weight.shape, None if made.bias is None else made.bias.shape, output.shape, output.flatten().tolist()


def is_exact(output):
    """Whether these are sums of products of numbers(), without a rounding."""
    return all((value * 64).is_integer() for value in output)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("framework", choices=layer_list.FRAMEWORKS)
    framework = parser.parse_args().framework
    computer = {"keras": Keras, "torch": Torch}[framework]()
    references, wrong = {}, 0
    for layer in layer_list.all_layers():
        if layer.framework != framework:
            continue
        try:
            weights, bias, shape, output = computer.compute(layer)
        except Exception as error:  # Frameworks throw whatever they like.
            if not layer.unknown and not layer.refused:
                wrong += 1
                print(f"{layer.name}: refused: {' '.join(str(error).split())}")
            continue
        if layer.unknown:
            wrong += 1
            print(f"{layer.name}: is computed: {tuple(shape)}")
        elif layer.exact and not is_exact(output):
            wrong += 1
            print(f"{layer.name}: has sums that are not exact")
        else:
            references[layer.name] = (list(weights), bias and list(bias), list(shape), output)
    if not wrong:
        layer_list.write_references(framework, computer.versions, references)
    print(f"{len(references)} layers of {computer.versions}, {sum(len(output) for *_, output in references.values())} values; "
          f"{wrong} not as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
