"""A camera on the network: run by Debian's Python with a port and pictures a second; says `ready`, or nothing."""

import sys
import time

try:
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstApp", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstApp, GstRtspServer
except (ImportError, ValueError):
    raise SystemExit from None

WIDTH, HEIGHT, BITS = 768, 64, 48
PORT, FPS = sys.argv[1], int(sys.argv[2])
CAPS = f"video/x-raw,format=GRAY8,width={WIDTH},height={HEIGHT},framerate={FPS}/1"
LAUNCH = (
    f"( appsrc name=source is-live=true format=time do-timestamp=true caps={CAPS} "
    "! videoconvert ! video/x-raw,format=I420 "
    f"! x264enc tune=zerolatency speed-preset=ultrafast key-int-max={FPS} ! rtph264pay name=pay0 pt=96 )"
)


def push(source: "GstApp.AppSrc") -> bool:
    """A picture of which 48 squares tell the milliseconds now."""
    bits = f"{round(time.time() * 1000):0{BITS}b}"
    line = b"".join((b"\xf0" if bit == "1" else b"\x10") * (WIDTH // BITS) for bit in bits)
    return source.emit("push-buffer", Gst.Buffer.new_wrapped(line * HEIGHT)) == Gst.FlowReturn.OK


def configure(factory: object, media: "GstRtspServer.RTSPMedia") -> None:
    source = media.get_element().get_by_name("source")
    GLib.timeout_add(1000 // FPS, push, source)


Gst.init(None)
if any(Gst.ElementFactory.find(name) is None for name in ("appsrc", "x264enc", "rtph264pay")):
    raise SystemExit
server = GstRtspServer.RTSPServer()
server.set_service(PORT)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(LAUNCH)
factory.set_shared(True)
factory.connect("media-configure", configure)
server.get_mount_points().add_factory("/camera", factory)
if server.attach(None):
    print("ready", flush=True)
    GLib.MainLoop().run()
