/* A V4L2 camera for tests, without a kernel module: preloaded, it answers the ioctls on the file $V4L2_NODE.
 *
 * The file itself is the driver's memory: FRAMES pictures that OpenCV maps. YUYV, $V4L2_WIDTH x $V4L2_HEIGHT, $V4L2_FPS.
 * Luma of a picture is its number (mod 200) + 20. Stamps are of the monotonic clock. A picture that nobody fetches is
 * overwritten by the next, as drivers do when all buffers are full. Removing the file unplugs the camera.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FRAMES 4
static unsigned width, height, size, slot, fps; /* a slot: a picture's size in whole pages */
static int streaming, queued[FRAMES], head, count; /* buffers in the order they were queued */
static long long first_ns, taken;                  /* when streaming began, and how many pictures have been given */
static unsigned char *memory;

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static unsigned number(const char *name) { return (unsigned)atoi(getenv(name)); }

/* 1 if this is the camera, -1 if it was and is unplugged, 0 if it is any other file */
static int is_camera(int fd) {
    static __thread int inside;
    struct stat mine;
    static ino_t node;
    static dev_t device;
    struct stat there;
    if (inside || fstat(fd, &mine) || !S_ISREG(mine.st_mode)) return 0;
    inside = 1;
    if (!node && !stat(getenv("V4L2_NODE"), &there)) node = there.st_ino, device = there.st_dev;
    inside = 0;
    if (!node || mine.st_ino != node || mine.st_dev != device) return 0;
    return mine.st_nlink ? 1 : -1;
}

static void describe(struct v4l2_format *format) {
    format->fmt.pix.width = width, format->fmt.pix.height = height;
    format->fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV, format->fmt.pix.field = V4L2_FIELD_NONE;
    format->fmt.pix.bytesperline = width * 2, format->fmt.pix.sizeimage = size;
}

static int give(struct v4l2_buffer *buffer) {
    if (!count) return errno = EAGAIN, -1;
    long long period = 1000000000LL / fps, newest = (now_ns() - first_ns) / period;
    if (newest > taken + count) taken = newest - count; /* what did not fit was lost */
    long long due = first_ns + (taken + 1) * period, wait = due - now_ns();
    if (wait > 0) nanosleep(&(struct timespec){wait / 1000000000LL, wait % 1000000000LL}, NULL);
    int index = queued[head];
    head = (head + 1) % FRAMES, count--, taken++;
    unsigned char *pixels = memory + (size_t)index * slot;
    for (unsigned i = 0; i < size; i += 2) pixels[i] = (unsigned char)(20 + taken % 200), pixels[i + 1] = 128;
    buffer->index = (unsigned)index, buffer->bytesused = size, buffer->length = size, buffer->sequence = (unsigned)taken;
    buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    buffer->timestamp.tv_sec = due / 1000000000LL, buffer->timestamp.tv_usec = due % 1000000000LL / 1000;
    return 0;
}

static int answer(int fd, unsigned long request, void *data) {
    if (!width) {
        width = number("V4L2_WIDTH"), height = number("V4L2_HEIGHT"), fps = number("V4L2_FPS"), size = width * height * 2;
        slot = (size + 4095) / 4096 * 4096;
        if (ftruncate(fd, (off_t)FRAMES * slot)) return -1;
        memory = mmap(NULL, (size_t)FRAMES * slot, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    switch (request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *about = data;
        memset(about, 0, sizeof *about);
        snprintf((char *)about->driver, sizeof about->driver, "test");
        about->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        return 0;
    }
    case VIDIOC_ENUM_FMT: {
        struct v4l2_fmtdesc *one = data;
        if (one->index) break;
        one->pixelformat = V4L2_PIX_FMT_YUYV;
        return 0;
    }
    case VIDIOC_S_FMT: /* it has one size, and gives that whatever is asked for */
    case VIDIOC_TRY_FMT:
    case VIDIOC_G_FMT:
        describe(data);
        return 0;
    case VIDIOC_S_PARM:
    case VIDIOC_G_PARM: {
        struct v4l2_streamparm *rate = data;
        rate->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
        rate->parm.capture.timeperframe = (struct v4l2_fract){1, fps};
        return 0;
    }
    case VIDIOC_REQBUFS: {
        struct v4l2_requestbuffers *wanted = data;
        if (wanted->memory != V4L2_MEMORY_MMAP) break;
        wanted->count = wanted->count ? FRAMES : 0;
        head = count = 0;
        return 0;
    }
    case VIDIOC_QUERYBUF: {
        struct v4l2_buffer *buffer = data;
        buffer->length = size, buffer->m.offset = buffer->index * slot;
        return 0;
    }
    case VIDIOC_QBUF:
        queued[(head + count++) % FRAMES] = (int)((struct v4l2_buffer *)data)->index;
        return 0;
    case VIDIOC_STREAMON:
        streaming = 1, taken = 0, first_ns = now_ns();
        return 0;
    case VIDIOC_STREAMOFF:
        streaming = 0, head = count = 0;
        return 0;
    case VIDIOC_DQBUF:
        if (streaming) return give(data);
        break;
    }
    return errno = EINVAL, -1;
}

int ioctl(int fd, unsigned long request, ...) {
    static int (*original)(int, unsigned long, void *);
    va_list rest;
    va_start(rest, request);
    void *data = va_arg(rest, void *);
    va_end(rest);
    switch (is_camera(fd)) {
    case 1: return answer(fd, request & 0xffffffffUL, data);
    case -1: return errno = ENODEV, -1;
    }
    if (!original) original = (int (*)(int, unsigned long, void *))dlsym(RTLD_NEXT, "ioctl");
    return original(fd, request, data);
}
