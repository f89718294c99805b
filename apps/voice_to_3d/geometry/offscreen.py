"""Drawing without a screen: pyrender through EGL, or through OSMesa where there is no EGL.

A context of OpenGL belongs to the thread that made it. One thread of the process therefore holds the one renderer, and
whoever wants a picture waits for that thread.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from wugan.errors import DataError

if TYPE_CHECKING:
    from pyrender import Scene

Result = TypeVar("Result")
PACKAGES = "libegl1 libegl-mesa0 libgl1-mesa-dri (or libosmesa6)"
OSMESA = {  # GL/osmesa.h
    "OSMESA_FORMAT": 0x22,
    "OSMESA_RGBA": 0x1908,
    "OSMESA_DEPTH_BITS": 0x30,
    "OSMESA_PROFILE": 0x33,
    "OSMESA_CORE_PROFILE": 0x34,
    "OSMESA_CONTEXT_MAJOR_VERSION": 0x36,
    "OSMESA_CONTEXT_MINOR_VERSION": 0x37,
}
_thread: ThreadPoolExecutor | None = None
_process = 0
_renderer: Any = None


def draw(scene: Callable[[], Scene], size: tuple[int, int]) -> np.ndarray:
    """The picture of a scene, uint8 [height, width, 4]: colours over white, and how much of each pixel is covered.

    Args:
        scene: makes the scene; called in the thread that draws, after OpenGL has been found.
        size: width and height, pixels.

    Raises:
        DataError: neither EGL nor OSMesa can be used; names what to install.
    """
    global _thread, _process
    if _thread is None or _process != os.getpid():  # after a fork the thread is not there
        _thread, _process = ThreadPoolExecutor(1, "wugan-preview"), os.getpid()
        _forget()
    return _thread.submit(_draw, scene, size).result()


def _draw(scene: Callable[[], Scene], size: tuple[int, int]) -> np.ndarray:
    renderer = _open(size)
    from pyrender import RenderFlags

    colour, _ = renderer.render(scene(), flags=RenderFlags.RGBA)
    return np.asarray(colour)


def _open(size: tuple[int, int]) -> Any:
    global _renderer
    if _renderer is None:
        _choose()
        try:
            from pyrender import OffscreenRenderer
        except ImportError as error:
            raise DataError(f"a preview needs pyrender ({error}): pip install 'wugan[design]'") from error
        try:
            _renderer = OffscreenRenderer(*size)
        except Exception as error:  # each platform has exceptions of its own
            raise DataError(f"no picture: OpenGL without a screen does not start ({error}); {_remedy()}") from error
        # Mesa's OSMesa has framebuffers, and only through them does pyrender give coverage and smooth edges.
        _renderer._platform.supports_framebuffers = lambda: True
    renderer = _renderer
    if (renderer.viewport_width, renderer.viewport_height) != size:
        renderer.viewport_width, renderer.viewport_height = size
    return renderer


def _choose() -> None:
    """Set PYOPENGL_PLATFORM, by which pyrender chooses, to what this machine has."""
    if os.environ.get("PYOPENGL_PLATFORM") in ("egl", "osmesa"):
        found = os.environ["PYOPENGL_PLATFORM"]
    else:
        found = "egl" if _egl() else "osmesa" if _library("OSMesa") else ""
        if not found:
            raise DataError(f"no picture: this machine has neither EGL nor OSMesa; {_remedy()}")
        os.environ["PYOPENGL_PLATFORM"] = found
    if found == "osmesa":
        _complete_osmesa()


def _egl() -> bool:
    """Whether EGL is there and has a device, if only the one that draws in software."""
    library = _library("EGL")
    if library is None:
        return False
    library.eglGetProcAddress.restype = ctypes.c_void_p
    library.eglGetProcAddress.argtypes = [ctypes.c_char_p]
    query = library.eglGetProcAddress(b"eglQueryDevicesEXT")
    if not query:
        return False
    count = ctypes.c_int()
    devices = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_int))(query)
    return bool(devices(0, None, ctypes.byref(count)) and count.value > 0)


def _library(name: str) -> ctypes.CDLL | None:
    found = ctypes.util.find_library(name)
    try:
        return ctypes.CDLL(found) if found else None
    except OSError:
        return None


def _complete_osmesa() -> None:
    """Add what PyOpenGL 3.1.0, to which pyrender is bound, lacks: the call that asks OSMesa for OpenGL 3.3."""
    import OpenGL.osmesa as osmesa

    if hasattr(osmesa, "OSMesaCreateContextAttribs"):
        return
    create = ctypes.CDLL(ctypes.util.find_library("OSMesa")).OSMesaCreateContextAttribs
    create.restype = osmesa.OSMesaContext
    create.argtypes = [ctypes.c_void_p, osmesa.OSMesaContext]
    osmesa.OSMesaCreateContextAttribs = lambda attributes, share: create(_address(attributes), share)
    # It also keeps records by context, whose handle must therefore be hashable.
    osmesa.OSMesaContext.__hash__ = lambda handle: ctypes.cast(handle, ctypes.c_void_p).value or 0
    osmesa.OSMesaContext.__eq__ = lambda handle, other: hash(handle) == hash(other)
    for name, value in OSMESA.items():
        setattr(osmesa, name, value)


def _address(array: Any) -> int:
    """Of the memory of an array, NumPy's or that of ctypes, whichever PyOpenGL made."""
    return int(array.ctypes.data) if isinstance(array, np.ndarray) else ctypes.addressof(array)


def _remedy() -> str:
    return f"on Debian and Ubuntu: apt-get install {PACKAGES}"


def _forget() -> None:
    global _renderer
    _renderer = None


def close() -> None:
    """Give the renderer back; the next picture opens another."""
    if _thread is None or _process != os.getpid() or _renderer is None:
        return
    _thread.submit(_renderer.delete).result()
    _forget()
