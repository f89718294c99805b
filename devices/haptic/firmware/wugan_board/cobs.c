#include "cobs.h"

uint8_t cobs_encode(const uint8_t *raw, uint8_t length, uint8_t *encoded) {
    uint8_t *code = encoded;
    uint8_t *out = encoded + 1;
    uint8_t run = 1;
    while (length--) {
        if (*raw) {
            *out++ = *raw;
            run++;
        } else {
            *code = run;
            code = out++;
            run = 1;
        }
        raw++;
    }
    *code = run;
    *out++ = 0;
    return (uint8_t)(out - encoded);
}

uint8_t cobs_decode(uint8_t *data, uint8_t length) {
    uint8_t at = 0, out = 0;
    while (at < length) {
        uint8_t code = data[at++];
        /* Code 255 stands for 254 bytes without a zero, which no frame of ours has. */
        if (code == 0 || code == 0xFF || code - 1 > length - at) return 0;
        for (uint8_t left = code - 1; left; left--) {
            /* out stays behind at, so nothing is overwritten before it was read */
            data[out++] = data[at++];
        }
        if (at < length) data[out++] = 0;
    }
    return out;
}
