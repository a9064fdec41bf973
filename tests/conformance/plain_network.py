"""Darknet's formulas again, plainly, in double: the judge where two programs differ.

Written from Darknet's source (AlexeyAB, commit 59596d7: the forward_... of each layer, blas.c, activations.c), and
independent of our code. Only layers that detectors use.
"""

import numpy

EPSILON = 1e-5  # of batch normalisation
HEADS = ("yolo", "Gaussian_yolo", "region")

ACTIVATIONS = {
    "linear": lambda x: x,
    "leaky": lambda x: numpy.where(x > 0, x, 0.1 * x),
    "relu": lambda x: numpy.maximum(x, 0),
    "relu6": lambda x: numpy.clip(x, 0, 6),
    "logistic": lambda x: 1 / (1 + numpy.exp(-x)),
    "swish": lambda x: x / (1 + numpy.exp(-x)),
    "mish": lambda x: x * numpy.tanh(numpy.logaddexp(0, x)),
}


def sections_of(cfg):
    """(name, keys) of each section; the first of two equal keys counts."""
    sections = []
    for line in cfg.splitlines():
        line = "".join(line.split()).split("#")[0].split(";")[0]
        if line.startswith("["):
            sections.append((line.strip("[]"), {}))
        elif line:
            key, _, value = line.partition("=")
            sections[-1][1].setdefault(key, value)
    return sections


def reorganised(x, shape, stride):
    """reorg_cpu, not reversed: `shape` is the channels, height and width that it is called with."""
    channels, height, width = shape
    k, j, i = numpy.indices(shape)
    part = channels // (stride * stride)
    column = i * stride + k // part % stride
    row = j * stride + k // part // stride
    return x.ravel()[column + width * stride * (row + height * stride * (k % part))]


class PlainNetwork:
    def __init__(self, cfg, weights, epsilon=EPSILON):
        (_, self.net), *self.layers = sections_of(cfg)
        self.weights = numpy.memmap(weights, numpy.float32, "r")
        major, minor = self.weights[:2].view(numpy.int32)
        self.begin = 5 if major * 10 + minor >= 2 else 4  # the pictures seen took 32 bits before
        self.epsilon = epsilon
        self.outputs = []
        self.places = {}  # of the convolutions' weights in the file

    def heads(self, picture):
        """What goes into each head. `picture`: channels, height, width; 0 to 1."""
        self.at = self.begin
        self.outputs = []
        last_use = self.last_uses()
        heads = []
        x = picture.astype(float)
        for index, (name, keys) in enumerate(self.layers):
            if name in HEADS:
                heads.append(x)
            else:
                x = getattr(self, name)(x, keys)
                x = ACTIVATIONS[keys.get("activation", "logistic" if name == "convolutional" else "linear")](x)
            self.outputs.append(x)
            for other in last_use.get(index, ()):
                self.outputs[other] = None
        assert self.at == len(self.weights), f"{len(self.weights) - self.at} numbers of the file weren't read"
        return heads

    def read_layers(self, keys, index):
        named = keys.get("layers", keys.get("from", ""))
        return [int(each) + (index if int(each) < 0 else 0) for each in named.split(",") if each]

    def last_uses(self):
        """The outputs that nobody reads after a layer, by that layer."""
        last = {index: index + 1 for index in range(len(self.layers))}
        for index, (_, keys) in enumerate(self.layers):
            last.update((other, max(last[other], index)) for other in self.read_layers(keys, index))
        uses = {}
        for other, index in last.items():
            uses.setdefault(index, []).append(other)
        return uses

    def named(self, keys):
        return [self.outputs[index] for index in self.read_layers(keys, len(self.outputs))]

    def read(self, *shape):
        count = int(numpy.prod(shape))
        self.at += count
        return self.weights[self.at - count:self.at].reshape(shape).astype(float)

    def owner(self, index):
        """The convolution whose weights convolution `index` uses: its own, or a shared one's."""
        shared = self.layers[index][1].get("share_index")
        return index if shared is None else self.owner(int(shared) + (index if int(shared) < 0 else 0))

    def convolutional(self, x, keys):
        assert not int(keys.get("antialiasing", 0))
        index = len(self.outputs)
        owner, after = self.owner(index), self.at
        self.at = self.places.setdefault(owner, self.at)
        size, filters, groups = (int(keys.get(key, 1)) for key in ("size", "filters", "groups"))
        stride = int(keys.get("stride", 1))
        step_x, step_y = (int(keys.get(key, stride)) for key in ("stride_x", "stride_y"))
        dilation = int(keys.get("dilation", 1)) if size > 1 else 1
        padding = (size // 2 if int(keys.get("pad", 0)) else int(keys.get("padding", 0))) * dilation
        normal = int(self.layers[owner][1].get("batch_normalize", 0))
        bias, *rest = (self.read(filters, 1, 1) for _ in range(4 if normal else 1))
        channels = len(x) // groups
        kernel = self.read(groups, filters // groups, channels, size, size)
        self.at = self.at if owner == index else after
        padded = numpy.pad(x, ((0, 0), (padding, padding), (padding, padding)))
        reach = dilation * (size - 1)
        height = (padded.shape[1] - reach - 1) // step_y + 1
        width = (padded.shape[2] - reach - 1) // step_x + 1
        sums = numpy.zeros((groups, filters // groups, height * width))
        for row in range(size):
            for column in range(size):
                seen = padded[:, row * dilation:, column * dilation:][:, ::step_y, ::step_x][:, :height, :width]
                sums += kernel[..., row, column] @ seen.reshape(groups, channels, height * width)
        sums = sums.reshape(filters, height, width)
        if normal:
            scale, mean, variance = rest
            sums = (sums - mean) / numpy.sqrt(variance + self.epsilon) * scale
        return sums + bias

    def maxpool(self, x, keys):
        if int(keys.get("maxpool_depth", 0)):
            count = int(keys.get("out_channels", 1))
            return numpy.stack([x[first::count].max(axis=0) for first in range(count)])
        return self.over_windows(numpy.maximum, x, keys, -numpy.inf)

    def local_avgpool(self, x, keys):
        inside = self.over_windows(numpy.add, numpy.ones_like(x), keys, 0)
        return self.over_windows(numpy.add, x, keys, 0) / inside

    def over_windows(self, join, x, keys, outside):
        assert not {"antialiasing", "stride_x", "stride_y"} & keys.keys()
        stride = int(keys.get("stride", 1))
        size = int(keys.get("size", stride))
        padding = int(keys.get("padding", size - 1))
        before = padding // 2
        height, width = ((side + padding - size) // stride + 1 for side in x.shape[1:])
        padded = numpy.pad(x, ((0, 0), (before, size), (before, size)), constant_values=outside)
        joined = numpy.full((len(x), height, width), float(outside))
        for row in range(size):
            for column in range(size):
                seen = padded[:, row::stride, column::stride][:, :height, :width]
                join(joined, seen, out=joined)
        return joined

    def route(self, _, keys):
        groups, group = int(keys.get("groups", 1)), int(keys.get("group_id", 0))
        parts = [len(each) // groups for each in self.named(keys)]
        return numpy.concatenate([each[group * part:(group + 1) * part]
                                  for each, part in zip(self.named(keys), parts)])

    def shortcut(self, x, keys):
        assert keys.get("weights_type", "none") == "none"
        x = x.copy()
        for other in self.named(keys):
            both = min(len(x), len(other))
            x[:both] += other[:both]
        return x

    def avgpool(self, x, _):
        return x.mean(axis=(1, 2), keepdims=True)

    def upsample(self, x, keys):
        stride = int(keys.get("stride", 2))
        return x.repeat(stride, axis=1).repeat(stride, axis=2) * float(keys.get("scale", 1))

    def scale_channels(self, x, keys):
        return x * self.named(keys)[0]

    sam = scale_channels

    def dropout(self, x, _):
        return x

    contrastive = dropout  # which no layer reads

    def reorg3d(self, x, keys):
        channels, height, width = x.shape
        stride = int(keys.get("stride", 1))
        shape = (channels * stride * stride, height // stride, width // stride)
        return reorganised(x, shape, stride)

    def reorg(self, x, keys):
        channels, height, width = x.shape
        stride = int(keys.get("stride", 1))
        shape = (channels * stride * stride, height // stride, width // stride)
        return reorganised(x, x.shape, stride).reshape(shape)
