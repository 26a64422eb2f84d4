"""The layers of src/: what may include what. src/CMakeLists.txt is the only place that says so."""

import re

DECLARATION = re.compile(r"^tracehound_layer\(([^)]*)\)", re.M)
TOP = "cli"  # the program: may include every layer, and none may include it


def parse(cmake):
    """{layer: layers it may include from}, from the text of src/CMakeLists.txt."""
    layers = {}
    for declaration in DECLARATION.findall(cmake):
        words = declaration.split()
        depends = []
        if "DEPENDS" in words:
            for word in words[words.index("DEPENDS") + 1:]:
                if word == "LIBRARIES":
                    break
                depends.append(word)
        layers[words[0]] = depends
    layers[TOP] = list(layers)
    return layers


def upward(layers):
    """(layer, dependency) for each dependency declared later than the layer, or never: with none,
    the arrows cannot go round in a circle."""
    order = list(layers)
    return [(layer, dependency) for i, layer in enumerate(order) for dependency in layers[layer]
            if dependency not in order[:i]]


def layer_of(path, layers):
    """The layer a path relative to src/ lies in, or None."""
    inside = [layer for layer in layers if path.startswith(layer + "/")]
    return max(inside, key=len, default=None)
