"""Writes the goldens of SquareGoldenTest and ResizeTest.

Usage: python pictures.py PHOTOS ../resources/io/github/diffusion4j/image
PHOTOS is a folder with astronaut.png, chelsea.png and coffee.png of scikit-image's data.

squares/NAME.png is a picture, squares/NAME-SIDE.png its square as torchvision's Resize(SIDE) and
CenterCrop(SIDE) make it after transparency is laid over white and 16 bits are rounded to 8.
squares.txt has the same for pictures of a formula: width, height, side and the SHA-256 of the
square's red, green and blue bytes, row by row. bilinear-HxW-HxW.f32 holds the float32 values,
big-endian, of two images with three channels before and after torch's interpolation with
mode="bilinear" and align_corners=True.
Made with PyTorch 2.15, torchvision 0.29 and Pillow 11.3 on a CPU. Pillow 13 makes
pictures lower before it makes them narrower if they are more than twice as high as wide.
"""

import hashlib
import pathlib
import struct
import sys
import zlib

import numpy as np
import torch
from PIL import Image, ImageDraw
from torchvision import transforms

photos = pathlib.Path(sys.argv[1])
folder = pathlib.Path(sys.argv[2])
(folder / "squares").mkdir(parents=True, exist_ok=True)


def square(rgb, side):
    return transforms.Compose([transforms.Resize(side), transforms.CenterCrop(side)])(rgb)


def over_white(image):
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def noise(height, width, channels, seed):
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def golden(name, rgb, *sides):
    for side in sides:
        square(rgb, side).save(folder / "squares" / f"{name}-{side}.png", optimize=True)


def picture(name, image, *sides):
    image.save(folder / "squares" / f"{name}.png", optimize=True)
    golden(name, over_white(image), *sides)


def chunk(kind, data):
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def sixteen_bits(name, levels, colour_type, *sides):
    """A PNG of 16 bits, which Pillow cannot write; its square by levels rounded to 8 bits."""
    height, width, channels = levels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    (folder / "squares" / f"{name}.png").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )
    eight = ((levels.astype(np.int64) + 128) // 257).astype(np.uint8)
    rgb = np.repeat(eight, 3, axis=2) if channels == 1 else eight
    golden(name, Image.fromarray(rgb), *sides)


def drawing():
    canvas = Image.new("RGB", (300, 600), "white")
    pen = ImageDraw.Draw(canvas)
    pen.ellipse((40, 180, 260, 400), fill=(250, 200, 40), outline=(20, 20, 20), width=5)
    pen.line((10, 590, 150, 300, 290, 590), fill=(180, 30, 60), width=9)
    pen.rectangle((100, 90, 200, 180), fill=(30, 90, 200))
    return canvas


picture("cat", Image.open(photos / "chelsea.png").crop((120, 60, 270, 160)), 64)
picture("coffee", Image.open(photos / "coffee.png").crop((200, 100, 267, 200)), 64, 1)
picture("face", Image.open(photos / "astronaut.png").crop((200, 90, 240, 120)), 64)
picture("drawing", drawing(), 64)
picture("same", Image.open(photos / "astronaut.png").crop((180, 60, 244, 124)), 64)
picture("dot", Image.new("RGB", (1, 1), (200, 100, 50)), 1, 8)
picture("thin", Image.fromarray(noise(200, 3, 3, 1)), 2, 64)
picture("small", Image.fromarray(noise(5, 17, 3, 2)), 3, 64)
picture("alpha", Image.fromarray(noise(70, 90, 4, 3)), 32)
picture("gray", Image.fromarray(noise(70, 90, 1, 4)[:, :, 0]), 32)
picture("gray-alpha", Image.fromarray(noise(70, 90, 2, 5)), 32)
picture("bits", Image.fromarray(noise(70, 90, 1, 6)[:, :, 0]).convert("1"), 32)
palette = Image.open(photos / "coffee.png").crop((200, 100, 290, 170)).quantize(32)
picture("palette", palette, 32)
palette.save(folder / "squares" / "clear-palette.png", optimize=True, transparency=3)
golden("clear-palette", over_white(Image.open(folder / "squares" / "clear-palette.png")), 32)
deep = np.random.default_rng(7).integers(0, 65536, (40, 50, 3))
sixteen_bits("gray-16", deep[:, :, :1], 0, 32)
sixteen_bits("rgb-16", deep, 2, 32)


def formula(width, height):
    c, y, x = np.ogrid[:3, :height, :width]
    bits = (x * 7919 + y * 104729 + c * 1299709 + x * y * 31) % 65521
    return Image.fromarray((bits % 256).astype(np.uint8).transpose(1, 2, 0).copy())


sizes = [(1, 1), (1, 2), (2, 1), (2, 3), (3, 200), (17, 5), (5, 17), (31, 33), (64, 64), (65, 64)]
sizes += [(63, 64), (127, 64), (128, 129), (300, 600), (600, 300), (451, 300), (999, 7), (1000, 701)]
lines = []
for width, height in sizes:
    for side in (1, 2, 3, 17, 64, 65, 100, 256):
        pixels = np.asarray(square(formula(width, height), side))
        lines.append(f"{width} {height} {side} {hashlib.sha256(pixels.tobytes()).hexdigest()}\n")
(folder / "squares.txt").write_text("".join(lines))

torch.manual_seed(0)
for (h, w), (height, width) in [
    ((64, 3), (256, 5)),
    ((3, 64), (5, 256)),
    ((7, 5), (3, 9)),
    ((4, 4), (1, 7)),
    ((1, 6), (8, 2)),
    ((28, 28), (32, 32)),
]:
    images = torch.rand(2, 3, h, w) * 2 - 1
    resized = torch.nn.functional.interpolate(
        images, (height, width), mode="bilinear", align_corners=True
    )
    data = b"".join(t.numpy().astype(">f4").tobytes() for t in (images, resized))
    (folder / f"bilinear-{h}x{w}-{height}x{width}.f32").write_bytes(data)
