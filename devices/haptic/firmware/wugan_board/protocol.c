#include "protocol.h"

#include <string.h>

#include "board.h"
#include "cobs.h"
#include "crc32.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "fields are copied as they lie in memory, which must be little-endian"
#endif

enum { VERSION = 1, HEADER = 4, CHECK = 4, WATCHDOG_MIN = 5, WATCHDOG_MAX = 500 };
enum { HELLO = 0x01, ARM = 0x02, COMMAND = 0x03, DISARM = 0x04, ESTOP = 0x05, CLEAR = 0x06 };
enum { HELLO_REPLY = 0x81, STATE = 0x83, ERROR = 0xFF };
enum { ARMED = 1, OUTPUT = 2, CLAMPED = 4, RAMPING = 8, TRIPPED = 16, STOPPED = 32, WORKSPACE = 64, FAULT = 128 };
enum {
    NO_ERROR = 0, E_CRC = 1, E_LENGTH = 2, E_TYPE = 3, E_NON_FINITE = 4, E_STALE = 5, E_NOT_ARMED = 6,
    E_NONCE = 7, E_VERSION = 8, E_OVERRUN = 9, E_ESTOP = 10, E_RANGE = 11, ANSWERED = 0xFE
};

#define HELLO_REPLY_SIZE (36 + 8 * BOARD_AXES)
#define STATE_SIZE (8 + 12 * BOARD_AXES)
#define COMMAND_SIZE (4 + 4 * BOARD_AXES)
#define MAX_ANSWER (HEADER + CHECK + (HELLO_REPLY_SIZE > STATE_SIZE ? HELLO_REPLY_SIZE : STATE_SIZE))
/* The longest frame that we take: an ARM has 24 bytes, a COMMAND of 8 axes 44. */
#define MAX_RAW 60
#define RING 128 /* two frames and more; a power of two */

/* A working emergency stop as it comes over the line, number 0. */
static const uint8_t stop_frame[] = {0x03, 0x01, 0x05, 0x01, 0x05, 0x92, 0x7A, 0x33, 0x9F, 0x00};

/* --- shared with interrupts */
static uint8_t ring[RING];
static volatile uint8_t ring_in, ring_out, overruns, ticks;
static volatile uint8_t armed, tripped, stopped, fault;
static volatile uint16_t alive_ms; /* what is left of the watchdog's time */
static uint8_t stop_match;
static uint8_t skipping; /* bytes were lost: drop to the next zero */

/* --- the main loop's own */
static uint8_t frame[MAX_RAW + 1], frame_length, frame_overlong;
static uint8_t have_session, clamped, ticks_done;
static uint32_t nonce, now_ms, error_count;
static uint16_t last, watchdog_ms, ramp_ms, armed_ms;
static float cap, slew_per_ms, target[BOARD_AXES], applied[BOARD_AXES];
static int32_t counts[BOARD_AXES], speed[BOARD_AXES]; /* speed in counts per ms, times 256 */
static uint32_t told_ms[10];
static uint8_t told_at;

void wugan_init(void) {
    uint8_t before = board_lock();
    armed = tripped = stopped = fault = 0;
    ring_in = ring_out = overruns = ticks = ticks_done = 0;
    stop_match = skipping = frame_length = frame_overlong = have_session = 0;
    error_count = now_ms = 0;
    board_zero();
    board_unlock(before);
    for (uint8_t i = 0; i < 10; i++) told_ms[i] = (uint32_t)-1000;
    for (uint8_t i = 0; i < BOARD_AXES; i++) {
        counts[i] = board_counts(i);
        speed[i] = 0;
    }
}

/* --- in interrupts */

static void stop_now(void) {
    armed = 0;
    stopped = 1;
    board_zero();
}

void wugan_overrun(void) {
    overruns++;
    skipping = 1;
    stop_match = 0xFF;
}

void wugan_receive(uint8_t byte) {
    uint8_t next = (ring_in + 1) & (RING - 1);
    /* Before any queue, so that nothing can be in the way: compare with the constant frame. */
    if (stop_match < sizeof stop_frame && byte == stop_frame[stop_match]) {
        if (++stop_match == sizeof stop_frame) stop_now();
    } else {
        stop_match = 0xFF; /* not this frame; wait for the next */
    }
    if (byte == 0) stop_match = 0;
    if (skipping) {
        if (byte) return;
        skipping = 0;
    }
    if (next == ring_out) {
        wugan_overrun();
        if (byte == 0) stop_match = 0;
        return;
    }
    ring[ring_in] = byte;
    ring_in = next;
}

void wugan_tick(void) {
    ticks++;
    fault = board_fault();
    if (board_estop()) stop_now();
    if (armed) {
        if (alive_ms) alive_ms--;
        if (!alive_ms) tripped = 1;
        if (!alive_ms || fault) {
            armed = 0;
            board_zero();
        }
    }
}

/* --- answers */

static void send(uint8_t type, uint16_t seq, uint8_t *raw, uint8_t payload) {
    uint8_t encoded[MAX_ANSWER + 2];
    uint32_t crc;
    raw[0] = VERSION;
    raw[1] = type;
    memcpy(raw + 2, &seq, 2);
    crc = crc32(raw, HEADER + payload);
    memcpy(raw + HEADER + payload, &crc, 4);
    board_send(encoded, cobs_encode(raw, HEADER + payload + CHECK, encoded));
}

static void send_state(uint16_t seq) {
    uint8_t raw[HEADER + STATE_SIZE + CHECK];
    uint8_t *out = raw + HEADER + 8;
    uint32_t micros = board_micros();
    uint8_t before = board_lock();
    uint8_t is_armed = armed, found = fault;
    uint16_t status = (tripped ? TRIPPED : 0) | (stopped ? STOPPED : 0) | (found ? FAULT : 0);
    board_unlock(before);
    if (is_armed) status |= ARMED | (clamped ? CLAMPED : 0) | (armed_ms < ramp_ms ? RAMPING : 0);
    for (uint8_t i = 0; i < BOARD_AXES; i++) {
        float position = (float)board_counts(i) * (1.0f / BOARD_COUNTS_PER_RAD);
        float velocity = (float)speed[i] * (1000.0f / 256.0f / BOARD_COUNTS_PER_RAD);
        float force = is_armed ? applied[i] : 0.0f;
        if (position > BOARD_WIDTH || position < -BOARD_WIDTH) status |= WORKSPACE;
        if (force != 0.0f) status |= OUTPUT;
        memcpy(out + 4 * i, &position, 4);
        memcpy(out + 4 * (BOARD_AXES + i), &velocity, 4);
        memcpy(out + 4 * (2 * BOARD_AXES + i), &force, 4);
    }
    memcpy(raw + HEADER, &status, 2);
    raw[HEADER + 2] = BOARD_AXES;
    raw[HEADER + 3] = found;
    memcpy(raw + HEADER + 4, &micros, 4);
    send(STATE, seq, raw, STATE_SIZE);
}

/* Every error is counted; the host is told of at most ten in any second. */
static void send_error(uint8_t code, uint8_t type, uint16_t seq) {
    uint8_t raw[HEADER + 8 + CHECK];
    error_count++;
    if (now_ms - told_ms[told_at] < 1000) return;
    told_ms[told_at] = now_ms;
    told_at = told_at == 9 ? 0 : told_at + 1;
    raw[HEADER] = code;
    raw[HEADER + 1] = type;
    memcpy(raw + HEADER + 2, &seq, 2);
    memcpy(raw + HEADER + 4, &error_count, 4);
    send(ERROR, seq, raw, 8);
}

/* --- requests */

static uint8_t is_finite(const uint8_t *f32) {
    return (f32[3] & 0x7F) != 0x7F || !(f32[2] & 0x80);
}

static void disarm(void) {
    uint8_t before = board_lock();
    armed = 0;
    board_zero();
    board_unlock(before);
}

static uint8_t take_hello(uint16_t seq, const uint8_t *in, uint8_t length) {
    static const uint8_t uuid[16] = BOARD_UUID;
    static const uint16_t about[] = {BOARD_CAPS, BOARD_MODEL, BOARD_FIRMWARE};
    static const uint16_t ranges[] = {WATCHDOG_MIN, WATCHDOG_MAX, BOARD_MAX_HZ, MAX_RAW};
    static const float limit = BOARD_LIMIT, width = BOARD_WIDTH;
    uint8_t raw[MAX_ANSWER];
    if (length != 8) return E_LENGTH;
    if (in[0] > VERSION || in[1] < VERSION) return E_VERSION;
    /* A new session starts disarmed: its host may know nothing of what the last one commanded. */
    disarm();
    memcpy(&nonce, in + 4, 4);
    have_session = 1;
    last = seq;
    raw[HEADER] = VERSION;
    raw[HEADER + 1] = BOARD_AXES;
    memcpy(raw + HEADER + 2, about, 6);
    memcpy(raw + HEADER + 8, &nonce, 4);
    memcpy(raw + HEADER + 12, uuid, 16);
    memcpy(raw + HEADER + 28, ranges, 8);
    for (uint8_t i = 0; i < BOARD_AXES; i++) {
        memcpy(raw + HEADER + 36 + 4 * i, &limit, 4);
        memcpy(raw + HEADER + 36 + 4 * (BOARD_AXES + i), &width, 4);
    }
    send(HELLO_REPLY, seq, raw, HELLO_REPLY_SIZE);
    return ANSWERED;
}

static uint8_t same_session(const uint8_t *in) {
    return have_session && memcmp(in, &nonce, 4) == 0;
}

static uint8_t take_arm(uint16_t seq, const uint8_t *in, uint8_t length) {
    uint16_t watchdog;
    float wanted, slew;
    uint8_t before;
    if (length != 16) return E_LENGTH;
    if (!same_session(in)) return E_NONCE;
    if ((int16_t)(seq - last) < 0) return E_STALE;
    if (!is_finite(in + 8) || !is_finite(in + 12)) return E_NON_FINITE;
    memcpy(&watchdog, in + 4, 2);
    memcpy(&wanted, in + 8, 4);
    memcpy(&slew, in + 12, 4);
    if (watchdog < WATCHDOG_MIN || watchdog > WATCHDOG_MAX || wanted <= 0.0f || slew <= 0.0f) return E_RANGE;
    if (stopped) return E_ESTOP;
    disarm();
    last = seq;
    watchdog_ms = watchdog;
    memcpy(&ramp_ms, in + 6, 2);
    cap = wanted < BOARD_LIMIT ? wanted : BOARD_LIMIT;
    slew_per_ms = slew * 0.001f;
    armed_ms = 0;
    clamped = 0;
    for (uint8_t i = 0; i < BOARD_AXES; i++) target[i] = applied[i] = 0.0f;
    before = board_lock();
    if (!fault && !stopped) {
        alive_ms = watchdog;
        tripped = 0;
        armed = 1;
    }
    board_unlock(before);
    return NO_ERROR;
}

static uint8_t take_command(uint16_t seq, const uint8_t *in, uint8_t length) {
    uint8_t fresh = (int16_t)(seq - last) > 0;
    uint8_t before;
    if (length < 4) return E_LENGTH;
    if (in[0] == 0) { /* a read: no output, no watchdog */
        if (in[1] || length != 4) return E_LENGTH;
        if (fresh) last = seq;
        return NO_ERROR;
    }
    if (in[1] != BOARD_AXES || length != COMMAND_SIZE) return E_LENGTH;
    if (in[0] != BOARD_MODE) return E_RANGE;
    if (stopped) return E_ESTOP;
    if (!armed) return E_NOT_ARMED;
    if (!fresh) return E_STALE;
    for (uint8_t i = 0; i < BOARD_AXES; i++) {
        if (!is_finite(in + 4 + 4 * i)) return E_NON_FINITE;
    }
    last = seq;
    clamped = 0;
    for (uint8_t i = 0; i < BOARD_AXES; i++) {
        float want;
        memcpy(&want, in + 4 + 4 * i, 4);
        if (want > cap || want < -cap) {
            clamped = 1;
            want = want > 0.0f ? cap : -cap;
        }
        target[i] = want;
    }
    before = board_lock();
    alive_ms = watchdog_ms;
    board_unlock(before);
    return NO_ERROR;
}

static uint8_t take_clear(const uint8_t *in, uint8_t length) {
    uint8_t before;
    if (length != 4) return E_LENGTH;
    if (!same_session(in)) return E_NONCE;
    before = board_lock();
    stopped = board_estop();
    board_unlock(before);
    return NO_ERROR;
}

static void take_frame(void) {
    uint8_t length = cobs_decode(frame, frame_length), code;
    const uint8_t *payload = frame + HEADER;
    uint16_t seq;
    uint32_t crc;
    if (length < HEADER + CHECK) {
        send_error(E_LENGTH, 0, 0);
        return;
    }
    length -= HEADER + CHECK;
    memcpy(&crc, payload + length, 4);
    if (crc != crc32(frame, HEADER + length)) {
        send_error(E_CRC, 0, 0);
        return;
    }
    memcpy(&seq, frame + 2, 2);
    if (frame[0] != VERSION) {
        code = E_VERSION;
    } else {
        switch (frame[1]) {
            case HELLO: code = take_hello(seq, payload, length); break;
            case ARM: code = take_arm(seq, payload, length); break;
            case COMMAND: code = take_command(seq, payload, length); break;
            case DISARM: disarm(); code = NO_ERROR; break;
            case ESTOP: {
                uint8_t before = board_lock();
                stop_now();
                board_unlock(before);
                code = NO_ERROR;
                break;
            }
            case CLEAR: code = take_clear(payload, length); break;
            default: code = E_TYPE;
        }
    }
    if (code == NO_ERROR) {
        send_state(seq);
    } else if (code != ANSWERED) {
        send_error(code, frame[1], seq);
    }
}

/* Limit is in the target already; here ramp, then slew, then the motors. */
static void follow(uint8_t ms) {
    int16_t duty[BOARD_AXES];
    uint8_t before;
    float scale = 1.0f, reach = slew_per_ms * ms;
    armed_ms = armed_ms > 0xFFFFu - ms ? 0xFFFFu : armed_ms + ms;
    if (armed_ms < ramp_ms) scale = (float)armed_ms / (float)ramp_ms;
    for (uint8_t i = 0; i < BOARD_AXES; i++) {
        float want = armed_ms < ramp_ms ? target[i] * scale : target[i], from = applied[i];
        if ((from > 0.0f) != (want > 0.0f)) from = 0.0f;
        /* Only growth is slowed: holding on to a force that was taken away would give the hand energy. */
        if (want > 0.0f && want - from > reach) want = from + reach;
        if (want < 0.0f && from - want > reach) want = from - reach;
        applied[i] = want;
        duty[i] = board_duty(i, want);
    }
    before = board_lock();
    if (armed) board_drive(duty); /* an interrupt may have stopped us meanwhile */
    board_unlock(before);
}

void wugan_poll(void) {
    uint8_t ms = ticks - ticks_done, lost;
    if (ms) {
        ticks_done += ms;
        now_ms += ms;
        if (armed) follow(ms);
        for (uint8_t i = 0; i < BOARD_AXES; i++) {
            int32_t now = board_counts(i);
            int32_t moved = (now - counts[i]) * 256;
            if (ms > 1) moved /= ms;
            counts[i] = now;
            /* Low-pass, 46 Hz: one edge a ms would be noise. Shifts, for a division or floats would take a tenth of
             * the period. */
            speed[i] += (moved - speed[i]) >> 2;
        }
    }
    lost = board_lock();
    uint8_t count = overruns;
    overruns = 0;
    board_unlock(lost);
    while (count--) send_error(E_OVERRUN, 0, 0);
    while (ring_out != ring_in) {
        uint8_t byte = ring[ring_out];
        ring_out = (ring_out + 1) & (RING - 1);
        if (byte) {
            if (frame_length < sizeof frame) frame[frame_length++] = byte;
            else frame_overlong = 1;
        } else {
            if (frame_overlong) send_error(E_LENGTH, 0, 0);
            else if (frame_length) take_frame();
            frame_length = frame_overlong = 0;
            return; /* one frame at a time, so that ramp and slew keep their time */
        }
    }
}

uint8_t wugan_pending(void) {
    return ring_in != ring_out || ticks != ticks_done || overruns;
}
