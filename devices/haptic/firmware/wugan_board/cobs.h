/* Consistent overhead byte stuffing for frames of at most 253 bytes: exactly one byte longer, and no zero. */
#ifndef WUGAN_COBS_H
#define WUGAN_COBS_H

#include <stdint.h>

/* Writes length + 1 bytes and the delimiter zero; returns length + 2. */
uint8_t cobs_encode(const uint8_t *raw, uint8_t length, uint8_t *encoded);

/* Undoes it in place, without the delimiter; returns the raw length, 0 where it is not what an encoder writes. */
uint8_t cobs_decode(uint8_t *data, uint8_t length);

#endif
