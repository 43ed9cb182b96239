"""A photograph as the inputs of models."""
import numpy as np
from PIL import Image


def pixels(photograph, height, width):
    """Of its whole, as numbers from -1 to 1: height, width, colours."""
    image = Image.open(photograph).convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image, np.float32) / 127.5 - 1


def input_of(photograph, shape):
    """Images of three colours in either layout; what is no image takes the photograph's rows one after another, as a sound."""
    if len(shape) == 4 and shape[1] == 3:
        return np.repeat(pixels(photograph, *shape[2:]).transpose(2, 0, 1)[None], shape[0], 0)
    if len(shape) == 4 and shape[3] == 3:
        return np.repeat(pixels(photograph, *shape[1:3])[None], shape[0], 0)
    row = pixels(photograph, 512, 512).mean(2).ravel()
    return np.resize(row, shape).astype(np.float32)
